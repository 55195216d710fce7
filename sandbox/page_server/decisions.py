"""What the AI decided and why, as far as the product tells: read from its inspector, which needs no part of ours."""

from dataclasses import dataclass

import aiohttp
from aiohttp import web

from sandbox.wire import JsonObject, decode_object

TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class Inspector:
    """Where the product shows its latest turns, and the token that opens it for this run."""

    url: str
    token: str


class Decisions:
    """Fetches the latest turns; with no inspector there are none to show."""

    def __init__(self, inspector: Inspector | None) -> None:
        self._inspector = inspector
        self._session: aiohttp.ClientSession | None = None

    @property
    def shown(self) -> bool:
        """Whether there is anything to ask."""
        return self._inspector is not None

    async def start(self) -> None:
        """Open the connections' pool."""
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)

    async def stop(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()

    async def latest(self) -> JsonObject:
        """The latest turns, newest first. 502 when the product does not tell."""
        if self._inspector is None or self._session is None:
            raise web.HTTPNotFound(text="nobody tells of decisions here")
        headers = {"Authorization": f"Bearer {self._inspector.token}"}
        try:
            async with self._session.get(f"{self._inspector.url}/turns", headers=headers) as response:
                body = decode_object(await response.read())
                if not response.ok or body is None:
                    raise web.HTTPBadGateway(text=f"the inspector answered {response.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise web.HTTPBadGateway(text="the inspector does not answer") from error
        return body
