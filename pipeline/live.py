"""Tells of changes behind the caller's back, all those of a moment in one round trip."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.domain.backoff import backoff
from core.domain.changes import Change
from pipeline.live_stream import publish
from pipeline.live_wire import MISSED, encoded

log = structlog.get_logger(__name__)

MOST_TENANTS: Final = 500
"""Told of in one round trip: one must end well within what Redis allows it."""
MOST_CHANGES: Final = 200
"""Of a tenant with more at once whoever looks had better look anew at everything."""
_BUSY: Final = 8
_PAUSE: Final = 0.05
"""Seconds between round trips while changes come in crowds; a few alone are told at once."""
_FIRST_PAUSE: Final = 0.25
_LONGEST_PAUSE: Final = 5.0


class LivePublisher:
    """The ``LiveEvents`` of a process, over Redis.

    When Redis is away the changes are forgotten, and it is remembered which tenants had any: their readers are told to
    look at everything anew as soon as Redis is back. So a reader is behind for a while at worst, and never for good,
    unless this process ends meanwhile.
    """

    def __init__(self, redis: Redis, *, budget: float = 0.5) -> None:
        """``budget``: the longest a round trip takes, in seconds. The client is the caller's to close."""
        self._redis = redis
        self._budget = budget
        self._waiting: dict[UUID, dict[Change, None]] = {}
        self._missed: set[UUID] = set()
        self._telling: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()
        self.failures = 0
        """Round trips that failed since one went well."""

    def changed(self, tenant_id: UUID, changes: Sequence[Change]) -> None:
        """Remember them, each once; a task tells of them."""
        if tenant_id not in self._missed:
            waiting = self._waiting.setdefault(tenant_id, {})
            waiting.update(dict.fromkeys(changes))
            if len(waiting) > MOST_CHANGES:
                self._forget((tenant_id,))
        if self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def drained(self) -> None:
        """Wait until nothing waits, or Redis does not take it: for the end of a process."""
        self._ending.set()
        while self._telling is not None:
            await asyncio.shield(self._telling)
        self._ending.clear()

    def _forget(self, tenants: Sequence[UUID]) -> None:
        for tenant_id in tenants:
            self._waiting.pop(tenant_id, None)
            self._missed.add(tenant_id)

    async def _tell(self) -> None:
        try:
            while self._waiting or self._missed:
                tenants = [*self._missed, *self._waiting][:MOST_TENANTS]
                if await self._told(tenants):
                    continue
                if self._ending.is_set():
                    break
                await self._pause(backoff(_FIRST_PAUSE, _LONGEST_PAUSE, self.failures))
        finally:
            self._telling = None

    async def _told(self, tenants: Sequence[UUID]) -> bool:
        batch = {tenant_id: self._waiting.pop(tenant_id, None) for tenant_id in tenants}
        self._missed.difference_update(tenants)
        entries = {tenant_id: MISSED if changes is None else encoded(changes) for tenant_id, changes in batch.items()}
        try:
            async with asyncio.timeout(self._budget):
                await publish(self._redis, entries)
        except (RedisError, OSError) as error:
            self._forget(tenants)
            self.failures += 1
            log.warning("live.redis_away", error=type(error).__name__, failures=self.failures, tenants=len(tenants))
            return False
        if self.failures:
            log.info("live.redis_back", failures=self.failures)
            self.failures = 0
        if sum([len(changes or ()) for changes in batch.values()]) > _BUSY:
            await self._pause(_PAUSE)
        return True

    async def _pause(self, seconds: float) -> None:
        """Unless the process is about to end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()
