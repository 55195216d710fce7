"""The route to which Telegram brings updates."""

import hmac
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import web

from bot.arrivals import read_update
from core.domain.errors import BadRequest
from core.services.update_inbox import UpdateInbox

log = structlog.get_logger(__name__)

LARGEST_UPDATE: Final = 1024 * 1024
_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
_RETRY_AFTER: Final = {"Retry-After": "5"}


class TelegramWebhook:
    """Takes updates of one bot: verified, stored, and only then answered."""

    def __init__(
        self, bot_id: int, secrets: Sequence[str], inbox: UpdateInbox, stored: Callable[[], None] = lambda: None
    ) -> None:
        """``secrets``: what Telegram may have been told to send, while keys are rotated more than one."""
        self._bot_id = str(bot_id)
        self._secrets = [secret.encode() for secret in secrets]
        self._inbox = inbox
        self._stored = stored

    def routes(self) -> list[web.RouteDef]:
        """The route."""
        return [web.post("/telegram/{bot_id}", self.take)]

    async def take(self, request: web.Request) -> web.Response:
        """One update. Nothing of its body is looked at before the secret is."""
        if request.match_info["bot_id"] != self._bot_id:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        if not self._is_telegram(request.headers.get(_HEADER, "")):
            log.warning("telegram.unauthorized")
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        body = await _body(request)
        if body is None:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return await self._keep(body)

    def _is_telegram(self, told: str) -> bool:
        given = told.encode(errors="surrogateescape")
        return any(hmac.compare_digest(given, secret) for secret in self._secrets)

    async def _keep(self, body: bytes) -> web.Response:
        try:
            await self._inbox.store([read_update(body)])
        except BadRequest:
            log.warning("telegram.unreadable")
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        except Exception as error:  # noqa: BLE001 - the database is away: Telegram brings it again
            log.warning("telegram.not_stored", error=type(error).__name__)
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=_RETRY_AFTER)
        self._stored()
        return web.Response()


async def _body(request: web.Request) -> bytes | None:
    """The body, if it is not larger than an update can be."""
    if (request.content_length or 0) > LARGEST_UPDATE:
        return None
    read = bytearray()
    async for chunk in request.content.iter_chunked(65536):
        read += chunk
        if len(read) > LARGEST_UPDATE:
            return None
    return bytes(read)
