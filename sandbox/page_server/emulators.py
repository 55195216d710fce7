"""Control calls to the emulators of this process: the same that tests and commands make."""

from collections.abc import Mapping

import aiohttp
from aiohttp import web

from sandbox.wire import JsonObject, decode_object


class Emulators:
    """Calls ``/_sandbox/…`` of an emulator by its name; what it refuses is refused with its words."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self._session: aiohttp.ClientSession | None = None

    @property
    def names(self) -> frozenset[str]:
        """The emulators there are."""
        return frozenset(self._urls)

    async def start(self) -> None:
        """Open the connections' pool."""
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()

    async def get(self, emulator: str, call: str, **query: str | int) -> JsonObject:
        """Read."""
        return await self._call("GET", emulator, call, query, None)

    async def post(self, emulator: str, call: str, body: JsonObject) -> JsonObject:
        """Do."""
        return await self._call("POST", emulator, call, {}, body)

    async def delete(self, emulator: str, call: str, **query: str | int) -> JsonObject:
        """Take away."""
        return await self._call("DELETE", emulator, call, query, None)

    async def _call(
        self, verb: str, emulator: str, call: str, query: Mapping[str, str | int], body: JsonObject | None
    ) -> JsonObject:
        url = self._urls.get(emulator)
        if url is None or self._session is None:
            raise web.HTTPNotFound(text=f"{emulator} is not emulated")
        async with self._session.request(verb, f"{url}/_sandbox/{call}", params=query, json=body) as response:
            raw = await response.read()
            if not response.ok:
                raise _refusal(response.status, raw)
        return decode_object(raw) or {}


def _refusal(status: int, raw: bytes) -> web.HTTPException:
    text = raw.decode(errors="replace")
    return web.HTTPNotFound(text=text) if status == web.HTTPNotFound.status_code else web.HTTPBadRequest(text=text)
