"""The queue: Taskiq on a Redis stream, made safe against crashes, idle queues, long tasks and an emptied Redis.

PostgreSQL holds what is due; an entry here is a nudge. So the default is to acknowledge on receipt: a task that
dies with its worker is found again by the sweeper on the due-time column, with its attempts counted there, and a
payload that kills workers never circles. A task registered with ``ack_type="when_saved"`` is acknowledged when it
is done instead; while it runs its entry is kept alive by a heartbeat, and after ``max_deliveries`` it is parked.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from taskiq import AckableMessage, AsyncBroker, BrokerMessage

from core.domain.backoff import backoff
from pipeline.connection import GROUP, STREAM
from pipeline.envelope import FIELD, Reason, UnreadableError
from pipeline.formatter import EnvelopeFormatter
from pipeline.parking import MAX_PARKED_BYTES, Park
from pipeline.stream import ConsumerStream, Entry

log = structlog.get_logger(__name__)

REDIS_AWAY: Final = (RedisError, OSError)
"""What a Redis that is away, starting or full raises; a timeout is an ``OSError``."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the broker waits, in seconds."""

    block: float = 1.0
    """How long a read waits for a new entry; at least this often the loop looks for entries to take over."""
    idle: float = 30.0
    """An entry that nobody touched for this long belongs to a dead consumer. Heartbeats come three times as often."""
    backoff: float = 0.1
    max_backoff: float = 2.0
    goodbye: float = 3.0
    """The longest a shutdown waits for Redis."""
    gather: float = 0.01
    """How long acknowledgements are gathered before they go to Redis together."""
    max_read: int = 100
    max_deliveries: int = 5


