"""Runs of jobs: taken up by one, left to the next, and no tenant's trouble is another's."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from core.services.job_runs import JobRuns, Run
from core.services.tenant_job import Batch, EveryTenant
from pipeline.job_runner import JobRunner
from tests.factories import Seeder
from tests.integration.conftest import Database

JOB = "close-stale-conversations"
ZONE = "America/Sao_Paulo"
DUE = datetime(2026, 3, 11, 7, tzinfo=UTC)


@dataclass
class Work(EveryTenant):
    """A job that notes where it was, and does what it is told to."""

    done: list[UUID] = field(default_factory=list)
    broken: dict[UUID, int] = field(default_factory=dict)
    """How often the work of a tenant fails yet."""
    batches: int = 1
    finish: asyncio.Event = field(default_factory=asyncio.Event)
    stop_after: int | None = None

    async def batch(self, tenant_id: UUID, due_at: datetime, *, dry: bool) -> Batch:
        """See ``TenantJob``."""
        assert (due_at, dry) == (DUE, False)
        if self.broken.get(tenant_id, 0) > 0:
            self.broken[tenant_id] -= 1
            raise ZeroDivisionError
        self.done.append(tenant_id)
        if self.stop_after is not None and len(self.done) >= self.stop_after:
            self.finish.set()
        return Batch({"rows": 2}, more=self.done.count(tenant_id) < self.batches)


@pytest.fixture
async def tenants(opened: Database, seed: Seeder, superuser: asyncpg.Connection) -> Sequence[UUID]:
    """Four of them, and a run that is due for them."""
    made = datetime(2026, 3, 1, tzinfo=UTC)
    ids = [await seed.tenant(created_at=made) for _ in range(4)]
    await seed.insert("job_runs", job=JOB, zone=ZONE, due_at=DUE)
    return sorted(ids)


async def _row(superuser: asyncpg.Connection) -> asyncpg.Record:
    return await superuser.fetchrow("SELECT * FROM job_runs")


async def _goes(work: Work, runs: JobRuns | None = None) -> bool:
    return await JobRunner({JOB: work}, runs or JobRuns(), rest=0.0).run_next(work.finish)


async def test_a_run_goes_through_every_tenant(tenants: Sequence[UUID], superuser: asyncpg.Connection) -> None:
    """Each one, all its batches, in the order of their ids; then it is over, and nothing is due."""
    work = Work(batches=2)
    assert await _goes(work)
    assert work.done == [one for one in tenants for _ in range(2)]
    row = await _row(superuser)
    assert (row["outcome"], row["counts"], row["error"]) == ("done", '{"rows": 16}', None)
    assert not await _goes(work)


async def test_one_worker_has_a_run(tenants: Sequence[UUID]) -> None:
    """Of many who reach for it at the same instant."""
    assert tenants
    claimed = await asyncio.gather(*(JobRuns().claim([JOB]) for _ in range(5)))
    assert sum(run is not None for run in claimed) == 1


async def test_a_killed_workers_run_goes_on_where_it_was(
    tenants: Sequence[UUID], superuser: asyncpg.Connection
) -> None:
    """Once its lease is over another takes it up after the last tenant that was kept."""
    runs = JobRuns()
    run = await runs.claim([JOB])
    assert run is not None
    run.cursor = tenants[1]
    run.counts["rows"] = 4
    assert await runs.kept(run, moved=True)
    assert await runs.claim([JOB]) is None
    await superuser.execute("UPDATE job_runs SET lease_until = now() - interval '1 s'")
    work = Work()
    assert await _goes(work)
    assert work.done == list(tenants[2:])
    assert (await _row(superuser))["counts"] == '{"rows": 8}'


async def test_who_lost_a_run_writes_nothing_of_it(tenants: Sequence[UUID], superuser: asyncpg.Connection) -> None:
    """A worker that was frozen meanwhile finds that it is another's."""
    runs = JobRuns()
    frozen = await runs.claim([JOB])
    assert frozen is not None
    await superuser.execute("UPDATE job_runs SET lease_until = now() - interval '1 s'")
    assert await _goes(Work())
    frozen.cursor = tenants[0]
    assert not await runs.kept(frozen, moved=True)
    assert not await runs.end(frozen, "too late")
    assert (await _row(superuser))["outcome"] == "done"


async def test_a_worker_that_stops_leaves_its_run_at_once(tenants: Sequence[UUID]) -> None:
    """Nobody waits for the lease of one who said good-bye."""
    await _goes(stopping := Work(stop_after=2))
    await _goes(work := Work())
    assert stopping.done + work.done == list(tenants)


async def test_a_tenants_trouble_is_nobody_elses(tenants: Sequence[UUID], superuser: asyncpg.Connection) -> None:
    """The others are done; it comes again at the end, and all is well."""
    work = Work(broken={tenants[1]: 2})
    await _goes(work)
    assert work.done == [tenants[0], tenants[2], tenants[3], tenants[1]]
    assert (await _row(superuser))["outcome"] == "done"


async def test_what_fails_for_good_is_seen(tenants: Sequence[UUID], superuser: asyncpg.Connection) -> None:
    """After three attempts the run has failed, with the tenant's id and the kind of error."""
    await _goes(Work(broken={tenants[1]: 9}))
    row = await _row(superuser)
    assert (row["outcome"], row["error"]) == ("failed", "1 tenants failed: ZeroDivisionError")
    assert row["failed"] == f'{{"{tenants[1]}": 3}}'
    assert row["cursor"] == tenants[-1]


async def test_poison_does_not_circle(tenants: Sequence[UUID], superuser: asyncpg.Connection) -> None:
    """A run that ends whoever takes it up, and never comes one tenant further, is given up."""
    assert tenants
    await superuser.execute("UPDATE job_runs SET attempts = 5")
    work = Work()
    await _goes(work)
    assert (work.done, (await _row(superuser))["outcome"]) == ([], "failed")


async def test_a_run_waits_for_the_one_before_it(tenants: Sequence[UUID], seed: Seeder) -> None:
    """Two moments of one job are not worked on at once in one zone; another zone's are."""
    assert tenants
    await seed.insert("job_runs", job=JOB, zone=ZONE, due_at=datetime(2026, 3, 12, 7, tzinfo=UTC))
    await seed.insert("job_runs", job=JOB, zone="Asia/Kolkata", due_at=datetime(2026, 3, 12, 1, tzinfo=UTC))
    found = [await JobRuns().claim([JOB]) for _ in range(3)]
    assert [run and (run.zone, run.due_at.day) for run in found] == [(ZONE, 11), ("Asia/Kolkata", 12), None]


async def test_a_run_for_one_tenant_is_his_alone(tenants: Sequence[UUID], superuser: asyncpg.Connection) -> None:
    """Who came from another zone is made up for, and nobody else again."""
    await superuser.execute("UPDATE job_runs SET only_tenant = $1", tenants[2])
    await _goes(work := Work())
    assert work.done == [tenants[2]]


async def test_a_run_by_hand_is_recorded(tenants: Sequence[UUID], superuser: asyncpg.Connection) -> None:
    """It is his who asked from the start, and looks like any other afterwards."""
    await superuser.execute("DELETE FROM job_runs")
    runs = JobRuns()
    run = await runs.begin_by_hand(JOB, ZONE, DUE)
    assert isinstance(run, Run)
    assert await runs.claim([JOB]) is None
    work = Work()
    assert await JobRunner({JOB: work}, runs, rest=0.0).work(run, work.finish)
    assert work.done == list(tenants)
    (past,) = await runs.latest()
    assert (past.by_hand, past.outcome, dict(past.counts)) == (True, "done", {"rows": 8})
