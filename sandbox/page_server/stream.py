"""The page's live stream: server-sent events with whatever changed, whole, so that nothing has to be remembered."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from sandbox.page_server.changes import Changes, Topic
from sandbox.page_server.emulators import Emulators
from sandbox.page_server.phones import Phones
from sandbox.page_server.switches import SwitchBoard
from sandbox.wire import is_array

GATHER_SECONDS = 0.03
"""Changes come in bursts: what comes together is told together."""
PING_SECONDS = 15.0


@dataclass(slots=True)
class _Seen:
    """How far one page has been told; -1 is nothing at all."""

    total: int = -1
    phones: int = -1
    chats: int = -1
    topics: Counter[Topic] = field(default_factory=Counter)

    def is_new(self, topic: Topic, changes: Changes) -> bool:
        """Whether the topic changed since it was asked for last."""
        count = changes.of(topic) + 1
        known, self.topics[topic] = self.topics[topic], count
        return count > known


class LiveStream:
    """Tells each open page of changes until it goes away."""

    def __init__(self, changes: Changes, phones: Phones, emulators: Emulators, switches: SwitchBoard) -> None:
        self._changes = changes
        self._phones = phones
        self._emulators = emulators
        self._switches = switches

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One page's stream."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        seen = _Seen()
        while True:
            seen.total = self._changes.total
            async for event, body in self._news(seen):
                await response.write(b"event: %b\ndata: %b\n\n" % (event.encode(), orjson.dumps(body)))
            if await self._changes.after(seen.total, PING_SECONDS):
                await asyncio.sleep(GATHER_SECONDS)
            else:
                await response.write(b": still here\n\n")

    async def _news(self, seen: _Seen) -> AsyncIterator[tuple[str, object]]:
        threads = self._phones.newer(seen.phones)
        if threads:
            seen.phones = max(thread.revision for thread in threads)
            yield "threads", [thread.as_json() for thread in threads]
        if seen.is_new("chats", self._changes) and (chats := await self._chats(seen)):
            yield "chats", chats
        if seen.is_new("switches", self._changes):
            yield "switches", await self._switches.state()
        if seen.is_new("model", self._changes):
            yield "model", {}

    async def _chats(self, seen: _Seen) -> list[object]:
        if "telegram" not in self._emulators.names:
            return []
        told = await self._emulators.get("telegram", "chats", after=seen.chats)
        upto, chats = told.get("next"), told.get("chats")
        seen.chats = upto if isinstance(upto, int) else seen.chats
        return chats if is_array(chats) else []
