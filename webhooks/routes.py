"""Where providers deliver."""

from aiohttp import web

from webhooks.receive import Receiver

PATH = "/webhooks/{channel}/{account_key}"


def webhook_routes(receiver: Receiver) -> list[web.RouteDef]:
    """The routes of every channel's webhooks; the receiver tells the channels apart."""
    return [web.post(PATH, receiver.delivery), web.get(PATH, receiver.handshake, allow_head=False)]
