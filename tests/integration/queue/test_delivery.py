"""Every entry is run, and the queue is empty afterwards."""

import asyncio
from collections import Counter

from redis.asyncio import Redis

from app.embedded.valkey import EmbeddedValkey
from pipeline.connection import GROUP, STREAM
from pipeline.envelope import FIELD, encode
from tests.integration.queue.bench import Record, eventually, make_broker, worker


async def add(redis: Redis, task: str, **kwargs: object) -> None:
    """Write an entry as a webhook process does, past Taskiq."""
    await redis.xadd(STREAM, {FIELD: encode(task, kwargs)})


async def dead_consumer_takes(redis: Redis, count: int) -> None:
    """Another consumer reads entries and is never heard of again."""
    await redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    await redis.xreadgroup(GROUP, "dead", {STREAM: ">"}, count=count)


async def is_empty(redis: Redis) -> bool:
    """Nothing in the stream and nothing pending."""
    return await redis.xlen(STREAM) == 0


async def test_runs_what_was_sent_before_the_group_existed(
    server: EmbeddedValkey, redis: Redis, record: Record
) -> None:
    """An entry older than the consumer group is run all the same."""
    await add(redis, "note", number=1)
    async with worker(server.url, record):
        await eventually(lambda: record.ran["1"] == 1)


async def test_kiq_and_raw_entries_are_the_same(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """What Taskiq sends is read like what a raw XADD sends."""
    sender = make_broker(redis, Record())
    await sender.local_task_registry["note"].kiq(number=7)
    async with worker(server.url, record):
        await eventually(lambda: record.ran["7"] == 1)


async def test_the_stream_is_empty_afterwards(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """Acknowledged entries are deleted too, so the stream does not grow."""
    async with worker(server.url, record):
        for number in range(300):
            await add(redis, "note", number=number)
        await eventually(lambda: is_empty(redis))
    assert record.ran == Counter({str(number): 1 for number in range(300)})


async def test_an_idle_crash_is_redelivered(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """An entry that a dead consumer held is run although no other entry ever comes."""
    await add(redis, "note", number=1)
    await dead_consumer_takes(redis, 1)
    async with worker(server.url, record):
        await eventually(lambda: record.ran["1"] == 1)


async def test_a_long_task_is_not_doubled(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """A task three times longer than the idle time runs once, also beside a second worker."""
    await add(redis, "careful", number=1, seconds=2.0)
    async with worker(server.url, record), worker(server.url, record):
        await eventually(lambda: record.finished["1"] == 1)
        await eventually(lambda: is_empty(redis))
    assert record.ran["1"] == 1


async def test_waiting_entries_are_not_doubled(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """Entries that wait for a place longer than the idle time run once each."""
    for number in range(6):
        await add(redis, "careful", number=number, seconds=0.5)
    async with worker(server.url, record, tasks=1), worker(server.url, record, tasks=1):
        await eventually(lambda: record.finished.total() == 6)
    assert set(record.ran.values()) == {1}


async def test_no_more_is_read_than_can_run(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """A worker of three places holds three entries and leaves the others to its neighbours."""
    for number in range(10):
        await add(redis, "gated_careful", number=number)
    async with worker(server.url, record, tasks=3, grace=1.0) as broker:
        await eventually(lambda: record.ran.total() == 3)
        # Long enough for several reads and heartbeats: the claim is that nothing more comes.
        await asyncio.sleep(0.4)
        pending = await redis.xpending_range(STREAM, GROUP, "-", "+", 20, broker.stream.consumer)
        record.gate.set()
    assert len(pending) == 3


async def test_two_workers_share(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """Two consumers of one group split the entries, and each entry is run once."""
    async with worker(server.url, record, consumer="one", tasks=2), worker(server.url, record, consumer="two", tasks=2):
        for number in range(400):
            await add(redis, "note", number=number)
        await eventually(lambda: record.ran.total() >= 400)
    assert record.ran == Counter({str(number): 1 for number in range(400)})
    assert set(record.by_worker) == {"one", "two"}


async def test_a_failing_task_does_not_harm_the_worker(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """A task that raises is done for the queue, and the next one runs."""
    await add(redis, "broken", number=1)
    await add(redis, "note", number=2)
    async with worker(server.url, record):
        await eventually(lambda: record.ran["2"] == 1)
        await eventually(lambda: is_empty(redis))
    assert record.ran["1"] == 1


async def test_dead_consumers_leave_the_group(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """A consumer that is gone and holds nothing is removed; the living one stays."""
    await add(redis, "note", number=1)
    await dead_consumer_takes(redis, 1)
    async with worker(server.url, record, consumer="alive") as broker:
        await eventually(lambda: is_empty(redis))
        await eventually(lambda: _removed(broker.stream.remove_dead(idle_ms=500)))
        consumers = await redis.xinfo_consumers(STREAM, GROUP)
    assert [one["name"] for one in consumers] == [b"alive"]


async def _removed(removing: object) -> bool:
    return bool(await removing)  # type: ignore[misc] # a coroutine of the broker's, awaited here


async def test_a_dead_consumer_keeps_what_it_holds(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """A consumer with pending entries is never removed: its entries would go with it."""
    await add(redis, "note", number=1)
    await dead_consumer_takes(redis, 1)
    broker = make_broker(redis, record)
    assert await broker.stream.remove_dead(idle_ms=0) == 0
