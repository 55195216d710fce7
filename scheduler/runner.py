"""Runs the schedule while this process leads: each tick publishes its task, or does the little that is the leader's own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.leader import Term
from scheduler.schedule import Cron, Every, Job

log = structlog.get_logger(__name__)

UTC: Final = ZoneInfo("UTC")


class Publisher(Protocol):
    """What puts a task into the queue (``pipeline.publisher.StreamPublisher``)."""

    async def publish(self, task: str, kwargs: Mapping[str, object]) -> bool:
        """Publish one task; False when it could not be."""


Deed = Callable[[], Awaitable[bool]]
"""What a tick does by itself; False when it could not."""


class ScheduleRunner:
    """The duty of a leader: an APScheduler that lives as long as the term.

    Runs missed while the process slept are made up for by one run. A cron time that fell into the last
    ``catch_up`` (no leader was there, or it was just leaving) is run at the election, so a job may run twice
    but is not skipped: tasks must bear that. ``retry`` is the wait between attempts to publish a cron job's task.
    """

    def __init__(
        self,
        schedule: Sequence[Job],
        publisher: Publisher,
        now: Callable[[], datetime],
        *,
        deeds: Mapping[str, Deed] | None = None,
        catch_up: timedelta = timedelta(minutes=1),
        retry: float = 5.0,
    ) -> None:
        """``now`` gives the wall-clock time, with a zone; ``deeds``: tasks that are done here and not published."""
        self._schedule = schedule
        self._publisher = publisher
        self._now = now
        self._deeds = deeds or {}
        self._catch_up = catch_up
        self._retry = retry

    @asynccontextmanager
    async def on_duty(self, term: Term) -> AsyncIterator[None]:
        """Run the schedule until the block is left."""
        clockwork = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for job in self._schedule:
            clockwork.add_job(
                self._tick, trigger(job.when), args=(job, term), id=job.name, next_run_time=self._first(job)
            )
        clockwork.start()
        try:
            yield
        finally:
            clockwork.shutdown(wait=False)
            # APScheduler stops in the loop's next round.
            await asyncio.sleep(0)

    def _first(self, job: Job) -> datetime:
        now = self._now()
        if isinstance(job.when, Every):
            return now
        due: datetime = trigger(job.when).get_next_fire_time(None, now - self._catch_up)
        return max(due, now)

    async def _tick(self, job: Job, term: Term) -> None:
        while await term.holds():
            if await self._done(job.task):
                log.debug("schedule.published", job=job.name, term=term.token)
                return
            log.warning("schedule.unpublished", job=job.name, term=term.token)
            if isinstance(job.when, Every):
                # The next tick is near.
                return
            await asyncio.sleep(self._retry)
        log.info("schedule.refused", job=job.name, term=term.token)

    async def _done(self, task: str) -> bool:
        deed = self._deeds.get(task)
        return await (deed() if deed else self._publisher.publish(task, {}))


def trigger(when: Every | Cron) -> Any:
    """Make APScheduler's trigger of a schedule's line."""
    if isinstance(when, Every):
        return IntervalTrigger(seconds=when.seconds, timezone=UTC)
    return CronTrigger(
        minute=when.minute,
        hour=when.hour,
        day=when.day,
        day_of_week=when.day_of_week,
        timezone=ZoneInfo(when.zone),
    )
