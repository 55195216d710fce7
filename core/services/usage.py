"""What a business used of its plan, month by month, and which leads were counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.plans import Money, Plan, Terms, projected
from core.services.access import require_leading
from core.services.plans import terms_of
from core.services.tenants import load_profile
from db.tenancy import TenantScope, tenant_scope

MONTHS: Final = 12
_MICROS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class MonthUsed:
    """What one calendar month took, and under what it is counted."""

    month: date
    leads: int
    ai_cost_usd: float
    ai_tokens: int
    terms: Terms

    @property
    def excess(self) -> int:
        """Leads beyond the plan."""
        return self.terms.excess(self.leads)

    @property
    def excess_price(self) -> Money:
        """What they cost."""
        return self.terms.excess_price(self.leads)


@dataclass(frozen=True, slots=True)
class Usage:
    """This month, and the months so far, the latest first; ``projected``: leads at this month's end, if it goes on so."""

    now: MonthUsed
    plan: Plan
    projected: int
    budget_usd: float
    beyond_plan: str
    team: int
    months: Sequence[MonthUsed]
    locale: str
    timezone: str


@dataclass(frozen=True, slots=True)
class CountedLead:
    """A lead in a month's count, with the message that counted him; without a ``conversation_id`` it was erased since."""

    place: int
    lead_id: UUID
    name: str | None
    channel: str | None
    counted_at: datetime
    """In the tenant's time."""
    message_id: UUID
    conversation_id: UUID | None


async def usage(actor: Actor) -> Usage:
    """What the business used. Raises ``Forbidden`` for attendants."""
    require_leading(actor)
    return await usage_of(actor.tenant_id)


async def usage_of(tenant_id: UUID) -> Usage:
    """The same, for the installation's operator."""
    async with tenant_scope(tenant_id) as scope:
        tenant, at = await load_profile(scope, tenant_id)
        plan = await _plan(scope, tenant_id)
        room = await scope.row("room_in_plan", tenant_id) or {}
        months = [_month(row) for row in await scope.rows("usage_of_months", tenant_id, MONTHS)]
    local = tenant.local(at)
    this = local.date().replace(day=1)
    now = next((one for one in months if one.month == this), MonthUsed(this, 0, 0.0, 0, plan.terms))
    settings = tenant.settings
    return Usage(
        now=now,
        plan=plan,
        projected=projected(now.leads, local),
        budget_usd=settings.monthly_budget_usd,
        beyond_plan=settings.beyond_plan,
        team=room.get("team", 0),
        months=months,
        locale=tenant.locale,
        timezone=tenant.timezone,
    )


async def counted_leads(actor: Actor, month: date | None, *, after: int, limit: int) -> Sequence[CountedLead]:
    """Who was counted in a month (``None``: this one), after so many of them; one more than asked for, if there is one.

    Raises ``Forbidden`` for attendants.
    """
    require_leading(actor)
    return await counted_leads_of(actor.tenant_id, month, after=after, limit=limit + 1)


async def counted_leads_of(tenant_id: UUID, month: date | None, *, after: int, limit: int) -> Sequence[CountedLead]:
    """The same, for the installation's operator, and no more than asked for."""
    async with tenant_scope(tenant_id) as scope:
        tenant, at = await load_profile(scope, tenant_id)
        wanted = (month or tenant.local(at).date()).replace(day=1)
        rows = await scope.rows("counted_leads", tenant_id, wanted, after, limit)
    return [CountedLead(**{**row, "counted_at": tenant.local(row["counted_at"])}) for row in rows]


async def beyond_plan(tenant_id: UUID, lead_id: UUID) -> bool:
    """Whether a lead is one that this month counted when the plan was full already."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("place_in_month", tenant_id, lead_id)
    return row is not None and row["place"] > row["plan_leads"]


async def _plan(scope: TenantScope, tenant_id: UUID) -> Plan:
    row = await scope.row("plan_of_tenant", tenant_id)
    assert row is not None, "a key of the database's holds a tenant to a plan"  # noqa: S101 - see there
    return Plan(**row)


def _month(row: Mapping[str, Any]) -> MonthUsed:
    return MonthUsed(row["month"], row["leads"], row["ai_cost_micros"] / _MICROS, row["ai_tokens"], terms_of(row))
