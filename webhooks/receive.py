"""A delivery, from the wire to its answer: read, look up, verify, parse, take in."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from time import perf_counter
from typing import ClassVar, Final

import structlog
from aiohttp import web

from channels.base import Channel
from core.domain.errors import BadRequest, Forbidden, NotFound, RevezaError, TooLarge, Unauthorized, Unavailable
from core.domain.failure_limit import FailureLimit, TooManyFailures, client_address
from core.services.accounts import Accounts, CredentialSet
from core.services.intake import Intake
from db.ingest import database_away
from webhooks.metrics import WebhookMetrics

log = structlog.get_logger(__name__)

LARGEST_BODY: Final = 4 * 1024 * 1024
"""Bytes. Meta sends up to 3 MB."""
_BODY_SECONDS: Final = 10.0
"""How long a body may take to arrive."""
_LONGEST_KEY: Final = 120
_RETRY_SECONDS: Final = 5
_LOOKUPS_OF_SUSPECTS: Final = 2
"""Lookups at a time for addresses over their limit: guessing keys must not take the database from the others."""
_TAKEN: Final = b"OK"
_PLAIN: Final = {"Content-Type": "text/plain; charset=utf-8"}
_UNPROVEN: Final = (NotFound, Unauthorized, Forbidden)


class SlowBody(RevezaError):
    """The body did not arrive in time."""

    status: ClassVar[int] = 408
    code: ClassVar[str] = "slow_body"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where requests come from: how many proxies of ours stand in front."""

    trusted_proxies: int = 0

    def address(self, request: web.Request) -> str:
        """The address that failures are counted by."""
        return client_address(request.remote, request.headers.getall("X-Forwarded-For", ()), self.trusted_proxies)


class Receiver:
    """Answers providers. Nothing is acknowledged that is not stored; nothing is stored that is not verified."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        accounts: Accounts,
        intake: Intake,
        *,
        limit: FailureLimit,
        metrics: WebhookMetrics,
        origin: Origin,
    ) -> None:
        self._channels = channels
        self._accounts = accounts
        self._intake = intake
        self._limit = limit
        self._metrics = metrics
        self._origin = origin
        self._suspects = asyncio.Semaphore(_LOOKUPS_OF_SUSPECTS)

    async def delivery(self, request: web.Request) -> web.Response:
        """Events from a provider (POST)."""
        began = perf_counter()
        try:
            channel, counts = await self._take(request)
        except Exception as error:  # noqa: BLE001 the provider gets an answer whatever broke
            return self._refuse(request, error)
        self._metrics.taken(channel, counts, perf_counter() - began)
        return web.Response(body=_TAKEN, headers=_PLAIN)

    async def handshake(self, request: web.Request) -> web.Response:
        """The challenge by which a provider makes sure that the address is ours (GET)."""
        try:
            channel, challenge = await self._challenged(request)
        except Exception as error:  # noqa: BLE001 the provider gets an answer whatever broke
            return self._refuse(request, error)
        self._metrics.answered(channel, "handshake")
        return web.Response(text=challenge)

    async def _challenged(self, request: web.Request) -> tuple[str, str]:
        channel, found = await self._looked_up(request)
        challenge = channel.handshake(found.credentials, request.query)
        if challenge is None and (renewed := await self._renewed(request, found)) is not None:
            challenge = channel.handshake(renewed.credentials, request.query)
        if challenge is None:
            raise Forbidden
        return channel.name, challenge

    async def _take(self, request: web.Request) -> tuple[str, Counter[str]]:
        if (request.content_length or 0) > LARGEST_BODY:
            raise TooLarge
        channel, found = await self._looked_up(request)
        body = await _body(request)
        if not channel.validate_webhook(found.credentials, request.headers, body):
            # Z-API delivers once: what an operator has just renewed is not waited for.
            renewed = await self._renewed(request, found)
            if renewed is None or not channel.validate_webhook(renewed.credentials, request.headers, body):
                raise Unauthorized
            found = renewed
        result = await self._intake.accept(found, channel.parse_inbound(body))
        return channel.name, result.counts

    async def _looked_up(self, request: web.Request) -> tuple[Channel, CredentialSet]:
        channel = self._channels.get(request.match_info["channel"])
        key = request.match_info["account_key"]
        if channel is None or len(key) > _LONGEST_KEY or "\x00" in key:
            raise NotFound
        async with self._suspects if self._is_suspect(request) else nullcontext():
            found = await self._accounts.credentials(channel.name, key)
        if found is None:
            raise NotFound
        return channel, found

    async def _renewed(self, request: web.Request, found: CredentialSet) -> CredentialSet | None:
        async with self._suspects if self._is_suspect(request) else nullcontext():
            return await self._accounts.renewed_credentials(found.channel, found.credentials.account_key)

    def _is_suspect(self, request: web.Request) -> bool:
        return bool(len(self._limit)) and self._limit.exhausted(self._origin.address(request))

    def _refuse(self, request: web.Request, error: Exception) -> web.Response:
        """The answer to what was not taken."""
        refused = self._counted(request, _as_ours(error))
        name = request.match_info["channel"]
        self._metrics.answered(name if name in self._channels else None, refused.code)
        return web.Response(status=refused.status, text=refused.code, headers=_retry_after(refused))

    def _counted(self, request: web.Request, error: RevezaError) -> RevezaError:
        """One failure more for the address of what proved nothing."""
        if isinstance(error, _UNPROVEN):
            try:
                self._limit.failed(self._origin.address(request))
            except TooManyFailures as flood:
                return flood
        return error


async def _body(request: web.Request) -> bytes:
    """The whole body, within its limits of size and time."""
    try:
        if request.content.is_eof():
            return await request.read()  # it came with the headers: nothing to wait for
        async with asyncio.timeout(_BODY_SECONDS):
            return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise TooLarge from error
    except TimeoutError as error:
        raise SlowBody from error
    except (web.RequestPayloadError, ConnectionError) as error:
        raise BadRequest from error  # the body broke off; there is hardly anyone left to read this


def _as_ours(error: Exception) -> RevezaError:
    """What a provider is answered: the database away is 503, a fault of ours 500; both are tried again."""
    if isinstance(error, RevezaError) and error.status < 500:  # noqa: PLR2004 HTTP: the client's fault
        return error
    if isinstance(error, Unavailable) or database_away(error):
        log.warning("webhook.unavailable", error=type(error).__qualname__)
        return error if isinstance(error, Unavailable) else Unavailable()
    log.error("webhook.failed", exc_info=error)
    return error if isinstance(error, RevezaError) else RevezaError()


def _retry_after(error: RevezaError) -> dict[str, str]:
    if isinstance(error, TooManyFailures):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": str(_RETRY_SECONDS)} if isinstance(error, Unavailable) else {}
