"""Runs of scheduled jobs: who works on which, and how far it has come. The truth of them is in PostgreSQL alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from core.domain.errors import NotFound
from db.json import loads
from db.tenancy import Scope, platform_scope

_KEPT_DAYS: Final = 90
_AT_ONCE: Final = 1000


@dataclass(slots=True)
class Run:
    """A run that is ours while its token is, and what has come of it so far."""

    id: UUID
    job: str
    zone: str
    due_at: datetime
    only_tenant: UUID | None
    token: int
    attempts: int
    cursor: UUID | None
    """The last tenant that it has done with."""
    counts: Counter[str] = field(default_factory=Counter)
    failed: dict[UUID, int] = field(default_factory=dict)
    """How often the work of a tenant has failed, of those whose work has not succeeded since."""

    @property
    def stored(self) -> tuple[UUID | None, str, str]:
        """What is kept of it: cursor, counts, and failures."""
        failed = {str(tenant_id): times for tenant_id, times in self.failed.items()}
        return self.cursor, orjson.dumps(self.counts).decode(), orjson.dumps(failed).decode()


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run as it is looked at."""

    job: str
    zone: str
    due_at: datetime
    only_tenant: UUID | None
    by_hand: bool
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    counts: Mapping[str, int]
    failed: int
    """Tenants whose work failed."""
    error: str | None
    running: bool


class JobRuns:
    """The runs of one process: claimed, kept and ended."""

    def __init__(self, lease: float = 30.0) -> None:
        """``lease``: seconds until a run is anybody's that nobody has kept."""
        self._lease = lease

    async def claim(self, jobs: Sequence[str]) -> Run | None:
        """Take up a run of one of these jobs that is due and that nobody works on, where it was left."""
        async with platform_scope() as scope:
            row = await scope.row("claim_job_run", list(jobs), self._lease)
        return _run(row) if row else None

    async def begin_by_hand(self, job: str, zone: str, at: datetime, only_tenant: UUID | None = None) -> Run:
        """A run that somebody asks for, of this very moment; it is his who asked."""
        async with platform_scope() as scope:
            row = await scope.row("begin_run_by_hand", job, zone, at, only_tenant, self._lease)
        return _run(_there(row))

    async def kept(self, run: Run, *, moved: bool, given_back: bool = False) -> bool:
        """Keep how far it has come, and keep it ours, unless it is ``given_back``. False: it is somebody else's by now."""
        lease = 0.0 if given_back else self._lease
        async with platform_scope() as scope:
            return await scope.row("keep_job_run", run.id, run.token, *run.stored, lease, moved) is not None

    async def end(self, run: Run, error: str | None) -> bool:
        """It is over; ``error``: what went wrong with it for good. False: it is somebody else's by now."""
        outcome = "failed" if error else "done"
        async with platform_scope() as scope:
            return await scope.row("end_job_run", run.id, run.token, outcome, error, *run.stored) is not None

    async def zones(self, only_tenant: UUID | None = None) -> tuple[Sequence[str], datetime]:
        """Every time zone in which there are tenants, or that of one tenant alone; and the time. Raises ``NotFound``."""
        async with platform_scope() as scope:
            rows = await scope.rows("zones_of_tenants", None)
            if not rows:
                message = "there are no tenants"
                raise NotFound(message)
            zones = [row["zone"] for row in rows]
            if only_tenant is not None:
                zones = [(await _zone_of(scope, only_tenant))]
        return zones, rows[0]["at"]

    async def latest(self, each: int = 1) -> Sequence[PastRun]:
        """The latest runs of every job in every zone, so many of each, newest first."""
        async with platform_scope() as scope:
            return [_past(row) for row in await scope.rows("latest_job_runs", each)]


async def purge_job_runs() -> int:
    """Forget what ran long ago; returns how many runs."""
    gone, more = 0, True
    while more:
        async with platform_scope() as scope:
            deleted = len(await scope.rows("purge_job_runs", _AT_ONCE, _KEPT_DAYS))
        gone, more = gone + deleted, deleted == _AT_ONCE
    return gone


async def _zone_of(scope: Scope, tenant_id: UUID) -> str:
    return str(_there(await scope.row("zone_of_tenant", tenant_id))["zone"])


def _there(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        message = "no such tenant"
        raise NotFound(message)
    return row


def _run(row: Mapping[str, Any]) -> Run:
    kept = {**row, "counts": Counter(loads(row["counts"]))}
    kept["failed"] = {UUID(tenant_id): times for tenant_id, times in loads(row["failed"]).items()}
    return Run(**kept)


def _past(row: Mapping[str, Any]) -> PastRun:
    seen = {**row, "counts": loads(row["counts"]), "failed": len(loads(row["failed"])), "running": bool(row["running"])}
    return PastRun(**seen)
