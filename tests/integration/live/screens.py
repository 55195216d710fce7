"""Screens that show what they are told, and the publisher and the reader between which a test puts trouble."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from redis.asyncio import Redis

from core.domain.changes import Change, ChangeKind
from core.domain.ids import uuid7
from pipeline.connection import publisher_client, queue_client
from pipeline.live import LivePublisher
from pipeline.live_reader import LiveReader, reading
from pipeline.live_stream import stream_of
from pipeline.live_subscription import Subscription
from pipeline.live_wire import LiveEvent
from tests.patience import PATIENCE

RESET = "reset"


def change(kind: ChangeKind = ChangeKind.MESSAGE_IN) -> Change:
    """A change of something new."""
    return Change(kind, uuid7(), uuid7(), uuid7())


@dataclass(slots=True)
class Screen:
    """One client: what it was told, in order, resets by their name."""

    events: Subscription
    seen: list[Change | str] = field(default_factory=list)
    last: LiveEvent | None = None

    async def follow(self) -> None:
        """Read until the end."""
        async for event in self.events:
            self.last = event
            self.seen += event.changes or [RESET]

    async def shows(self, holds: Callable[["Screen"], bool]) -> None:
        """Wait until it does."""
        await eventually(lambda: holds(self))

    async def shows_last(self, wanted: Change | str) -> None:
        """Wait until that is the last thing it was told."""
        await self.shows(lambda screen: bool(screen.seen) and screen.seen[-1] == wanted)

    @property
    def last_id(self) -> str:
        """What it would come back with."""
        assert self.last is not None
        return str(self.last.place)


@dataclass(slots=True)
class Stage:
    """One tenant in most tests, and its screens."""

    redis: Redis
    publisher: LivePublisher
    reader: LiveReader
    tenant: UUID = field(default_factory=uuid7)

    def tell(self, *changes: Change, tenant: UUID | None = None) -> None:
        """Something changed."""
        self.publisher.changed(tenant or self.tenant, changes)

    async def newest(self) -> tuple[bytes, bytes]:
        """The epoch and the newest entry of the tenant's stream."""
        rows: Any = await self.redis.xrevrange(stream_of(self.tenant), count=1)
        return rows[0][1][b"e"], rows[0][0]

    async def shows_live(self, screen: Screen, happens: Callable[[], Awaitable[object]]) -> None:
        """Let it happen until the screen is told of it as it is: the publisher needs a while to find Redis again."""
        async with asyncio.timeout(PATIENCE):
            while screen.seen[-1] == RESET:
                await happens()
                await asyncio.sleep(0.1)

    @asynccontextmanager
    async def screen(self, last_id: str | None = None, *, tenant: UUID | None = None) -> AsyncIterator[Screen]:
        """A client that reads all the time."""
        async with self.reader.subscribe(tenant or self.tenant, last_id) as events:
            screen = Screen(events)
            following = asyncio.create_task(screen.follow())
            try:
                yield screen
            finally:
                following.cancel()
                await asyncio.wait([following])

    @asynccontextmanager
    async def fresh(self, *, tenant: UUID | None = None) -> AsyncIterator[Screen]:
        """A client that has loaded everything."""
        async with self.screen(tenant=tenant) as screen:
            await screen.shows_last(RESET)
            yield screen

    async def told(self, *changes: Change) -> str:
        """Changes told and read by a screen that then goes; its last id."""
        async with self.fresh() as screen:
            for one in changes:
                self.tell(one)
                await screen.shows_last(one)
            return screen.last_id


@asynccontextmanager
async def open_stage(url: str, *, look_seconds: float = 0.2) -> AsyncIterator[Stage]:
    """Everything as the processes build it, but looking more often."""
    epochs: Iterator[int] = itertools.count(int(uuid7()) % 10**6 * 1000)
    redis, patient, quick = queue_client(url), queue_client(url), publisher_client(url)
    publisher = LivePublisher(quick)
    reader = LiveReader(
        patient, lambda: f"{next(epochs):x}", most_waiting=20, look_seconds=look_seconds, grace_seconds=0.1
    )
    try:
        async with reading(reader):
            yield Stage(redis, publisher, reader)
        await publisher.drained()
    finally:
        for client in (redis, patient, quick):
            await client.aclose()


async def eventually(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = holds()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.01)
