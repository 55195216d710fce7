"""A year by the clocks of three zones, with two schedulers that are killed now and then: every job at its time, once."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from core.domain.schedule import Daily, Monthly, ScheduledJob, Weekly, latest_due
from scheduler.due_runs import DueRuns
from tests.factories import Seeder
from tests.integration.conftest import Database

ZONES = ("America/Sao_Paulo", "America/New_York", "Asia/Kolkata")
BEGUN, OVER = datetime(2027, 12, 31, 12, tzinfo=UTC), datetime(2029, 1, 1, 12, tzinfo=UTC)
JOBS = (
    ScheduledJob("reset-monthly-leads", Monthly(1, time(0))),
    ScheduledJob("decay-scores", Daily(time(3))),
    ScheduledJob("in-the-gap", Daily(time(2, 30))),
    ScheduledJob("month-end", Monthly(31, time(23, 59))),
    ScheduledJob("cleanup-old-messages", Weekly(6, time(5))),
)


class KilledError(Exception):
    """The process is gone."""


@dataclass
class Doomed:
    """A connection whose process is killed before the question of that number."""

    connection: asyncpg.Connection
    questions: int

    async def fetch(self, *asked: Any) -> list[Any]:
        """Ask, or die."""
        if self.questions == 0:
            raise KilledError
        self.questions -= 1
        found: list[Any] = await self.connection.fetch(*asked)
        return found


@asynccontextmanager
async def _connected(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.platform)
    try:
        yield connection
    finally:
        await connection.close()


async def _never() -> asyncpg.Connection:
    raise AssertionError


@pytest.mark.slow
async def test_every_job_at_its_local_time_once(
    database: Database, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """Leap day, month ends, clocks that jump; whichever scheduler ticks, wherever it is killed, and whenever it comes late."""
    for zone in ZONES:
        await seed.tenant(timezone=zone, created_at=BEGUN, timezone_since=BEGUN)
    last = await _lived(database, random.Random(2028))
    found: dict[tuple[str, str], list[datetime]] = {(job.name, zone): [] for job in JOBS for zone in ZONES}
    for row in await superuser.fetch("SELECT job, zone, due_at FROM job_runs ORDER BY job, zone, due_at"):
        found[row["job"], row["zone"]].append(row["due_at"].astimezone(ZoneInfo(row["zone"])))
    for job in JOBS:
        for zone in ZONES:
            assert found[job.name, zone] == _expected(job, zone, found[job.name, zone][-1], last)
    new_york = [moment for moment in found["in-the-gap", "America/New_York"] if moment.date() == date(2028, 3, 12)]
    assert [moment.strftime("%H:%M") for moment in new_york] == ["03:00"]
    kolkata = [moment.date() for moment in found["month-end", "Asia/Kolkata"]]
    assert date(2028, 2, 29) in kolkata
    assert [day.day for day in kolkata[:5]] == [31, 31, 29, 31, 30]
    assert len(found["decay-scores", "America/Sao_Paulo"]) in {366, 367}


async def _lived(database: Database, chance: random.Random) -> datetime:
    """Two schedulers tick through the year; one of them comes to its end at each step, so that none is late by a day."""
    now = BEGUN
    due, standby = DueRuns(_never, JOBS), DueRuns(_never, JOBS)
    async with _connected(database) as one, _connected(database) as other:
        while now < OVER:
            if chance.random() < 0.3:
                with pytest.raises(KilledError):
                    await standby.write(Doomed(other, chance.randrange(4)), now)
            elif chance.random() < 0.5:
                await standby.write(other, now)
            await due.write(one, now)
            now += timedelta(minutes=chance.randrange(1, 20 * 60))
    return now


def _expected(job: ScheduledJob, zone: str, newest: datetime, now: datetime) -> list[datetime]:
    """Each moment since it all began, reckoned backwards one from the other."""
    clocks = ZoneInfo(zone)
    assert newest >= latest_due(job.when, clocks, now - timedelta(hours=20))
    moments = [newest.astimezone(UTC)]
    while (before := latest_due(job.when, clocks, moments[-1] - timedelta(microseconds=1))) >= BEGUN:
        moments.append(before)
    return [moment.astimezone(clocks) for moment in reversed(moments)]
