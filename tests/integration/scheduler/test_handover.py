"""One leader at a time, whatever happens to it: real processes, killed, frozen and cut off."""

import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from tests.integration.queue.bench import eventually

QUICK = 0.15
WITHIN = 15.0


class Candidates:
    """Scheduler processes of one test."""

    def __init__(self, url: str, python: str, database: asyncpg.Connection) -> None:
        self._url = url
        self._python = python
        self.database = database
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, holder: str, factor: float = QUICK) -> None:
        """Start one, under that name."""
        command = [self._python, "-m", "tests.integration.scheduler.candidate", self._url, holder, str(factor)]
        self.running[holder] = subprocess.Popen(command)

    def signal(self, holder: str, number: signal.Signals) -> None:
        """Send it a signal."""
        self.running[holder].send_signal(number)

    async def ticks(self, holder: str) -> int:
        """How many ticks it has published."""
        return int(await self.database.fetchval("SELECT count(*) FROM ticks WHERE holder = $1", holder))

    async def ticking(self, holder: str, *, within: float = WITHIN) -> float:
        """Wait for one more tick of that one; the seconds it took."""
        before = await self.ticks(holder)
        return await eventually(lambda: self._ticked(holder, before), within=within)

    async def _ticked(self, holder: str, before: int) -> bool:
        return await self.ticks(holder) > before

    async def cut(self) -> None:
        """Cut the leader's connection, from the server's side."""
        await self.database.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE '%leader_leases%' AND pid <> pg_backend_pid()""",
        )

    def end(self) -> None:
        """End them all."""
        for process in self.running.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


@asynccontextmanager
async def candidates(url: str, python: str, database: asyncpg.Connection) -> AsyncIterator[Candidates]:
    """Scheduler processes that do not outlive the test."""
    those = Candidates(url, python, database)
    try:
        yield those
    finally:
        those.end()


@pytest.fixture
async def those(empty_database_url: str, python: str, database: asyncpg.Connection) -> AsyncIterator[Candidates]:
    """No process yet, and the means to start them."""
    async with candidates(empty_database_url, python, database) as fresh:
        yield fresh


async def _lead_and_stand_by(those: Candidates, factor: float = QUICK) -> None:
    those.start("first", factor)
    await those.ticking("first")
    those.start("second", factor)
    # The standby is up when it has asked for the lease.
    await those.ticking("first")


async def test_only_one_ticks(those: Candidates) -> None:
    """With a leader alive the standby publishes nothing."""
    await _lead_and_stand_by(those)
    started = time.monotonic()
    while time.monotonic() - started < 2.5:
        await those.ticking("first")
    assert await those.ticks("second") == 0


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM], ids=lambda one: one.name)
async def test_a_standby_takes_over(those: Candidates, fault: signal.Signals) -> None:
    """A leader that is killed, frozen or stopped is followed by the standby."""
    await _lead_and_stand_by(those)
    those.signal("first", fault)
    await those.ticking("second")


@pytest.mark.slow
@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=lambda one: one.name)
async def test_a_standby_takes_over_in_time(those: Candidates, fault: signal.Signals) -> None:
    """At the product's own pace a hand-over takes less than 15 s."""
    await _lead_and_stand_by(those, factor=1)
    those.signal("first", fault)
    assert await those.ticking("second") < WITHIN


async def test_a_thawed_leader_does_nothing(those: Candidates) -> None:
    """A frozen leader that wakes after the hand-over publishes not one tick more."""
    await _lead_and_stand_by(those)
    those.signal("first", signal.SIGSTOP)
    await those.ticking("second")
    before = await those.ticks("first")
    those.signal("first", signal.SIGCONT)
    started = time.monotonic()
    while time.monotonic() - started < 1.5:
        await those.ticking("second")
    assert await those.ticks("first") == before


async def test_a_cut_connection_does_not_end_the_schedule(those: Candidates) -> None:
    """After its connection is cut, one of the two leads again."""
    await _lead_and_stand_by(those)
    await those.cut()
    await eventually(lambda: _second_term(those), within=WITHIN)
    assert await _any_tick(those) > 0


async def _second_term(those: Candidates) -> bool:
    return bool(await those.database.fetchval("SELECT token >= 2 FROM leader_leases"))


async def _any_tick(those: Candidates) -> float:
    before = await those.database.fetchval("SELECT count(*) FROM ticks")
    return await eventually(lambda: _more_than(those, before), within=WITHIN)


async def _more_than(those: Candidates, before: int) -> bool:
    return int(await those.database.fetchval("SELECT count(*) FROM ticks")) > before


async def test_ticks_of_two_leaders_never_interleave(those: Candidates) -> None:
    """Over several hand-overs the ticks form one block a leader."""
    await _lead_and_stand_by(those)
    leader, standby = "first", "second"
    for _ in range(3):
        those.signal(leader, signal.SIGSTOP)
        await those.ticking(standby)
        those.signal(leader, signal.SIGCONT)
        await those.ticking(standby)
        leader, standby = standby, leader
    rows = await those.database.fetch("SELECT holder FROM ticks ORDER BY number")
    blocks = [row["holder"] for at, row in enumerate(rows) if not at or rows[at - 1]["holder"] != row["holder"]]
    assert blocks == ["first", "second", "first", "second"]


async def test_a_clock_that_went_back_does_not_block(those: Candidates) -> None:
    """A dead leader's lease that ends an hour ahead is taken once it has not moved for a lease's length."""
    await those.database.execute(
        "INSERT INTO leader_leases VALUES ('scheduler', 'gone', 7, clock_timestamp() + interval '1 hour')"
    )
    those.start("first")
    assert await those.ticking("first") > 9 * QUICK
