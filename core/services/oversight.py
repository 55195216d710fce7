"""What those who answer for a business look at: what was caught, who did what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import NotFound
from core.services.access import require_admin
from core.services.audit import audit
from db.json import loads
from db.tenancy import tenant_scope


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


def _incident(row: Mapping[str, Any]) -> Incident:
    return Incident(**{**row, "reasons": tuple(map(str, loads(row["reasons"]) or ()))})
