"""Looks after months: that those which are over keep their plan, and that admins know when one is nearly used up, or is.

So with what the tenant lets the AI cost in a month.
"""

from typing import Final
from uuid import UUID

from core.domain.plans import NEAR_PERCENT
from core.domain.tenant import TenantSettings
from core.services.one_by_one import unharmed
from db.tenancy import platform_scope, tenant_scope

_MOST: Final = 200
_BUDGET: Final = TenantSettings().monthly_budget_usd
"""Of a tenant that has not set its own."""


class PlanWatch:
    """The sweep over every tenant's months. Webhooks and turns only count: whoever looks here finds what they counted."""

    async def look(self) -> int:
        """Close what is over and tell what is to be told; returns how often somebody was told."""
        async with platform_scope() as scope:
            await scope.row("close_usage_months", _MOST)
            plans = await scope.rows("months_to_tell", _MOST, NEAR_PERCENT)
            budgets = await scope.rows("budgets_to_tell", _MOST, NEAR_PERCENT, _BUDGET)
        told = [
            await unharmed(_tell_plan(row["tenant_id"]), tenant_id=row["tenant_id"], event="plan.not_told")
            for row in plans
        ] + [
            await unharmed(_tell_budget(row["tenant_id"]), tenant_id=row["tenant_id"], event="budget.not_told")
            for row in budgets
        ]
        return sum(bool(one) for one in told)


async def _tell_plan(tenant_id: UUID) -> bool:
    async with tenant_scope(tenant_id) as scope:
        return await scope.row("tell_month", tenant_id, NEAR_PERCENT) is not None


async def _tell_budget(tenant_id: UUID) -> bool:
    async with tenant_scope(tenant_id) as scope:
        return await scope.row("tell_budget", tenant_id, NEAR_PERCENT, _BUDGET) is not None