class SafeStreamBroker(AsyncBroker):
    """A Taskiq broker over one stream and one consumer group.

    ``capacity`` is how many tasks the worker runs at once: a read never takes more than fits. The client is the
    caller's to close, and must have been made by ``queue_client``.
    """

    def __init__(
        self,
        redis: Redis,
        park: Park,
        *,
        stream: str = STREAM,
        group: str = GROUP,
        consumer: str = "",
        pace: Pace = Pace(),
    ) -> None:
        super().__init__()
        self.formatter = EnvelopeFormatter(self)
        self.capacity = 1
        self.stream = ConsumerStream(redis, stream=stream, group=group, consumer=consumer or uuid4().hex)
        self._redis = redis
        self._park = park
        self._pace = pace
        # Entries of ours that are neither acknowledged nor given up.
        self._held: set[bytes] = set()
        self._settled: set[bytes] = set()
        self._settled_some = asyncio.Event()
        self._running = 0
        self._failures = 0
        self._reclaim_at = 0.0
        self._beat_at = 0.0
        self._keeper: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        """Make the group and, in a worker, start the heartbeat. A Redis that is away does not stop the start."""
        await super().startup()
        try:
            await self.stream.declare()
        except REDIS_AWAY as error:
            log.warning("queue.redis_away", error=type(error).__name__)
        if self.is_worker_process and self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="queue-keeper")

    async def shutdown(self) -> None:
        """Settle what is done and hand the rest over to the other consumers; a second call does nothing."""
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
        try:
            async with asyncio.timeout(self._pace.goodbye):
                await self._flush()
                handed_over = await self.stream.leave()
            log.info("queue.left", handed_over=handed_over)
        except REDIS_AWAY as error:
            log.warning("queue.left_unsettled", error=type(error).__name__, entries=len(self._settled))
        await super().shutdown()

    async def kick(self, message: BrokerMessage) -> None:
        """Add one entry; raises when Redis is away (the hot path uses ``StreamPublisher``, which does not)."""
        await self._redis.xadd(self.stream.stream, {FIELD: message.message})

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Yield payloads that can be run, for ever; no fault of Redis and no payload ends it."""
        while not _cancelled():
            for entry in await self._fetch():
                if await self._admit(entry):
                    self._running += 1
                    yield AckableMessage(data=entry.raw, ack=partial(self._ack, entry.id))

    def done(self, message: AckableMessage | bytes) -> None:
        """Free the message's place; one that was not acknowledged is left for a later delivery."""
        self._running -= 1
        self.give_up(message)

    def give_up(self, message: AckableMessage | bytes) -> None:
        """Stop the heartbeat of a message and ignore its acknowledgement from now on."""
        if isinstance(message, AckableMessage) and isinstance(message.ack, partial):
            self._held.difference_update(message.ack.args)

    def _ack(self, entry_id: bytes) -> None:
        # Not awaited: the keeper settles many at a time, and a Redis that is away never holds up a task.
        if entry_id in self._held:
            self._held.discard(entry_id)
            self._settled.add(entry_id)
            self._settled_some.set()

    async def _fetch(self) -> list[Entry]:
        try:
            found = self._new_to_us(await self._reclaim()) or await self._read()
        except REDIS_AWAY as error:
            await self._recover(error)
            return []
        self._failures = 0
        self._held.update(entry.id for entry in found)
        return found

    async def _read(self) -> list[Entry]:
        return await self.stream.read(count=self._free(), block_ms=int(self._pace.block * 1000))

    async def _reclaim(self) -> list[Entry]:
        # By the clock and not after a successful read: on an idle queue there is none.
        now = asyncio.get_running_loop().time()
        if now < self._reclaim_at:
            return []
        self._reclaim_at = now + self._pace.block
        return await self.stream.reclaim(idle_ms=int(self._pace.idle * 1000), count=self._free())

    def _free(self) -> int:
        return max(1, min(self._pace.max_read, self.capacity - self._running))

    def _new_to_us(self, entries: Iterable[Entry]) -> list[Entry]:
        return [entry for entry in entries if entry.id not in self._held and entry.id not in self._settled]

    async def _recover(self, error: Exception) -> None:
        self._failures += 1
        delay = backoff(self._pace.backoff, self._pace.max_backoff, self._failures)
        log.warning("queue.redis_away", error=type(error).__name__, failures=self._failures)
        try:
            # An emptied or fresh Redis answers NOGROUP; making the group is harmless in any other case.
            await self.stream.declare()
        except REDIS_AWAY:
            pass
        else:
            if self._failures == 1:
                return
        await asyncio.sleep(delay)

    async def _admit(self, entry: Entry) -> bool:
        reason = self._objection(entry)
        if reason is None:
            return True
        await self._set_aside(entry, reason)
        return False

    def _objection(self, entry: Entry) -> Reason | None:
        if entry.data is None:
            return Reason.NO_DATA
        try:
            self.formatter.loads(entry.data)
        except UnreadableError as error:
            return error.reason
        return Reason.TOO_MANY_DELIVERIES if entry.deliveries > self._pace.max_deliveries else None

    async def _set_aside(self, entry: Entry, reason: Reason) -> None:
        log.warning("queue.parked", reason=reason.value, entry_id=entry.id.decode(), size=len(entry.raw))
        try:
            await self._park(entry.raw[:MAX_PARKED_BYTES], reason.value)
        except Exception as error:  # noqa: BLE001 - the caller's store may fail in any way; the worker lives on
            # Not kept, so not acknowledged: it is delivered again when it has been idle long enough.
            log.error("queue.park_failed", error=type(error).__name__, entry_id=entry.id.decode())  # noqa: TRY400
            self._held.discard(entry.id)
        else:
            self._ack(entry.id)

    async def _keep(self) -> None:
        """Settle what is acknowledged, touch what is held, until cancelled."""
        while not _cancelled():
            await self._wait_for_settled()
            try:
                await self._flush()
                await self._beat()
            except REDIS_AWAY as error:
                log.warning("queue.keeper_redis_away", error=type(error).__name__, entries=len(self._settled))
                await asyncio.sleep(self._pace.max_backoff)

    async def _wait_for_settled(self) -> None:
        if not self._settled:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.idle / 6):
                    await self._settled_some.wait()
        # A moment to gather: settling one by one costs as much as the tasks themselves.
        await asyncio.sleep(self._pace.gather)
        self._settled_some.clear()

    async def _flush(self) -> None:
        if ids := tuple(self._settled):
            await self.stream.settle(ids)
            # Only now: until Redis knows, a reclaim must not hand them to us again.
            self._settled.difference_update(ids)

    async def _beat(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._beat_at or not self._held:
            return
        self._beat_at = now + self._pace.idle / 3
        await self.stream.touch(tuple(self._held))


def _cancelled() -> bool:
    # redis-py may swallow a cancellation that arrives while a reply does; a loop around it must look for itself, or
    # a stop that comes right after an entry waits for ever.
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
