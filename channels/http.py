"""One HTTP call to a provider, with every way it can fail sorted by whether the request may have left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import aiohttp
import orjson
from yarl import URL

from core.domain.errors import ConfigurationError, SendRetry, SendUnknown

TIMEOUT: Final = aiohttp.ClientTimeout(total=20, connect=10, sock_connect=5)
"""Of one call. All the calls of one message are cut before its lease ends (see ``core.services.sends.SendTimes``)."""

_LARGEST_ANSWER: Final = 1024 * 1024
_LONGEST_PAUSE: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read whole."""

    status: int
    body: bytes
    retry_after: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Whether the status says success."""
        return 200 <= self.status < 300  # noqa: PLR2004 the classes of HTTP

    @property
    def server_failed(self) -> bool:
        """Whether the status puts the fault on the server."""
        return self.status >= 500  # noqa: PLR2004 the classes of HTTP

    @property
    def limited(self) -> bool:
        """Whether the status says: too many requests."""
        return self.status == 429  # noqa: PLR2004 its one number


def base_url(setting: str, value: str) -> URL:
    """The base URL that a setting names. Raises ``ConfigurationError`` when it is none."""
    try:
        url = URL(value)
    except ValueError:
        url = URL()
    if url.scheme not in {"http", "https"} or not url.host:
        message = f"{setting} must be a URL such as https://host"
        raise ConfigurationError(message)
    return url


async def post_json(
    session: aiohttp.ClientSession, url: URL, payload: Mapping[str, Any], headers: Mapping[str, str]
) -> Answer:
    """Post once; never follows a redirect, never tries again.

    Raises ``SendRetry`` when the request certainly did not leave (refused, no such host, no
    connection in time) and ``SendUnknown`` when it may have: a time-out or a cut after connecting,
    or an answer that breaks off. Errors are named by their class alone, for aiohttp's own words
    and chains may hold the address and headers.
    """
    if session.closed:
        message = "the HTTP session is closed"
        raise SendRetry(message)
    try:
        async with session.post(
            url, data=orjson.dumps(payload), headers=headers, timeout=TIMEOUT, allow_redirects=False
        ) as response:
            return Answer(response.status, await _read(response), _pause(response.headers.get("Retry-After")))
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError) as error:
        message = f"not connected ({type(error).__name__})"
        raise SendRetry(message) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        message = f"no answer ({type(error).__name__})"
        raise SendUnknown(message) from None


async def get(session: aiohttp.ClientSession, url: URL, headers: Mapping[str, str], *, seconds: float) -> Answer:
    """Ask once for what changes nothing; whatever goes wrong raises ``SendRetry``, for nothing was sent."""
    return await _harmless(session, "GET", url, headers, seconds)


async def delete(session: aiohttp.ClientSession, url: URL, headers: Mapping[str, str], *, seconds: float) -> Answer:
    """Drop once what may be dropped twice; whatever goes wrong raises ``SendRetry``."""
    return await _harmless(session, "DELETE", url, headers, seconds)


async def _harmless(
    session: aiohttp.ClientSession, method: str, url: URL, headers: Mapping[str, str], seconds: float
) -> Answer:
    if session.closed:
        message = "the HTTP session is closed"
        raise SendRetry(message)
    timeout = aiohttp.ClientTimeout(total=seconds)
    try:
        async with session.request(method, url, headers=headers, timeout=timeout, allow_redirects=False) as response:
            return Answer(response.status, await _read(response), _pause(response.headers.get("Retry-After")))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        message = f"no answer ({type(error).__name__})"
        raise SendRetry(message) from None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body; of one that is too large to be an answer only so much that it reads as none."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > _LARGEST_ANSWER:
            return b""
    return bytes(body)


def _pause(header: str | None) -> timedelta | None:
    """``Retry-After`` in seconds; its rarer form, a date, is not used by any provider here."""
    given = (header or "").strip()
    if not (given.isascii() and given.isdigit()):
        return None
    return timedelta(seconds=min(int(given[:9]), _LONGEST_PAUSE))
