"""The worker outlives whatever happens to Redis, and stops gently."""

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, NoPermissionError

from app.embedded.valkey import EmbeddedValkey
from pipeline.connection import ACL_COMMANDS, GROUP, STREAM, publisher_client, queue_client
from pipeline.publisher import Nudge, StreamPublisher
from tests.integration.queue.bench import QUICK, Record, eventually, worker
from tests.integration.queue.test_delivery import add, is_empty
from tests.patience import PATIENCE


def kill(server: EmbeddedValkey) -> None:
    """Kill the server as a crash would, and wait for its end."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.stop()


async def test_an_emptied_redis_is_survived(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """After FLUSHALL the group is made anew and new entries run, three times over."""
    async with worker(server.url, record):
        for number in range(3):
            await redis.flushall()
            await add(redis, "note", number=number)
            await eventually(lambda: record.ran.total() == number + 1)  # noqa: B023 - awaited in this very round
        await eventually(lambda: is_empty(redis))


async def test_a_killed_redis_is_survived(server: EmbeddedValkey, record: Record) -> None:
    """After kill -9 and a restart the worker runs new entries without being started again."""
    async with worker(server.url, record):
        kill(server)
        # Long enough for several failed reconnects.
        await asyncio.sleep(0.3)
        server.start()
        client = queue_client(server.url)
        await add(client, "note", number=1)
        await client.aclose()
        await eventually(lambda: record.ran["1"] == 1)


async def test_a_worker_starts_without_redis(server: EmbeddedValkey, record: Record) -> None:
    """A worker that comes up first waits for Redis."""
    server.stop()
    async with worker(server.url, record):
        server.start()
        client = queue_client(server.url)
        await add(client, "note", number=1)
        await client.aclose()
        await eventually(lambda: record.ran["1"] == 1)


async def test_a_worker_stops_without_redis(server: EmbeddedValkey, record: Record) -> None:
    """A stop does not wait for a Redis that is gone."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(worker(server.url, record))
        kill(server)
        async with asyncio.timeout(PATIENCE):
            await stack.aclose()
    assert server.pid is None


async def test_a_frozen_redis_does_not_hold_up_a_running_task(
    server: EmbeddedValkey, redis: Redis, record: Record
) -> None:
    """A task that has begun ends although its acknowledgement cannot be sent."""
    async with worker(server.url, record):
        await add(redis, "gated", number=1)
        await eventually(lambda: record.ran["1"] == 1)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGSTOP)
        try:
            record.gate.set()
            await eventually(lambda: record.finished["1"] == 1)
        finally:
            os.kill(server.pid, signal.SIGCONT)


@pytest.mark.parametrize("attempt", range(5))
async def test_a_stop_right_after_an_entry_does_not_hang(
    server: EmbeddedValkey, redis: Redis, record: Record, attempt: int
) -> None:
    """Stopping in the moment a burst is drained does not hang."""
    for number in range(100 * attempt + 1):
        await add(redis, "note", number=number)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(worker(server.url, record))
        await eventually(lambda: record.ran.total() > 100 * attempt)
        async with asyncio.timeout(PATIENCE):
            await stack.aclose()


