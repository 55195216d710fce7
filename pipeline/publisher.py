"""The lean way into the queue: one round trip a batch, and never in the way of who publishes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.domain.backoff import backoff
from pipeline.connection import STREAM
from pipeline.envelope import FIELD, encode

log = structlog.get_logger(__name__)

# One command for a batch costs the publisher a quarter of what a pipeline of XADDs does, and adds all or nothing.
ADD_ALL: Final = f"""
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
for at = 2, #ARGV do redis.call('XADD', KEYS[1], '*', '{FIELD.decode()}', ARGV[at]) end
return 1
"""
FIRST_PAUSE: Final = 0.25
LONGEST_PAUSE: Final = 5.0


@dataclass(frozen=True, slots=True)
class Nudge:
    """A task to run, with the ids it needs."""

    task: str
    kwargs: Mapping[str, object]


class StreamPublisher:
    """Adds entries to the stream, or says quickly that it could not.

    Nothing is lost when it could not: what is due is in PostgreSQL and the sweepers nudge again. After a failure
    (or two late answers) it does not even try for a pause (0.25 s, doubling to 5 s), then one caller probes. ``published`` and
    ``dropped`` count entries since the start. The client is the caller's to close (``publisher_client``).
    """

    def __init__(
        self,
        redis: Redis,
        clock: Callable[[], float],
        *,
        stream: str = STREAM,
        budget: float = 0.05,
        max_backlog: int = 200_000,
    ) -> None:
        """``clock`` is monotonic seconds; ``budget`` the longest a call takes, in seconds.

        A stream of ``max_backlog`` entries takes no more: with no worker alive, nudges would fill Redis.
        """
        self._redis = redis
        self._clock = clock
        self._stream = stream
        self._budget = budget
        self._max_backlog = max_backlog
        self._failures = 0
        self._full = False
        self._closed_until = 0.0
        self.published = 0
        self.dropped = 0

    async def publish(self, task: str, kwargs: Mapping[str, object]) -> bool:
        """Publish one task; False when it could not be."""
        return await self.publish_many((Nudge(task, kwargs),))

    async def publish_many(self, nudges: Sequence[Nudge]) -> bool:
        """Publish a batch in one round trip; False when it could not be, or no answer came in time."""
        if not nudges:
            return True
        if self._clock() < self._closed_until:
            self.dropped += len(nudges)
            return False
        return await self._try([encode(nudge.task, nudge.kwargs) for nudge in nudges])

    async def _try(self, payloads: Sequence[bytes]) -> bool:
        if self._failures:
            # This caller probes; the others go on without trying until it knows.
            self._closed_until = self._clock() + self._budget
        try:
            async with asyncio.timeout(self._budget):
                sent = await self._send(payloads)
        except (RedisError, OSError) as error:
            self._opened(type(error).__name__, len(payloads), late=isinstance(error, TimeoutError))
            return False
        self._closed(len(payloads), sent=sent)
        return sent

    async def _send(self, payloads: Sequence[bytes]) -> bool:
        added: Any = await self._redis.eval(ADD_ALL, 1, self._stream, self._max_backlog, *payloads)
        return bool(added)

    def _opened(self, error: str, entries: int, *, late: bool) -> None:
        pause = backoff(FIRST_PAUSE, LONGEST_PAUSE, self._failures + 1)
        if late and not self._failures:
            # One late answer is more often our own busy loop than a Redis that is away.
            pause = 0.0
        self._failures += 1
        self._closed_until = self._clock() + pause
        self.dropped += entries
        log.warning("publisher.redis_away", error=error, failures=self._failures, pause_s=pause, entries=entries)

    def _closed(self, entries: int, *, sent: bool) -> None:
        self._closed_until = 0.0
        if self._failures:
            log.info("publisher.redis_back", failures=self._failures)
            self._failures = 0
        if sent:
            self.published += entries
        else:
            self.dropped += entries
        if self._full is sent:
            self._full = not sent
            log.warning("publisher.backlog", full=self._full)
