"""Works on runs of scheduled jobs: one tenant after the other, a batch at a time, from where it was left.

A run is held by a lease and a fencing token, as turns are. A tenant whose work fails holds up no other: it comes again at the
end, and what fails for good ends the run as failed, with the tenants' ids in it.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Final
from uuid import UUID

import structlog

from core.services.job_runs import JobRuns, Run
from core.services.tenant_job import TenantJob

log = structlog.get_logger(__name__)

LOOKS_EVERY: Final = 3.0
"""Seconds between two looks for a run that is due."""
KEPT_EVERY: Final = 2.0
"""Seconds between two times that it is written down how far a run has come."""
PAGE: Final = 200
TENANT_ATTEMPTS: Final = 3
RUN_ATTEMPTS: Final = 5
"""Who takes a run up so often without coming one batch further gives it up."""
LONGEST_REST: Final = 0.5


class RunLostError(Exception):
    """The run is somebody else's by now."""


class JobRunner:
    """What works on the runs that are due, one at a time in each process."""

    def __init__(
        self,
        jobs: Mapping[str, TenantJob],
        runs: JobRuns,
        *,
        rest: float = 1.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """``rest``: how long it rests after a batch, in batches: whoever answers leads has the database meanwhile."""
        self._jobs = jobs
        self._runs = runs
        self._rest = rest
        self._clock = clock

    async def run(self, finish: asyncio.Event) -> None:
        """Look for runs and work on them until ``finish`` is set."""
        while not finish.is_set():
            try:
                # A task of its own: whatever a failed round leaves in its context ends with it.
                if await asyncio.create_task(self.run_next(finish)):
                    continue
            except Exception as error:  # noqa: BLE001 - the loop of a process outlives every fault of its dependencies
                log.warning("jobs.failed", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_EVERY):
                    await finish.wait()

    async def run_next(self, finish: asyncio.Event) -> bool:
        """Work on a run that is due; False when there is none."""
        run = await self._runs.claim(list(self._jobs))
        if run is None:
            return False
        if run.attempts > RUN_ATTEMPTS:
            log.error("job.given_up", job=run.job, run_id=str(run.id), attempts=run.attempts)
            await self._runs.end(run, "whoever took it up was stopped before it came one batch further")
            return True
        await self.work(run, finish)
        return True

    async def work(self, run: Run, finish: asyncio.Event) -> bool:
        """Work on a run that is ours until it is over; False when ``finish`` was set first, or it is no longer ours."""
        log.info("job.begun", job=run.job, run_id=str(run.id), zone=run.zone, due_at=run.due_at.isoformat())
        under_way = _UnderWay(self._jobs[run.job], self._runs, run, rest=self._rest, clock=self._clock)
        try:
            over = await under_way.go_on(finish)
        except RunLostError:
            log.warning("job.lost", job=run.job, run_id=str(run.id))
            return False
        if over:
            log.info("job.over", job=run.job, run_id=str(run.id), failed=len(run.failed), counts=dict(run.counts))
        return over


class _UnderWay:
    """One run, while this process has it."""

    def __init__(self, job: TenantJob, runs: JobRuns, run: Run, *, rest: float, clock: Callable[[], float]) -> None:
        self._job = job
        self._runs = runs
        self._run = run
        self._rest = rest
        self._clock = clock
        self._kept_at = clock()
        self._errors: dict[UUID, str] = {}

    async def go_on(self, finish: asyncio.Event) -> bool:
        """Until it is over, or ``finish`` is set: then whoever is next goes on at once."""
        while tenants := await self._more():
            for tenant_id in tenants:
                if finish.is_set():
                    return await self._give_back()
                await self._tenant(tenant_id)
                self._run.cursor = tenant_id
                await self._keep()
        while again := [one for one, times in self._run.failed.items() if times < TENANT_ATTEMPTS]:
            for tenant_id in again:
                if finish.is_set():
                    return await self._give_back()
                await self._tenant(tenant_id)
                await self._keep()
        await self._own(ours=await self._runs.end(self._run, self._error()))
        return True

    async def _more(self) -> Sequence[UUID]:
        run = self._run
        if run.only_tenant is not None:
            return [run.only_tenant] if run.cursor is None else []
        return await self._job.candidates(run.zone, run.due_at, run.cursor, PAGE)

    async def _tenant(self, tenant_id: UUID) -> None:
        """All batches of one tenant. Whatever goes wrong in them is that tenant's trouble alone."""
        run = self._run
        try:
            while await self._batch(tenant_id):
                await self._keep()
        except RunLostError:
            raise
        except Exception as error:  # noqa: BLE001 - what a job stumbles over in one tenant must not keep it from the others
            run.failed[tenant_id] = run.failed.get(tenant_id, 0) + 1
            self._errors[tenant_id] = type(error).__name__
            log.warning(
                "job.tenant_failed", job=run.job, run_id=str(run.id), tenant_id=str(tenant_id),
                error=type(error).__name__, times=run.failed[tenant_id],
            )  # fmt: skip
        else:
            run.failed.pop(tenant_id, None)

    async def _batch(self, tenant_id: UUID) -> bool:
        began = self._clock()
        batch = await self._job.batch(tenant_id, self._run.due_at, dry=False)
        self._run.counts.update(batch.counts)
        await asyncio.sleep(min((self._clock() - began) * self._rest, LONGEST_REST))
        return batch.more

    async def _keep(self) -> None:
        """Now and then. With the database away this is where the run is left to whoever finds it when it is back."""
        if self._clock() - self._kept_at >= KEPT_EVERY:
            await self._own(ours=await self._runs.kept(self._run, moved=True))
            self._kept_at = self._clock()

    async def _own(self, *, ours: bool) -> None:
        if not ours:
            raise RunLostError

    async def _give_back(self) -> bool:
        await self._runs.kept(self._run, moved=True, given_back=True)
        return False

    def _error(self) -> str | None:
        failed = self._run.failed
        if not failed:
            return None
        kinds = sorted({self._errors.get(one, "unknown") for one in failed})
        return f"{len(failed)} tenants failed: {', '.join(kinds)}"
