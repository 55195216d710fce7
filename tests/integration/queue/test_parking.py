"""A payload that no worker can run is parked, and the worker lives on."""

import pickle

import orjson
import pytest
from redis.asyncio import Redis

from app.embedded.valkey import EmbeddedValkey
from pipeline.connection import GROUP, STREAM
from pipeline.envelope import FIELD, MAX_BYTES, encode
from tests.integration.queue.bench import Record, eventually, worker
from tests.integration.queue.test_delivery import add, is_empty


def _envelope(**changes: object) -> bytes:
    return orjson.dumps({"v": 1, "task": "note", "id": "a", "kwargs": {"number": 1}} | changes)


POISON = {
    "pickle": (pickle.dumps({"v": 1}), "not_json"),
    "yaml object": (b"!!python/object/apply:os.system ['true']", "not_json"),
    "empty": (b"", "not_json"),
    "not text": (b"\xff\xfe\x00", "not_json"),
    "deeply nested": (b"[" * 9000, "not_json"),
    "a list": (b"[1]", "not_an_object"),
    "a number": (b"1", "not_an_object"),
    "the next version": (_envelope(v=2), "unknown_version"),
    "version true": (_envelope(v=True), "unknown_version"),
    "no version": (b"{}", "unknown_version"),
    "an extra key": (_envelope(labels={}), "malformed"),
    "arguments in a list": (_envelope(kwargs=[1]), "malformed"),
    "no task": (_envelope(task=""), "malformed"),
    "unknown task": (_envelope(task="os:system"), "unknown_task"),
    "a missing argument": (_envelope(kwargs={}), "bad_arguments"),
    "an argument too many": (_envelope(kwargs={"number": 1, "more": 2}), "bad_arguments"),
    "an argument of another kind": (_envelope(kwargs={"number": "many"}), "bad_arguments"),
    "an injected argument": (_envelope(task="broken", kwargs={"number": 1, "context": {}}), "bad_arguments"),
    "oversize": (_envelope(kwargs={"number": 1, "pad": "x" * MAX_BYTES}), "too_large"),
}


@pytest.mark.parametrize("name", POISON)
async def test_poison_is_parked(server: EmbeddedValkey, redis: Redis, record: Record, name: str) -> None:
    """The payload is kept whole with its reason, the entry is gone, and the next entry runs."""
    raw, reason = POISON[name]
    await redis.xadd(STREAM, {FIELD: raw})
    await add(redis, "note", number=2)
    async with worker(server.url, record):
        await eventually(lambda: record.ran["2"] == 1)
        await eventually(lambda: is_empty(redis))
    assert record.parked == [(raw, reason)]


async def test_an_entry_without_our_field_is_parked(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """An entry in another layout is parked with all its fields."""
    await redis.xadd(STREAM, {b"payload": b"x", b"kind": b"y"})
    async with worker(server.url, record):
        await eventually(lambda: is_empty(redis))
    assert record.parked == [(b"payload=x\nkind=y", "no_data")]


async def test_what_could_not_be_kept_comes_again(server: EmbeddedValkey, redis: Redis, record: Record) -> None:
    """While the store of parked payloads is away, the entry stays in the queue."""
    record.park_refuses = True
    await redis.xadd(STREAM, {FIELD: b"?"})
    async with worker(server.url, record):
        await eventually(lambda: _pending(redis))
        record.park_refuses = False
        await eventually(lambda: record.reasons == ["not_json"])
        await eventually(lambda: is_empty(redis))


async def _pending(redis: Redis) -> bool:
    if not await redis.exists(STREAM) or not await redis.xinfo_groups(STREAM):
        return False
    return bool(await redis.xpending_range(STREAM, GROUP, "-", "+", 1))


async def test_an_entry_that_kills_its_consumers_is_parked(
    server: EmbeddedValkey, redis: Redis, record: Record
) -> None:
    """An entry that was delivered too often is parked instead of run once more."""
    raw = encode("careful", {"number": 1, "seconds": 0})
    await redis.xadd(STREAM, {FIELD: raw})
    await redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    await redis.xreadgroup(GROUP, "first", {STREAM: ">"})
    for consumer in ("second", "third"):
        await redis.xautoclaim(STREAM, GROUP, consumer, 0)
    async with worker(server.url, record):
        await eventually(lambda: record.parked == [(raw, "too_many_deliveries")])
    assert record.ran["1"] == 0
