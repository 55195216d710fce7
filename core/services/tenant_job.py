"""What a scheduled job is: work on one tenant after the other, a batch at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from db.tenancy import platform_scope


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did, by what it counts, and whether the tenant has more."""

    counts: Mapping[str, int] = field(default_factory=dict)
    more: bool = False


class TenantJob(Protocol):
    """The body of a scheduled job.

    It may be called again for what it has done, by another process and with no word of the first: it changes nothing
    twice, by its own rows. ``due_at`` is the moment that the run is of; what is late or repeated reckons from there.
    """

    async def candidates(self, zone: str, due_at: datetime, after: UUID | None, limit: int) -> Sequence[UUID]:
        """Tenants of the zone that may have something to do, in the order of their ids, after that one. Must be cheap."""

    async def batch(self, tenant_id: UUID, due_at: datetime, *, dry: bool) -> Batch:
        """One short transaction over a limited number of rows, holding no lock for which a webhook would wait long.

        ``dry``: count everything that there is to do, write nothing, and leave no ``more``.
        """


class EveryTenant:
    """A job that looks at every tenant of the zone."""

    async def candidates(self, zone: str, due_at: datetime, after: UUID | None, limit: int) -> Sequence[UUID]:
        """See ``TenantJob``; a tenant that was made later has nothing to do with that moment."""
        async with platform_scope() as scope:
            rows = await scope.rows("tenants_of_zone", zone, due_at, after, limit)
        return [row["id"] for row in rows]
