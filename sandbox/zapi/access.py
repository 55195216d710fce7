"""Who may call what: instances, their tokens, and the calls about an instance itself."""

import ipaddress
import re
import secrets
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.wire import JsonObject, answer, decode_object
from sandbox.zapi.config import WEBHOOKS, Instance
from sandbox.zapi.errors import ZapiError, refused
from sandbox.zapi.state import ZapiState, lid_of, without_ninth_digit

_UPDATE = "update-webhook-"
_PHONE = re.compile(r"\d{8,20}\Z")


def authorized(state: ZapiState, request: web.Request) -> Instance:
    """The instance of the path, when its token and the account's are right; ZapiError otherwise."""
    instance = state.instances.get(request.match_info["instance"])
    if instance is None or not _same(instance.token, request.match_info["token"]):
        raise ZapiError(404, "Instance not found")
    if instance.client_token:
        given = request.headers.get("Client-Token")
        if given is None:
            raise ZapiError(403, "null not allowed")
        if not _same(instance.client_token, given):
            raise ZapiError(403, f"Client-Token {given} not allowed")
    return instance


async def json_body(request: web.Request) -> JsonObject:
    """The JSON object of a call; Z-API wants its type named."""
    if request.content_type != "application/json":
        raise ZapiError(415, "Unsupported Media Type")
    body = decode_object(await request.read())
    if body is None:
        message = "the body is not a JSON object"
        raise refused(message)
    return body


def _same(ours: str, given: str) -> bool:
    return secrets.compare_digest(ours.encode(), given.encode(errors="replace"))


class Instances:
    """The calls about an instance: its state, its webhooks, its queue, and who is on WhatsApp."""

    def __init__(self, state: ZapiState) -> None:
        self._state = state

    def status(self, instance: Instance) -> web.Response:
        """Whether the phone is there; ``error`` is filled either way."""
        words = "You are already connected." if instance.connected else "You are not connected."
        return answer({"connected": instance.connected, "error": words, "smartphoneConnected": instance.connected})

    def me(self, instance: Instance) -> web.Response:
        """What is configured."""
        callbacks = {f"{_camel(kind)}CallbackUrl": instance.address(kind) for kind in WEBHOOKS}
        return answer(
            {
                "id": instance.instance_id,
                "name": instance.name,
                "connected": instance.connected,
                "receivedAndDeliveryCallbackEnabled": instance.notify_sent_by_me,
                **callbacks,
            }
        )

    def phone_exists(self, instance: Instance, phone: str) -> web.Response:
        """The number as WhatsApp has it."""
        if not _PHONE.match(phone):
            message = "phone is invalid"
            raise refused(message)
        contact = self._state.contact(instance.instance_id, phone)
        known = contact.phone if contact and contact.phone else without_ninth_digit(phone)
        return answer({"exists": True, "phone": known, "lid": contact.lid if contact else lid_of(known)})

    def purge(self, instance: Instance) -> web.Response:
        """Forget what waits for the phone."""
        self._state.queues[instance.instance_id].clear()
        return answer({"value": True})

    async def update(self, request: web.Request, instance: Instance, method: str) -> web.Response:
        """Set where webhooks go."""
        body = await json_body(request)
        url = body.get("value")
        if not isinstance(url, str) or not _acceptable(url):
            message = "the webhook's address must be https"
            raise refused(message)
        values: dict[str, object] = {}
        if method == "update-every-webhooks":
            values = {"callback_url": url, "webhooks": {}}
            if isinstance(body.get("notifySentByMe"), bool):
                values["notify_sent_by_me"] = body["notifySentByMe"]
        else:
            kind = method.removeprefix(_UPDATE)
            if kind == "received-delivery":
                kind, values["notify_sent_by_me"] = "received", True
            values["webhooks"] = {**instance.webhooks, kind: url}
        self._state.change(instance.instance_id, **values)
        return answer({"value": True})


def updates() -> frozenset[str]:
    """The names of the calls that set webhooks."""
    return frozenset(
        {"update-every-webhooks", f"{_UPDATE}received-delivery", *(f"{_UPDATE}{kind}" for kind in WEBHOOKS)}
    )


def _camel(kind: str) -> str:
    first, *rest = kind.split("-")
    return first + "".join(part.capitalize() for part in rest)


def _acceptable(url: str) -> bool:
    """Z-API takes https alone; an address of this machine is taken for the sake of tests."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and _is_here(parts.hostname or "")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
