"""Holds: a lead, or a whole business, of which nothing expires and nobody is erased, for a reason that somebody gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import BadRequest, Conflict, NotFound
from core.domain.ids import uuid7
from core.domain.team import called
from core.services.access import require_admin
from core.services.audit import OPERATOR, audit, by
from db.tenancy import Scope, tenant_scope

LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Hold:
    """One that stands. ``lead_id`` is ``None`` where all of the business is kept; ``until`` where nobody set an end."""

    id: UUID
    lead_id: UUID | None
    reason: str
    until: datetime | None
    placed_by: str
    placed_at: datetime
    lead: str | None = None
    """How the team calls him."""
    placed_by_name: str | None = None
    """Of the member who placed it, if one did."""


class LeadHeld(Conflict):
    """Somebody wants the lead kept: he is not erased before the hold is lifted."""

    code: ClassVar[str] = "held"

    def __init__(self, hold: Hold) -> None:
        whose = "the lead" if hold.lead_id else "the whole business"
        end = f" until {hold.until:%Y-%m-%d}" if hold.until else ""
        super().__init__(
            f"{whose} is on hold since {hold.placed_at:%Y-%m-%d}{end}: lift the hold {hold.id} first"
            " (`reveza hold lift TENANT HOLD`, or an admin in the panel)"
        )
        self.hold = hold


async def place_hold(
    tenant_id: UUID, who: Actor | str = OPERATOR, *, lead_id: UUID | None, reason: str, until: datetime | None = None
) -> UUID:
    """Keep the lead, or with none all of the business. Raises ``Forbidden``, ``BadRequest``, ``NotFound``."""
    _may(who)
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        message = f"a hold needs a reason of 1 to {LONGEST_REASON} characters"
        raise BadRequest(message)
    if until is not None and until <= datetime.now(UTC):
        message = "a hold cannot end in the past; leave its end out to keep it until it is lifted"
        raise BadRequest(message)
    async with tenant_scope(tenant_id) as scope:
        await scope.row("hold_turn", tenant_id)
        row = await scope.row("put_hold", tenant_id, uuid7(), lead_id, reason, until, _named(who))
        if row is None:
            message = "no such lead"
            raise NotFound(message)
        scope.changed(ChangeKind.SETTINGS, tenant_id)
        await audit(tenant_id, who, "hold.placed", lead_id or "", hold=str(row["id"]))
    return UUID(str(row["id"]))


async def lift_hold(tenant_id: UUID, who: Actor | str = OPERATOR, *, hold_id: UUID) -> None:
    """It is over. Raises ``Forbidden``, ``NotFound``."""
    _may(who)
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("lift_hold", tenant_id, hold_id, _named(who))
        if row is None:
            message = "no such hold, or it was lifted already"
            raise NotFound(message)
        scope.changed(ChangeKind.SETTINGS, tenant_id)
        await audit(tenant_id, who, "hold.lifted", row["lead_id"] or "", hold=str(hold_id))


async def holds(tenant_id: UUID, who: Actor | str = OPERATOR, *, on_lead: UUID | None = None) -> Sequence[Hold]:
    """Those that stand, the oldest first; with a lead, his and the whole business's. Raises ``Forbidden``."""
    _may(who)
    async with tenant_scope(tenant_id) as scope:
        return [_hold(row) for row in await scope.rows("holds_of_tenant", tenant_id, on_lead)]


def _hold(row: Mapping[str, Any]) -> Hold:
    known = dict(row)
    name, phone = known.pop("name"), known.pop("phone")
    return Hold(**known, lead=called(name, phone, str(known["lead_id"])) if known["lead_id"] else None)


async def refuse_held(scope: Scope, tenant_id: UUID, lead_id: UUID | None = None) -> None:
    """Nothing where the lead, or all of the business, may go. Raises ``LeadHeld``, which names the oldest hold.

    Of a caller who has begun with ``holds_rest``, or holds the tenant's row, none comes too late: it waits until his transaction ends.
    """
    for row in await scope.rows("holds_of_tenant", tenant_id, lead_id):
        raise LeadHeld(_hold(row))


def _may(who: Actor | str) -> None:
    if isinstance(who, Actor):
        require_admin(who)


def _named(who: Actor | str) -> str:
    return who if isinstance(who, str) else by(who)
