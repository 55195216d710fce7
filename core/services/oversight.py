"""What those who answer for a business look at: what it used, what was caught, who did what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import NotFound
from core.domain.plans import lead_limit
from core.services.access import require_admin, require_leading
from core.services.audit import audit
from core.services.tenants import load_profile
from db.json import loads
from db.tenancy import tenant_scope

MONTHS: Final = 12
_MICROS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class MonthUsed:
    """What one calendar month took."""

    month: date
    leads: int
    ai_cost_usd: float
    ai_tokens: int


@dataclass(frozen=True, slots=True)
class Usage:
    """This month, and the months so far, the latest first. ``limit``: the plan's leads a month."""

    now: MonthUsed
    limit: int | None
    budget_usd: float
    months: Sequence[MonthUsed]


@dataclass(frozen=True, slots=True)
class Incident:
    """Something the guard or the validator caught; ``layer`` says which of them."""

    id: UUID
    at: datetime
    layer: str
    verdict: str
    reasons: Sequence[str]
    conversation_id: UUID | None
    false_positive: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what. ``actor_name`` is a member's; ``None`` for the product itself and its operators."""

    id: UUID
    at: datetime
    actor: str
    actor_name: str | None
    action: str
    subject: str
    details: Mapping[str, Any]


async def usage(actor: Actor) -> Usage:
    """What the business used. Raises ``Forbidden`` for attendants."""
    require_leading(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        tenant, at = await load_profile(scope, actor.tenant_id)
        plan = await scope.row("plan_of_tenant", actor.tenant_id)
        months = [_month(row) for row in await scope.rows("usage_of_months", actor.tenant_id, MONTHS)]
    this = tenant.local(at).date().replace(day=1)
    now = next((one for one in months if one.month == this), MonthUsed(this, 0, 0.0, 0))
    return Usage(now, lead_limit(plan["plan"]) if plan else None, tenant.settings.monthly_budget_usd, months)


async def incidents(actor: Actor, *, before: UUID | None, limit: int) -> Sequence[Incident]:
    """The latest first; one more than asked for, if there is one. Raises ``Forbidden`` for who is no admin."""
    require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        rows = await scope.rows("incidents_page", actor.tenant_id, before, limit + 1)
    return [_incident(row) for row in rows]


async def judge_incident(actor: Actor, incident_id: UUID, *, false_positive: bool) -> None:
    """It was no incident, or it was one. Raises ``Forbidden`` for who is no admin, ``NotFound``."""
    require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        if await scope.row("judge_incident", actor.tenant_id, incident_id, false_positive) is None:
            message = "there is no such incident"
            raise NotFound(message)
        scope.changed(ChangeKind.SETTINGS, actor.tenant_id)
        await audit(actor.tenant_id, actor, "incident.judged", incident_id, false_positive=int(false_positive))


async def deeds(actor: Actor, *, before: UUID | None, limit: int) -> Sequence[Deed]:
    """The latest first; one more than asked for, if there is one. Raises ``Forbidden`` for who is no admin."""
    require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        rows = await scope.rows("audit_page", actor.tenant_id, before, limit + 1)
    return [Deed(**{**row, "details": loads(row["details"]) or {}}) for row in rows]


def _month(row: Mapping[str, Any]) -> MonthUsed:
    return MonthUsed(row["month"], row["leads"], row["ai_cost_micros"] / _MICROS, row["ai_tokens"])


def _incident(row: Mapping[str, Any]) -> Incident:
    return Incident(**{**row, "reasons": tuple(map(str, loads(row["reasons"]) or ()))})
