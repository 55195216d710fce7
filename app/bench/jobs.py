"""The scheduled jobs over many leads: how long each takes, its longest batch, its locks, and what webhooks feel of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Final
from uuid import UUID

import asyncpg

from app.bench.driving import drive
from app.bench.jobs_seeding import seed_leads
from app.bench.load import Plan
from app.bench.lock_watch import Waits, watched_locks
from app.bench.stage import Stage
from app.database import open_live_database
from app.tenant_jobs import tenant_jobs
from core.services.job_runs import JobRuns, Run
from core.services.tenant_job import Batch, TenantJob
from pipeline.job_runner import JobRunner

_REQUESTS: Final = 60_000
_BEFORE: Final = "before"


@dataclass(frozen=True, slots=True)
class Ask:
    """How many leads there are, what webhooks bring meanwhile, and for how long that is measured in each job."""

    leads: int
    messages: int
    rate: float
    duration: float
    conns: int = 32


@dataclass(slots=True)
class Timed:
    """A job whose batches are timed."""

    job: TenantJob
    batches: list[float] = field(default_factory=list)

    async def candidates(self, zone: str, due_at: datetime, after: UUID | None, limit: int) -> Sequence[UUID]:
        """See ``TenantJob``."""
        return await self.job.candidates(zone, due_at, after, limit)

    async def batch(self, tenant_id: UUID, due_at: datetime, *, dry: bool) -> Batch:
        """See ``TenantJob``."""
        began = perf_counter()
        try:
            return await self.job.batch(tenant_id, due_at, dry=dry)
        finally:
            self.batches.append(perf_counter() - began)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a job: its counts, how long it and its longest batch took, who waited for locks, and the webhooks' times."""

    counts: Mapping[str, int]
    seconds: float
    batches: int
    longest: float
    waits: Waits
    ms: Mapping[str, float]


def play(stage: Stage, ask: Ask) -> Mapping[str, Played]:
    """One job after the other over the same rows, as a worker does them; first the webhooks alone."""
    with stage.web() as (_, port):
        asyncio.run(_seeded(stage, ask))
        return asyncio.run(_played(stage, port, ask))


def table(played: Mapping[str, Played]) -> str:
    """A line for each job; ``batch``: its longest one; ``waits``: of whatever session for a lock, in all, and the longest."""
    before = played[_BEFORE].ms
    lines = [
        f"{'':28}{'s':>8}{'batches':>9}{'batch ms':>10}{'waits s':>9}{'wait ms':>9}{'p50 ms':>9}{'p99 ms':>9}{'p99 ×':>8}  counts"
    ]
    for name, one in played.items():
        counts = ", ".join(f"{counted} {times}" for counted, times in sorted(one.counts.items()))
        lines.append(
            f"{name:28}{one.seconds:8.1f}{one.batches:9}{one.longest * 1000:10.1f}{one.waits.total:9.2f}"
            f"{one.waits.longest * 1000:9.1f}{one.ms['p50']:9.1f}{one.ms['p99']:9.1f}{one.ms['p99'] / before['p99']:8.2f}  {counts}"
        )
    return "\n".join(lines)


async def _seeded(stage: Stage, ask: Ask) -> None:
    connection = await asyncpg.connect(stage.database())
    try:
        await seed_leads(connection, ask.leads, ask.messages)
    finally:
        await connection.close()


async def _played(stage: Stage, port: int, ask: Ask) -> Mapping[str, Played]:
    await asyncio.to_thread(_load, stage, port, ask)  # until what webhooks need is in memory
    async with watched_locks(stage.database()) as waits:
        alone = await asyncio.to_thread(_load, stage, port, ask)
    found = {_BEFORE: Played({}, 0.0, 0, 0.0, waits, alone)}
    async with open_live_database(stage.settings, process="bench", pool=4):
        for name, body in tenant_jobs().items():
            timed = Timed(body)
            began = perf_counter()
            async with watched_locks(stage.database()) as waits:
                job = asyncio.create_task(_job(name, timed))
                ms = await asyncio.to_thread(_load, stage, port, ask)
                run, ended = await job
            longest = max(timed.batches, default=0.0)
            found[name] = Played(run.counts, ended - began, len(timed.batches), longest, waits, ms)
    return found


async def _job(name: str, timed: Timed) -> tuple[Run, float]:
    runs = JobRuns()
    zones, at = await runs.zones()
    run = await runs.begin_by_hand(name, zones[0], at)
    await JobRunner({name: timed}, runs).work(run, asyncio.Event())
    return run, perf_counter()


def _load(stage: Stage, port: int, ask: Ask) -> Mapping[str, float]:
    crowd = stage.crowd
    plan = Plan(port, ask.conns, ask.rate, 2.0, ask.duration, _REQUESTS, crowd.tenants, crowd.leads)
    result, _ = drive("app.bench.load", asdict(plan), {})
    ms: Mapping[str, float] = result["ms"]
    return ms
