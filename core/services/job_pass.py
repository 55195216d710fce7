"""A job's way through a tenant's rows in the order of time: each run goes on from where all was done before it.

So a run looks at what happened since the one before, not at all that there ever was; and a batch at what comes after the last
one's. A row that somebody holds just then is left out: then the next run looks at everything of this one again.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from core.domain.ids import uuid7
from core.services.tenant_job import Batch, EveryTenant
from db.tenancy import Scope, TenantScope, tenant_scope

BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """What one batch came to: how far it looked, and whether there may be more behind that."""

    at: datetime
    counts: Mapping[str, int]
    more: bool
    skipped: bool
    """Somebody held a row on its way."""


class PassingJob(EveryTenant, ABC):
    """The body of a job that goes so; what it does with the rows is ``step``."""

    name: ClassVar[str]
    reach: ClassVar[timedelta]
    """So long before its moment a run leaves nothing undone."""

    @abstractmethod
    async def step(
        self, scope: TenantScope, tenant_id: UUID, due_at: datetime, start: datetime, *, dry: bool
    ) -> Step | None:
        """Work on the next rows behind ``start``, or only count them; ``None``: there are none."""

    async def batch(self, tenant_id: UUID, due_at: datetime, *, dry: bool) -> Batch:
        """See ``TenantJob``."""
        if dry:
            return await self._counted(tenant_id, due_at)
        async with tenant_scope(tenant_id) as scope:
            way = await _hold_pass(scope, tenant_id, self.name, due_at, reach=self.reach)
            step = await self.step(scope, tenant_id, due_at, way.start, dry=False)
            if step is None:
                await way.move(way.start, all_done=True, skipped=False)
                return Batch()
            await way.move(step.at, all_done=not step.more, skipped=step.skipped)
        return Batch(step.counts, step.more)

    async def _counted(self, tenant_id: UUID, due_at: datetime) -> Batch:
        counts: Counter[str] = Counter()
        async with tenant_scope(tenant_id) as scope:
            start = await start_of_pass(scope, tenant_id, self.name, reach=self.reach)
            while step := await self.step(scope, tenant_id, due_at, start, dry=True):
                counts.update(step.counts)
                start = step.at
        return Batch(counts)


@dataclass(frozen=True, slots=True)
class Pass:
    """One run's way through one tenant, held until the transaction of a batch ends."""

    scope: Scope
    tenant_id: UUID
    job: str
    start: datetime
    """What lies after it is to be looked at."""

    async def move(self, at: datetime, *, all_done: bool, skipped: bool) -> None:
        """It has come so far; ``skipped``: somebody held a row on its way."""
        await self.scope.row("move_job_mark", self.tenant_id, self.job, at, all_done, skipped)


async def _hold_pass(scope: Scope, tenant_id: UUID, job: str, due_at: datetime, *, reach: timedelta) -> Pass:
    """Where the run of this moment has come to. ``reach``: so long before its moment a run leaves nothing undone."""
    row = await scope.row("hold_job_mark", tenant_id, job, uuid7(), due_at)
    assert row is not None  # noqa: S101 - the statement makes or changes one
    return Pass(scope, tenant_id, job, row["at"] or _start(row["upto"], reach))


async def start_of_pass(scope: Scope, tenant_id: UUID, job: str, *, reach: timedelta) -> datetime:
    """Where a run would begin that writes nothing."""
    row = await scope.row("job_mark", tenant_id, job)
    return _start(row["upto"] if row else None, reach)


def _start(upto: datetime | None, reach: timedelta) -> datetime:
    return upto - reach if upto is not None else BEFORE_ALL