async def test_a_stop_cuts_no_task(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """Tasks that run when the stop comes are finished first."""
    for number in range(4):
        await add(redis, "linger", number=number, seconds=0.5)
    async with worker(server.url, record):
        await eventually(lambda: record.ran.total() == 4)
    assert record.finished.total() == 4


async def test_what_outlives_the_grace_is_handed_over(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """A task kept until done and cut at the deadline goes to the next worker at once, not after the idle time."""
    await add(redis, "gated_careful", number=1)
    async with worker(server.url, record, grace=0.2):
        await eventually(lambda: record.ran["1"] == 1)
    record.gate.set()
    async with worker(server.url, record, pace=replace(QUICK, idle=10 * PATIENCE)):
        await eventually(lambda: record.finished["1"] == 1)
        await eventually(lambda: is_empty(redis))


async def test_a_stopped_worker_leaves_the_group(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """A worker that stops with nothing in hand takes its consumer with it."""
    await add(redis, "note", number=1)
    async with worker(server.url, record):
        await eventually(lambda: record.ran["1"] == 1)
    assert await redis.xinfo_consumers(STREAM, GROUP) == []


async def test_a_password_is_required(server: EmbeddedValkey) -> None:
    """Without the password nothing is answered."""
    stranger = Redis(host="127.0.0.1", port=server.port, protocol=2)
    with pytest.raises(AuthenticationError):
        await stranger.ping()
    await stranger.aclose()


async def test_the_queue_runs_with_its_own_commands_only(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """An ACL user with our rules runs the whole queue, and may neither read the configuration nor empty Redis."""
    await redis.acl_setuser(
        "reveza", enabled=True, passwords=["+pass"], keys=["reveza:*"], categories=["-@all"], commands=_rules()
    )
    url = f"redis://reveza:pass@127.0.0.1:{server.port}/0"
    limited = publisher_client(url)
    for command in (("CONFIG", "GET", "*"), ("FLUSHALL",), ("KEYS", "*"), ("XADD", "other", "*", "a", "b")):
        with pytest.raises(NoPermissionError):
            await limited.execute_command(*command)  # type: ignore[no-untyped-call] # redis-py left it untyped
    publisher = StreamPublisher(limited, time.monotonic)
    async with worker(url, record) as broker:
        assert await publisher.publish("careful", {"number": 1, "seconds": 0.5})
        await eventually(lambda: record.finished["1"] == 1)
        await eventually(lambda: is_empty(redis))
        assert await broker.stream.remove_dead(idle_ms=60_000) == 0
    await limited.aclose()
    assert await redis.xinfo_consumers(STREAM, GROUP) == []


def _rules() -> list[str]:
    return [rule for rule in ACL_COMMANDS if not rule.startswith("-@")]


async def test_a_batch_is_published(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """Each nudge of a batch becomes an entry that a worker runs."""
    client = queue_client(server.url)
    publisher = StreamPublisher(client, time.monotonic, budget=PATIENCE)
    assert await publisher.publish_many([Nudge("note", {"number": number}) for number in range(50)])
    await client.aclose()
    async with worker(server.url, record):
        await eventually(lambda: record.ran.total() == 50)
    assert (publisher.published, publisher.dropped) == (50, 0)


@pytest.mark.parametrize("fault", ["gone", "frozen"])
async def test_publishing_without_redis_is_quick_and_quiet(server: EmbeddedValkey, fault: str) -> None:
    """A Redis that is away costs one short wait, then nothing; when it is back, publishing goes on."""
    client = publisher_client(server.url)
    publisher = StreamPublisher(client, time.monotonic)
    await eventually(lambda: publisher.publish("note", {"number": 0}))
    pid = server.pid
    assert pid is not None
    if fault == "gone":
        kill(server)
    else:
        os.kill(pid, signal.SIGSTOP)
    try:
        first = await _timed(publisher)
        others = [await _timed(publisher) for _ in range(200)]
    finally:
        if fault == "gone":
            server.start()
        else:
            os.kill(pid, signal.SIGCONT)
    await eventually(lambda: publisher.publish("note", {"number": 1}))
    await client.aclose()
    # The client's own patience is many seconds; and two hundred short waits would be ten.
    assert first < 2
    assert sum(others) < 4
    assert publisher.published == 2


async def _timed(publisher: StreamPublisher) -> float:
    started = time.monotonic()
    assert not await publisher.publish("note", {"number": 9})
    return time.monotonic() - started


async def test_a_full_stream_takes_no_more(server: EmbeddedValkey, redis: Redis) -> None:
    """With no worker alive nudges stop at the limit, and go on when the stream is shorter."""
    client = queue_client(server.url)
    publisher = StreamPublisher(client, time.monotonic, budget=PATIENCE, max_backlog=3)
    answers = [await publisher.publish("note", {"number": number}) for number in range(5)]
    length = await redis.xlen(STREAM)
    await redis.xtrim(STREAM, maxlen=1, approximate=False)
    again = await publisher.publish("note", {"number": 6})
    await client.aclose()
    assert (answers, length, again) == ([True, True, True, False, False], 3, True)
