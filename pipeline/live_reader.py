"""Reads live events once a process, however many clients there are."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from core.domain.backoff import backoff
from pipeline.live_stream import CALLS, GONE, join, newest, read_call, stream_of
from pipeline.live_subscription import Subscription
from pipeline.live_wire import Place

log = structlog.get_logger(__name__)

MOST_WAITING: Final = 256
"""Events that may wait for one client."""
_LOOK_SECONDS: Final = 5.0
"""How often it is made sure that nothing was called out unheard: by a connection that is silently gone."""
_GRACE_SECONDS: Final = 1.0
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 2.0
_CANCEL_SECONDS: Final = 0.05
_AT_ONCE: Final = 100


class LiveReader:
    """Hears what is called out for the tenants that have a client here, and joins each client to it from where it was."""

    def __init__(
        self,
        redis: Redis,
        new_epoch: Callable[[], str],
        *,
        most_waiting: int = MOST_WAITING,
        look_seconds: float = _LOOK_SECONDS,
        grace_seconds: float = _GRACE_SECONDS,
    ) -> None:
        """The client of Redis (see ``queue_client``) is the caller's to close."""
        self._redis = redis
        self._new_epoch = new_epoch
        self._most_waiting = most_waiting
        self._look_seconds = look_seconds
        self._grace_seconds = grace_seconds
        self._audiences: dict[str, set[Subscription]] = {}
        self._strangers: set[Subscription] = set()
        """Those who have not joined."""
        self._asked: set[str] = set()
        self._tuned: set[str] = set()
        """The streams whose calls are heard; those asked for are, a moment later."""
        self._work = asyncio.Event()
        self.failures = 0
        """Connections lost since one was last made."""
        self._ended = False

    @asynccontextmanager
    async def subscribe(self, tenant_id: UUID, last_event_id: str | None) -> AsyncIterator[Subscription]:
        """The tenant's events after that one, then those to come, until the block ends.

        It begins with a reset when events may be missing: always without a ``last_event_id``, for a client that has
        seen nothing loads everything at its first reset.
        """
        stream = stream_of(tenant_id)
        client = Subscription(stream, Place.parse(last_event_id), self._most_waiting)
        if self._ended:
            client.end()
        self._audiences.setdefault(stream, set()).add(client)
        self._join_again([client])
        try:
            yield client
        finally:
            client.leave()
            self._strangers.discard(client)
            audience = self._audiences[stream]
            audience.discard(client)
            if not audience:
                del self._audiences[stream]
                self._work.set()

    async def run(self) -> None:
        """Read until cancelled; a Redis that is away is waited for. What its clients read ends with it."""
        try:
            while True:
                try:
                    await self._read()
                except (RedisError, OSError) as error:
                    self.failures += 1
                    log.warning("live.reader_lost", error=type(error).__name__, failures=self.failures)
                await asyncio.sleep(backoff(_FIRST_PAUSE, _LONGEST_PAUSE, self.failures + 1))
        finally:
            self._ended = True
            for client in self._clients():
                client.end()

    def _clients(self) -> list[Subscription]:
        return [client for audience in self._audiences.values() for client in audience]

    def _join_again(self, clients: Sequence[Subscription]) -> None:
        here = [client for client in clients if client in self._audiences.get(client.stream, ())]
        if here:
            self._strangers.update(here)
            self._work.set()

    async def _read(self) -> None:
        """One connection's life."""
        self._asked.clear()
        self._tuned.clear()
        self._join_lost(self._clients())
        async with self._redis.pubsub() as calls:
            # So that there is something to listen to while nobody is here.
            await calls.subscribe(CALLS)
            tasks = [asyncio.create_task(work) for work in (self._listen(calls), self._let_in(calls), self._look())]
            try:
                ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await _end(tasks)
            for task in ended:
                task.result()

    async def _listen(self, calls: PubSub) -> None:
        while True:
            message = await calls.get_message(timeout=None)
            if message is None:
                continue
            stream = message["channel"].decode()
            if message["type"] == "message":
                self._hear(stream, message["data"])
            elif message["type"] == "subscribe":
                self._found()
                self._tuned.add(stream)
                self._work.set()

    def _found(self) -> None:
        if self.failures:
            log.info("live.reader_back", failures=self.failures)
            self.failures = 0

    def _hear(self, stream: str, data: bytes) -> None:
        audience = self._audiences.get(stream, set())
        if data == GONE:
            self._join_lost(list(audience))
            return
        try:
            called = read_call(data)
        except ValueError:
            # None of ours; the next of ours will show whether anything was missed.
            log.warning("live.call_unreadable", stream=stream)
            return
        self._join_again([client for client in audience if not client.hear(called)])

    def _join_lost(self, clients: Sequence[Subscription]) -> None:
        for client in clients:
            client.leave()
        self._join_again(clients)

    async def _let_in(self, calls: PubSub) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            await self._tune(calls)
            # A place is asked for only after calls are heard: between the two nothing can be missed.
            ready = [client for client in self._strangers if client.stream in self._tuned]
            for at in range(0, len(ready), _AT_ONCE):
                await self._join(ready[at : at + _AT_ONCE])

    async def _tune(self, calls: PubSub) -> None:
        wanted = self._audiences.keys()
        new, gone = wanted - self._asked, self._asked - wanted
        if new:
            self._asked |= new
            await calls.subscribe(*new)
        if gone:
            self._asked -= gone
            self._tuned -= gone
            await calls.unsubscribe(*gone)

    async def _join(self, clients: list[Subscription]) -> None:
        self._strangers.difference_update(clients)
        for client in clients:
            client.join()
        places = [(client.stream, client.place) for client in clients]
        answers = await join(self._redis, places, self._new_epoch(), self._most_waiting)
        late = [client for client, answer in zip(clients, answers, strict=True) if not client.joined(answer)]
        self._join_again(late)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._look_seconds)
            behind = await self._behind()
            if not behind:
                continue
            await asyncio.sleep(self._grace_seconds)
            self._join_lost([client for client, place in behind if client.is_lost(place)])
            if any(client.is_behind(place) for client, place in behind):
                message = "something was called out and not heard"
                raise RedisConnectionError(message)

    async def _behind(self) -> list[tuple[Subscription, Place | None]]:
        streams = sorted(self._audiences)
        places: dict[str, Place | None] = {}
        for at in range(0, len(streams), _AT_ONCE):
            places |= await newest(self._redis, streams[at : at + _AT_ONCE])
        return [
            (client, places[client.stream])
            for client in self._clients()
            if client.stream in places and client.is_behind(places[client.stream])
        ]


@asynccontextmanager
async def reading(reader: LiveReader) -> AsyncIterator[LiveReader]:
    """The reader at work, until the block ends."""
    task = asyncio.get_running_loop().create_task(reader.run())
    try:
        yield reader
    finally:
        await _end([task])
        if not task.cancelled():
            task.result()


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel until they end: up to Python 3.11 redis-py loses a cancellation that comes as it has just sent something."""
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=_CANCEL_SECONDS)
