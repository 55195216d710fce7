"""What operators see of the businesses of their installation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.errors import NotFound
from db.tenancy import platform_scope


@dataclass(frozen=True, slots=True)
class OperatedTenant:
    """A business with what this month has of its plan."""

    id: UUID
    slug: str
    name: str
    status: str
    plan: str
    leads: int
    limit: int
    deletion_due_at: datetime | None = None

    @property
    def suspended(self) -> bool:
        """Whether its AI is silent."""
        return self.status != "active"


async def operated_tenants() -> Sequence[OperatedTenant]:
    """All of them, by short name."""
    async with platform_scope() as scope:
        return [OperatedTenant(**row) for row in await scope.rows("operated_tenants", None, None)]


async def operated_tenant(*, slug: str | None = None, tenant_id: UUID | None = None) -> OperatedTenant:
    """One of them, by either. Raises ``NotFound``."""
    async with platform_scope() as scope:
        rows = await scope.rows("operated_tenants", slug, tenant_id)
    if len(rows) != 1:
        message = f"there is no tenant {slug or tenant_id}"
        raise NotFound(message)
    return OperatedTenant(**rows[0])
