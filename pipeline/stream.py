"""One consumer's view of a Redis stream and its group: the commands, without any policy."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from pipeline.envelope import FIELD

HANDED_OVER_IDLE_MS: Final = 24 * 3600 * 1000
"""The idle time written on entries that a stopping consumer gives up: any other claims them at once."""

# Checked and deleted in one step: XGROUP DELCONSUMER also deletes what the consumer has pending.
DELETE_IF_IDLE: Final = """
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream entry; ``deliveries`` counts this one too."""

    id: bytes
    fields: Mapping[bytes, bytes]
    deliveries: int = 1

    @property
    def data(self) -> bytes | None:
        """The payload, unless the entry is in another layout."""
        return self.fields.get(FIELD)

    @property
    def raw(self) -> bytes:
        """The payload, or in another layout all fields, one a line."""
        data = self.data
        return b"\n".join(name + b"=" + value for name, value in self.fields.items()) if data is None else data


class ConsumerStream:
    """Reads and settles entries of one stream as one consumer of one group.

    Every method raises ``redis.exceptions.RedisError`` when Redis is away; ``NOGROUP`` when it was emptied.
    """

    def __init__(self, redis: Redis, *, stream: str, group: str, consumer: str) -> None:
        self._redis = redis
        self.stream = stream
        self.group = group
        self.consumer = consumer
        self._cursor: Any = b"0-0"

    async def declare(self) -> None:
        """Make the group if it is missing, from the stream's beginning: what was sent before it is not lost."""
        try:
            await self._redis.xgroup_create(self.stream, self.group, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def read(self, *, count: int, block_ms: int) -> list[Entry]:
        """Wait for new entries, at most ``count`` of them."""
        reply: Any = await self._redis.xreadgroup(
            self.group, self.consumer, {self.stream: ">"}, count=count, block=block_ms
        )
        return [Entry(*row) for _, rows in reply or [] for row in rows]

    async def reclaim(self, *, idle_ms: int, count: int) -> list[Entry]:
        """Take over entries that nobody has touched for ``idle_ms``, whoever held them."""
        reply: Any = await self._redis.xautoclaim(
            self.stream, self.group, self.consumer, idle_ms, start_id=self._cursor, count=count
        )
        self._cursor = reply[0]
        rows = [row for row in reply[1] if row[1] is not None]
        return await self._counted(rows) if rows else []

    async def _counted(self, rows: Sequence[Any]) -> list[Entry]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for entry_id, _ in rows:
                pipe.xpending_range(self.stream, self.group, min=entry_id, max=entry_id, count=1)
            found: list[Any] = await pipe.execute()
        counts = [one[0]["times_delivered"] if one else 1 for one in found]
        return [Entry(entry_id, fields, count) for (entry_id, fields), count in zip(rows, counts, strict=True)]

    async def settle(self, ids: Collection[bytes]) -> None:
        """Acknowledge and delete: an acknowledged entry alone would stay in the stream for ever."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.xack(self.stream, self.group, *ids)
            pipe.xdel(self.stream, *ids)
            await pipe.execute()

    async def touch(self, ids: Collection[bytes]) -> None:
        """Reset the idle time of entries that are being worked on."""
        await self._redis.xclaim(self.stream, self.group, self.consumer, 0, list(ids), justid=True)

    async def leave(self) -> int:
        """Give up what is still pending, so that another consumer takes it at once; returns how many.

        A consumer with nothing pending is removed from the group.
        """
        rows: Any = await self._redis.xpending_range(
            self.stream, self.group, min="-", max="+", count=10_000, consumername=self.consumer
        )
        ids = [row["message_id"] for row in rows]
        if ids:
            await self._redis.xclaim(
                self.stream, self.group, self.consumer, 0, ids, idle=HANDED_OVER_IDLE_MS, justid=True
            )
        else:
            await self._delete_if_idle(self.consumer)
        return len(ids)

    async def remove_dead(self, *, idle_ms: int) -> int:
        """Remove consumers that asked for nothing during ``idle_ms`` and hold nothing; returns how many."""
        consumers: Any = await self._redis.xinfo_consumers(self.stream, self.group)
        dead = [one["name"] for one in consumers if one["idle"] >= idle_ms and not one["pending"]]
        return sum([await self._delete_if_idle(name) for name in dead])

    async def _delete_if_idle(self, consumer: str | bytes) -> int:
        removed: Any = await self._redis.eval(DELETE_IF_IDLE, 1, self.stream, self.group, consumer)
        return int(removed)
