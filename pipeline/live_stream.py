"""The tenants' streams of live events in Redis: the commands, without any policy.

A tenant's stream and the channel on which its entries are called out have one name. Who joins a stream begins it, and it
is kept for as long as somebody listens and an hour more: nothing is added where nobody could come back for it. An entry
holds its stream's epoch, so the two are lost together; a stream is never empty, so whether a place is still in it can be
seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from redis.asyncio import Redis

from pipeline.live_wire import LiveEvent, Place, event_at

MOST_ENTRIES: Final = 1_000
"""About so many entries of a tenant are kept."""
KEPT_SECONDS: Final = 3_600
"""After so long without a listener a tenant's stream is forgotten."""
GONE: Final = b"gone"
"""What is called out instead of an entry when there is no stream: whoever listens has lost it."""

# The streams share a hash tag: one command may name many of them, also in a cluster.
_PREFIX: Final = "reveza:{live}"
CALLS: Final = _PREFIX
"""A channel on which nothing is ever called out."""

PUBLISH: Final = f"""
for at, key in ipairs(KEYS) do
  local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  local call = '{GONE.decode()}'
  if newest then
    local epoch = newest[2][2]
    local id = redis.call('XADD', key, 'MAXLEN', '~', ARGV[1], '*', 'e', epoch, 'd', ARGV[at + 1])
    call = epoch .. ' ' .. newest[1] .. ' ' .. id .. ' ' .. ARGV[at + 1]
  end
  redis.call('PUBLISH', key, call)
end
return 1
"""

# Answers: the epoch, the newest entry, whether the reader's place is still known, and what came after it.
JOIN: Final = """
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not newest then
  local first = redis.call('XADD', KEYS[1], '*', 'e', ARGV[1], 'd', '')
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  return {ARGV[1], first, 0, {}}
end
local epoch, known = newest[2][2], ARGV[4]
if epoch ~= ARGV[3] or #redis.call('XRANGE', KEYS[1], known, known) == 0 then return {epoch, newest[1], 0, {}} end
local missed = redis.call('XRANGE', KEYS[1], '(' .. known, '+', 'COUNT', ARGV[5] + 1)
if #missed > tonumber(ARGV[5]) then return {epoch, newest[1], 0, {}} end
return {epoch, newest[1], 1, missed}
"""

NEWEST: Final = """
local found = {}
for at, key in ipairs(KEYS) do
  local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  found[at] = newest and {newest[2][2], newest[1]} or {}
  redis.call('EXPIRE', key, ARGV[1])
end
return found
"""


@dataclass(frozen=True, slots=True)
class Joined:
    """Where a reader is now. ``whole``: nothing is missing between the place it came with and ``missed``'s first."""

    place: Place
    whole: bool
    missed: Sequence[LiveEvent]


@dataclass(frozen=True, slots=True)
class Called:
    """An event as it was called out, and the place right before it."""

    before: Place
    event: LiveEvent


def stream_of(tenant_id: UUID) -> str:
    """The name of a tenant's stream."""
    return f"{_PREFIX}:{tenant_id.hex}"


async def publish(redis: Redis, entries: Mapping[UUID, bytes]) -> None:
    """Add an entry to each of these tenants' streams, if there is one, and call it out, all in one round trip.

    Raises ``RedisError`` and ``OSError``; whether it was added is then unknown.
    """
    keys = [stream_of(tenant_id) for tenant_id in entries]
    await redis.eval(PUBLISH, len(keys), *keys, str(MOST_ENTRIES), *entries.values())


async def join(redis: Redis, places: Sequence[tuple[str, Place | None]], epoch: str, most: int) -> list[Joined]:
    """For each stream and the place where its reader was: where it is now, and at most ``most`` events in between.

    ``epoch``: of streams that begin here.
    """
    async with redis.pipeline(transaction=False) as pipe:
        for stream, place in places:
            known = (place.epoch, place.entry) if place else ("", "0-0")
            pipe.eval(JOIN, 1, stream, epoch, str(KEPT_SECONDS), *known, str(most))
        return [_joined(answer) for answer in await pipe.execute()]


async def newest(redis: Redis, streams: Sequence[str]) -> dict[str, Place | None]:
    """The newest entry of each stream, ``None`` where it was lost; none of them is forgotten for now."""
    found: Any = await redis.eval(NEWEST, len(streams), *streams, str(KEPT_SECONDS))
    return {stream: Place.of(*newest) if newest else None for stream, newest in zip(streams, found, strict=True)}


def read_call(data: bytes) -> Called:
    """What was called out on a stream's channel. Raises ``ValueError`` for what is none of ours."""
    epoch, before, entry, body = data.split(b" ", 3)
    return Called(Place.of(epoch, before), event_at(Place.of(epoch, entry), body))


def _joined(answer: Any) -> Joined:
    epoch, entry, whole, missed = answer
    events = [event_at(Place.of(epoch, id_), fields[3]) for id_, fields in missed]
    return Joined(Place.of(epoch, entry), bool(whole), events)
