"""The month begins: every tenant has a new period in which its leads are counted, and keeps the past ones."""

from datetime import datetime
from uuid import UUID

from core.services.tenant_job import Batch, EveryTenant
from db.tenancy import tenant_scope


class UsagePeriods(EveryTenant):
    """The body of ``reset-monthly-leads``.

    Who counts a lead makes the period too, if it is not there: the count is right whenever this runs. What this adds is
    that a month in which nobody wrote has its period all the same.
    """

    async def batch(self, tenant_id: UUID, due_at: datetime, *, dry: bool) -> Batch:
        """See ``TenantJob``."""
        async with tenant_scope(tenant_id) as scope:
            row = await scope.row("no_usage_month" if dry else "begin_usage_month", tenant_id, due_at)
        return Batch({"periods": int(row is not None)})
