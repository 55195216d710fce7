"""Writes down which jobs are due in which time zones: a row for each moment, once, however many schedulers write."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import structlog

from core.domain.schedule import ScheduledJob, latest_due, next_due
from db.named_sql import query
from scheduler.leader import DATABASE_AWAY

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DueRun:
    """A job whose moment has come in a time zone, for all its tenants or for one that moved there afterwards."""

    job: str
    zone: str
    due_at: datetime
    only_tenant: UUID | None = None


class DueRuns:
    """Makes the rows that workers take up.

    The latest moment alone is made, never one before the job, the zone's first tenant, or the tenant was there: what was
    missed while nothing ran happens once.
    """

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], schedule: Sequence[ScheduledJob]) -> None:
        """``connect`` opens a connection of its own (role ``platform``)."""
        self._connect = connect
        self._schedule = schedule
        self._moments: dict[tuple[str, str], tuple[datetime, datetime]] = {}

    async def written(self) -> bool:
        """Write down what is due now; False when the database is away."""
        try:
            connection = await self._connect()
            try:
                await self.write(connection)
            finally:
                # Not a polite close, which waits for a database that may be away.
                connection.terminate()
        except DATABASE_AWAY as error:
            log.warning("jobs.database_away", error=type(error).__name__)
            return False
        return True

    async def write(self, connection: asyncpg.Connection, at: datetime | None = None) -> Sequence[DueRun]:
        """Write down what is due by the database's clock (or ``at`` another moment); gives what nobody had before."""
        zones = await connection.fetch(query("zones_of_tenants"), at)
        if not zones:
            return []
        now: datetime = zones[0]["at"]
        await connection.fetch(query("know_jobs"), [line.name for line in self._schedule], now)
        since = {row["job"]: row["since"] for row in await connection.fetch(query("known_jobs"))}
        due = [
            DueRun(line.name, zone["zone"], moment)
            for zone in zones
            for line in self._schedule
            if (moment := self._latest(line, zone["zone"], now)) >= max(since[line.name], zone["since"])
        ]
        made = [DueRun(*row[1:]) for row in await _made(connection, "make_due_runs", due)]
        made += await self._for_the_moved(connection, now, since)
        for run in made:
            log.info("job.due", job=run.job, zone=run.zone, due_at=run.due_at.isoformat())
        return made

    async def _for_the_moved(
        self, connection: asyncpg.Connection, now: datetime, since: Mapping[str, datetime]
    ) -> list[DueRun]:
        """Who came from another zone may have missed by that what was due in this one just before."""
        due = [
            DueRun(line.name, tenant["zone"], moment, tenant["id"])
            for tenant in await connection.fetch(query("tenants_that_moved"), now)
            for line in self._schedule
            if (moment := latest_due(line.when, ZoneInfo(tenant["zone"]), tenant["since"]))
            >= max(since[line.name], tenant["created_at"])
        ]
        return [
            DueRun(*row[1:])
            for row in await _made(connection, "make_moved_runs", due, [run.only_tenant for run in due])
        ]

    def _latest(self, line: ScheduledJob, zone: str, now: datetime) -> datetime:
        """Reckoned anew only once the next moment has come."""
        known = self._moments.get((line.name, zone))
        if known is None or not known[0] <= now < known[1]:
            clocks = ZoneInfo(zone)
            known = (latest_due(line.when, clocks, now), next_due(line.when, clocks, now))
            self._moments[line.name, zone] = known
        return known[0]


async def _made(connection: asyncpg.Connection, name: str, due: Sequence[DueRun], *more: Sequence[Any]) -> list[Any]:
    columns = [run.job for run in due], [run.zone for run in due], [run.due_at for run in due]
    return list(await connection.fetch(query(name), *columns, *more)) if due else []
