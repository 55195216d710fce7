"""The schedule publishes its tasks while the term lasts, through outages of Redis and PostgreSQL."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from scheduler.leader import Election, Term
from scheduler.runner import ScheduleRunner, trigger
from scheduler.schedule import UPKEEP, Cron, Every, Job
from tests.integration.queue.bench import eventually
from tests.integration.scheduler.candidate import scaled
from tests.patience import PATIENCE


@dataclass(slots=True)
class Outbox:
    """A publisher that counts, or is away."""

    sent: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    away: bool = False

    async def publish(self, task: str, kwargs: Mapping[str, object]) -> bool:
        """Count the task."""
        assert not kwargs
        self.asked[task] += 1
        if not self.away:
            self.sent[task] += 1
        return not self.away


async def until(outbox: Outbox, task: str, more: int, *, asked: bool = False) -> None:
    """Wait for that many more of the task."""
    counter = outbox.asked if asked else outbox.sent
    goal = counter[task] + more
    await eventually(lambda: counter[task] >= goal)


@pytest.fixture
async def outbox() -> Outbox:
    """A publisher that counts."""
    return Outbox()


@pytest.fixture
async def leading(empty_database_url: str, database: asyncpg.Connection, outbox: Outbox) -> AsyncIterator[str]:
    """A leader with a schedule, in this process."""
    assert database
    moment = datetime.now(ZoneInfo("America/Sao_Paulo"))
    jobs = [
        Job("often", Every(seconds=0.1), task="often"),
        Job("later", Cron(minute=f"{(moment.minute + 30) % 60}"), task="later"),
        Job("missed", Cron(minute=f"{moment.minute}"), task="missed"),
    ]
    runner = ScheduleRunner(jobs, outbox, lambda: datetime.now(UTC), retry=0.1, catch_up=timedelta(minutes=2))
    election = Election(lambda: asyncpg.connect(empty_database_url), "me", time.monotonic, tempo=scaled(0.15))
    finish = asyncio.Event()
    running = asyncio.create_task(election.run(finish, runner.on_duty))
    yield empty_database_url
    finish.set()
    async with asyncio.timeout(PATIENCE):
        await running


async def test_every_tick_is_published(leading: str, outbox: Outbox) -> None:
    """An interval job comes again and again."""
    assert leading
    await until(outbox, "often", 5)


async def test_a_time_that_just_passed_is_made_up_for(leading: str, outbox: Outbox) -> None:
    """A cron time without a leader, less than a minute ago, is run at the election, once; another is not."""
    assert leading
    await until(outbox, "often", 5)
    assert (outbox.sent["missed"], outbox.sent["later"]) == (1, 0)


async def test_redis_away_is_survived(leading: str, outbox: Outbox) -> None:
    """While nothing can be published ticks go on, and a cron job's task is tried until it goes out."""
    assert leading
    outbox.away = True
    await until(outbox, "often", 3, asked=True)
    await until(outbox, "missed", 1, asked=True)
    outbox.away = False
    await until(outbox, "missed", 1)
    await until(outbox, "often", 1)


async def test_postgres_away_is_survived(leading: str, outbox: Outbox, database: asyncpg.Connection) -> None:
    """While the database refuses connections nothing is published; when it is back, ticks go on."""
    await until(outbox, "often", 1)
    name = await database.fetchval("SELECT current_database()")
    await database.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
    await database.execute(
        """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()"""
    )
    before = outbox.asked["often"]
    # Long enough for many ticks, of which one may be under way.
    await asyncio.sleep(0.6)
    during = outbox.asked["often"]
    await database.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')
    await until(outbox, "often", 3)
    assert leading
    assert during <= before + 1


async def test_a_term_ends_without_the_database(database: asyncpg.Connection) -> None:
    """A leader's own count of its lease ends the term, whatever the row says."""
    moment = [100.0]
    tempo = scaled(1)
    await database.execute("INSERT INTO leader_leases VALUES ('scheduler', 'me', 1, 'infinity')")
    term = Term(database, "scheduler", 1, tempo=tempo, clock=lambda: moment[0])
    term.start(moment[0])
    before = await term.holds()
    moment[0] += tempo.lease
    assert (before, await term.holds()) == (True, False)


async def test_a_stale_token_is_refused(database: asyncpg.Connection) -> None:
    """A term whose row has another token neither holds nor can be renewed."""
    await database.execute("INSERT INTO leader_leases VALUES ('scheduler', 'other', 2, 'infinity')")
    term = Term(database, "scheduler", 1, tempo=scaled(1), clock=time.monotonic)
    term.start(time.monotonic())
    assert (await term.holds(), await term.renew()) == (False, False)


@pytest.mark.parametrize("job", UPKEEP, ids=lambda job: job.name)
def test_the_schedule_makes_triggers(job: Job) -> None:
    """Every line of the schedule has a next time within the day."""
    now = datetime.now(UTC)
    assert trigger(job.when).get_next_fire_time(None, now) <= now + timedelta(days=1)


def test_names_are_unique() -> None:
    """No two lines share a name."""
    assert len({job.name for job in UPKEEP}) == len(UPKEEP)


def test_cron_times_are_of_the_zone() -> None:
    """Nine o'clock in São Paulo is noon in UTC."""
    due = trigger(Cron(minute="0", hour="9")).get_next_fire_time(None, datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert due == datetime(2026, 3, 2, 12, tzinfo=UTC)
