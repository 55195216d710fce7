"""``reveza job``: a scheduled job by hand, and how the jobs go."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from app.database import open_live_database
from app.settings import load_settings
from app.tenant_jobs import tenant_jobs
from core.domain.errors import NotFound
from core.domain.schedule import SCHEDULE, next_due
from core.services.job_runs import JobRuns, PastRun
from core.services.tenant_job import TenantJob
from core.services.tenants import find_tenant
from pipeline.job_runner import PAGE, JobRunner


@click.command()
@click.argument("name", required=False)
@click.option("--tenant", help="For this tenant alone, by its short name.")
@click.option("--dry-run", is_flag=True, help="Count what there is to do, and write nothing.")
@click.option("--list", "show", is_flag=True, help="Print every job: when it is due next, and how its last run went.")
def job(name: str | None, *, tenant: str | None, dry_run: bool, show: bool) -> None:
    """Do the scheduled job NAME now, for every tenant or for one, and print what it did."""
    if show or name is None:
        asyncio.run(_list())
    else:
        asyncio.run(_do(name, tenant, dry=dry_run))


async def _do(name: str, tenant: str | None, *, dry: bool) -> None:
    body = _body(tenant_jobs(), name)
    async with open_live_database(load_settings(), process="cli", pool=2):
        only = await find_tenant(tenant) if tenant else None
        counts = await (_dry(body, only) if dry else _run(name, body, only))
    would = "would be: " if dry else ""
    click.echo(would + (", ".join(f"{counted} {times}" for counted, times in sorted(counts.items())) or "nothing"))


def _body(bodies: Mapping[str, TenantJob], name: str) -> TenantJob:
    if name not in bodies:
        message = f"there is no job {name!r}; known: {', '.join(sorted(bodies))}"
        raise NotFound(message)
    return bodies[name]


async def _run(name: str, body: TenantJob, only: UUID | None) -> Counter[str]:
    """As a worker would, and recorded like any run."""
    runs = JobRuns()
    runner = JobRunner({name: body}, runs, rest=0.0)
    zones, at = await runs.zones(only)
    counts: Counter[str] = Counter()
    for zone in zones:
        run = await runs.begin_by_hand(name, zone, at, only)
        await runner.work(run, asyncio.Event())
        counts.update(run.counts)
        if run.failed:
            counts["failed"] += len(run.failed)
    return counts


async def _dry(body: TenantJob, only: UUID | None) -> Counter[str]:
    zones, at = await JobRuns().zones(only)
    counts: Counter[str] = Counter()
    for zone in zones:
        async for tenant_id in _tenants(body, zone, at, only):
            counts.update((await body.batch(tenant_id, at, dry=True)).counts)
    return counts


async def _tenants(body: TenantJob, zone: str, at: datetime, only: UUID | None) -> AsyncIterator[UUID]:
    if only is not None:
        yield only
        return
    after: UUID | None = None
    while page := await body.candidates(zone, at, after, PAGE):
        for tenant_id in page:
            yield tenant_id
        after = page[-1]


async def _list() -> None:
    runs = JobRuns()
    async with open_live_database(load_settings(), process="cli", pool=2):
        zones, at = await runs.zones()
        last = {(run.job, run.zone): run for run in reversed(await runs.latest())}
    for line in SCHEDULE:
        click.echo(f"{line.name}: {line.when}")
        for zone in zones:
            clocks = ZoneInfo(zone)
            coming = next_due(line.when, clocks, at).astimezone(clocks)
            click.echo(f"  {zone}: next {coming:%Y-%m-%d %H:%M}; {_told(last.get((line.name, zone)), clocks)}")


def _told(run: PastRun | None, clocks: ZoneInfo) -> str:
    if run is None:
        return "has not run yet"
    how = run.outcome or ("running" if run.running else "waits for a worker")
    counts = ", ".join(f"{name} {times}" for name, times in sorted(run.counts.items()))
    parts = [f"last {run.due_at.astimezone(clocks):%Y-%m-%d %H:%M} {how}", counts, run.error or ""]
    return "; ".join(part for part in parts if part)
