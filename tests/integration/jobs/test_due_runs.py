"""What is due is written down once, however many write it and whenever they come."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from core.domain.schedule import Daily, Hourly, Monthly, ScheduledJob
from scheduler.due_runs import DueRuns
from tests.factories import Seeder
from tests.integration.conftest import Database

DAILY = ScheduledJob("close-stale-conversations", Daily(time(4)))
MONTHLY = ScheduledJob("reset-monthly-leads", Monthly(1, time(0)))
HOURLY = ScheduledJob("follow-up", Hourly(0))
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
MADE = datetime(2026, 3, 10, 12, tzinfo=SAO_PAULO)

Tick = Callable[[datetime], Awaitable[Sequence[tuple[str, str, datetime]]]]


def _due(database: Database, *lines: ScheduledJob) -> DueRuns:
    return DueRuns(lambda: asyncpg.connect(database.platform), lines or (DAILY,))


async def _tick(database: Database, due: DueRuns, at: datetime) -> list[datetime]:
    connection = await asyncpg.connect(database.platform)
    try:
        return [run.due_at for run in await due.write(connection, at)]
    finally:
        await connection.close()


async def _tenant(seed: Seeder, zone: str = "America/Sao_Paulo", made: datetime = MADE) -> None:
    await seed.tenant(timezone=zone, created_at=made, timezone_since=made)


@pytest.fixture
async def due(database: Database, seed: Seeder) -> DueRuns:
    """A job at four, first seen at noon when its first tenant was made."""
    await _tenant(seed)
    found = _due(database)
    assert await _tick(database, found, MADE) == []
    return found


async def test_nothing_is_due_before_there_was_anybody(database: Database, due: DueRuns) -> None:
    """Four o'clock of the day on which the tenant was made at noon is not made up for."""
    assert await _tick(database, due, MADE + timedelta(hours=15)) == []


async def test_a_job_that_is_new_begins_with_its_next_moment(database: Database, due: DueRuns) -> None:
    """What a release brings is not due for a time when nobody had it."""
    newer = _due(database, DAILY, HOURLY)
    assert await _tick(database, newer, MADE + timedelta(minutes=5)) == []
    assert await _tick(database, newer, MADE + timedelta(minutes=61)) == [MADE + timedelta(hours=1)]


async def test_what_was_missed_happens_once(database: Database, due: DueRuns, superuser: asyncpg.Connection) -> None:
    """After five days of nothing the latest moment alone is due, and no earlier one afterwards."""
    back = MADE + timedelta(days=5)
    assert await _tick(database, due, back) == [back.replace(hour=4)]
    assert await _tick(database, _due(database), back - timedelta(days=2)) == []
    assert await superuser.fetchval("SELECT count(*) FROM job_runs") == 1


async def test_two_schedulers_write_one_row(database: Database, due: DueRuns, superuser: asyncpg.Connection) -> None:
    """At the same instant, ten times over."""
    at = MADE + timedelta(days=1)
    made = await asyncio.gather(*(_tick(database, one, at) for one in [due, *(_due(database) for _ in range(9))]))
    assert sorted(map(len, made)) == [0] * 9 + [1]
    assert await superuser.fetchval("SELECT count(*) FROM job_runs") == 1


async def test_one_that_nobody_began_is_passed_over(
    database: Database, due: DueRuns, superuser: asyncpg.Connection
) -> None:
    """With every worker away for days what they find is the latest run, not each."""
    for days in (1, 2, 3):
        await _tick(database, due, MADE + timedelta(days=days))
    found = await superuser.fetch("SELECT outcome FROM job_runs ORDER BY due_at")
    assert [row["outcome"] for row in found] == ["passed_over", "passed_over", None]


async def test_each_zone_has_its_own_moment(database: Database, due: DueRuns, seed: Seeder) -> None:
    """Four o'clock comes to each when its clocks show it."""
    await _tenant(seed, "Asia/Kolkata")
    at = datetime(2026, 3, 12, 0, tzinfo=UTC)
    assert set(await _tick(database, due, at)) == {
        datetime(2026, 3, 11, 4, tzinfo=SAO_PAULO),
        datetime(2026, 3, 12, 4, tzinfo=ZoneInfo("Asia/Kolkata")),
    }


async def test_who_moves_misses_nothing(database: Database, seed: Seeder, superuser: asyncpg.Connection) -> None:
    """A tenant that goes where the first of the month has begun already is made up for, alone and once."""
    await _tenant(seed)
    await _tenant(seed, "Asia/Kolkata")
    due = _due(database, MONTHLY)
    eve = datetime(2026, 3, 31, 20, tzinfo=SAO_PAULO)
    await _tick(database, due, MADE)
    await _tick(database, due, eve)
    await superuser.execute("UPDATE tenants SET timezone = 'Asia/Kolkata' WHERE timezone = 'America/Sao_Paulo'")
    await superuser.execute("UPDATE tenants SET timezone_since = $1 WHERE timezone_since <> created_at", eve)
    begun = datetime(2026, 4, 1, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert await _tick(database, due, eve + timedelta(seconds=1)) == [begun]
    assert await _tick(database, due, eve + timedelta(hours=1)) == []
    assert (
        await superuser.fetchval("SELECT count(*) FROM job_runs WHERE only_tenant IS NOT NULL AND due_at = $1", begun)
        == 1
    )


async def test_the_database_may_be_away(database: Database) -> None:
    """Then nothing is written, and nothing breaks: the next tick is near."""

    async def nowhere() -> asyncpg.Connection:
        raise ConnectionRefusedError

    assert not await DueRuns(nowhere, [DAILY]).written()
    assert await _due(database).written()
