"""How a business stands, as far as its own people may see: its AI, channels, failures and log, what runs for it by the clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from core.domain.actor import Actor
from core.domain.schedule import SCHEDULE, ScheduledJob, latest_due, next_due
from core.services.access import require_leading
from db.tenancy import platform_scope, tenant_scope

LATE_AFTER: Final = timedelta(minutes=30)
"""A job that has not been done for so long after its moment is late."""


class JobState(StrEnum):
    """How a job went the last time."""

    DONE = "done"
    RUNNING = "running"
    LATE = "late"
    FAILED = "failed"
    NEW = "new"
    """It has not been due yet."""


@dataclass(frozen=True, slots=True)
class JobHealth:
    """One job; ``at``, on the business's clocks: when it ran, should have run, or will."""

    job: str
    state: JobState
    at: datetime


@dataclass(frozen=True, slots=True)
class LogHealth:
    """The log of who did what: when it was looked through last, on the business's clocks, and the first entry that did not fit."""

    looked_at: datetime | None
    broken_at: int | None


@dataclass(frozen=True, slots=True)
class Health:
    """All of it."""

    suspended: bool
    ai_paused: bool
    channels: int
    stopped: int
    """Channel accounts that their providers refuse."""
    failures: int
    """Open dead letters."""
    log: LogHealth
    jobs: Sequence[JobHealth]


async def health(actor: Actor) -> Health:
    """How the business stands now. Raises ``Forbidden`` for attendants."""
    require_leading(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        row = await scope.row("state_of_tenant", actor.tenant_id)
    assert row is not None  # noqa: S101 - who acts in a tenant acts in one that there is
    runs = await _jobs(row["timezone"], actor.tenant_id)
    zone, looked_at = ZoneInfo(row["timezone"]), row["audit_looked_at"]
    return Health(
        suspended=row["status"] != "active",
        ai_paused=row["ai_paused"],
        channels=row["channels"],
        stopped=row["stopped"],
        failures=row["failures"],
        log=LogHealth(looked_at.astimezone(zone) if looked_at else None, row["audit_fault"]),
        jobs=[job_health(line, runs.get(line.name), zone, row["at"]) for line in SCHEDULE],
    )


def job_health(line: ScheduledJob, run: Mapping[str, Any] | None, zone: ZoneInfo, at: datetime) -> JobHealth:
    """How this job stands whose latest run is that one."""
    if run is None:
        return JobHealth(line.name, JobState.NEW, next_due(line.when, zone, at).astimezone(zone))
    due = latest_due(line.when, zone, at)
    missed = run["due_at"] < due <= at - LATE_AFTER
    stuck = run["ended_at"] is None and run["due_at"] <= at - LATE_AFTER
    if missed or stuck:
        return JobHealth(line.name, JobState.LATE, (due if missed else run["due_at"]).astimezone(zone))
    state = JobState.FAILED if run["failed"] else JobState.DONE if run["ended_at"] else JobState.RUNNING
    return JobHealth(line.name, state, run["due_at"].astimezone(zone))


async def _jobs(zone: str, tenant_id: UUID) -> Mapping[str, Mapping[str, Any]]:
    async with platform_scope() as scope:
        return {row["job"]: row for row in await scope.rows("jobs_of_tenant", zone, tenant_id)}
