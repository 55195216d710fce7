"""What leads ask of their data: written down with its term, told to admins, and answered by an export, an erasure or a word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.data_request import RequestKind, RequestOrigin, RequestState, due_by
from core.domain.errors import NotFound
from core.domain.notification import NotificationKind
from core.domain.team import called
from core.services.access import require_admin, require_leading
from core.services.audit import SYSTEM, audit
from core.services.tenants import load_profile
from db.models import Notification
from db.tenancy import TenantScope, tenant_scope

_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class ListedRequest:
    """A request as it is shown. ``lead``: how the team calls who asked; ``None`` once he is erased."""

    id: UUID
    lead_id: UUID
    lead: str | None
    kind: RequestKind
    origin: RequestOrigin
    asked_at: datetime
    due_at: datetime
    state: RequestState
    reason: str | None
    closed_at: datetime | None
    closed_by: str | None
    conversation_id: UUID | None
    """The latest of who asked."""


@dataclass(frozen=True, slots=True)
class ToldRequest:
    """What admins are told of one that is open; ``due_at`` on the business's clock."""

    lead: str
    kind: RequestKind
    due_at: datetime


async def put_request(
    scope: TenantScope, tenant_id: UUID, lead_id: UUID, kind: RequestKind, *, at: datetime, who: Actor | None
) -> UUID | None:
    """Write down what the lead asks, and have admins told, in the caller's transaction; ``None`` while the same is open.

    ``who`` writes it down, if not he himself.
    """
    origin = RequestOrigin.MEMBER if who else RequestOrigin.LEAD
    row = await scope.row("put_data_request", tenant_id, lead_id, kind.value, origin.value, at, due_by(at))
    if row is None:
        return None
    request_id: UUID = row["id"]
    scope.changed(ChangeKind.DATA_REQUEST, request_id, lead_id=lead_id)
    await audit(tenant_id, who or SYSTEM, "request.opened", lead_id, request=str(request_id), kind=kind.value)
    await Notification.create(tenant_id=tenant_id, kind=NotificationKind.DATA_REQUEST, subject_id=request_id, due_at=at)
    return request_id


async def open_request_of(tenant_id: UUID, lead_id: UUID, kind: RequestKind) -> datetime | None:
    """By when what he asked of this kind is to be answered; ``None`` when nothing is open."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("open_data_request", tenant_id, lead_id, kind.value)
    return row["due_at"] if row else None


async def write_down_request(actor: Actor, lead_id: UUID, kind: RequestKind) -> UUID:
    """A lead asked by another way than his own written words; what is open already stays. Raises ``NotFound``.

    Whoever hears it may write it down: nobody's right waits for his superior.
    """
    async with tenant_scope(actor.tenant_id) as scope:
        if await scope.row("lock_lead", actor.tenant_id, lead_id, actor.sees_only) is None:
            message = "no such lead"
            raise NotFound(message)
        _, at = await load_profile(scope, actor.tenant_id)
        made = await put_request(scope, actor.tenant_id, lead_id, kind, at=at, who=actor)
        if made is not None:
            return made
        row = await scope.row("open_data_request", actor.tenant_id, lead_id, kind.value)
    assert row is not None, "the same is open"  # noqa: S101 - else it would have been made
    found: UUID = row["id"]
    return found


async def list_requests(actor: Actor, lead_id: UUID | None = None) -> Sequence[ListedRequest]:
    """What is open first, what is due first before the rest. Raises ``Forbidden``."""
    require_leading(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        rows = await scope.rows("data_requests_page", actor.tenant_id, lead_id, _MOST)
    return [_listed(row) for row in rows]


async def close_request(actor: Actor, request_id: UUID, *, refused_because: str | None = None) -> None:
    """It was answered by other means, or is refused for a reason. Raises ``NotFound``, ``Forbidden``."""
    require_admin(actor)
    state = RequestState.DONE if refused_because is None else RequestState.REFUSED
    async with tenant_scope(actor.tenant_id) as scope:
        row = await scope.row(
            "close_data_request", actor.tenant_id, request_id, state.value, actor.member_id, refused_because
        )
        if row is None:
            message = "no such request is open"
            raise NotFound(message)
        scope.changed(ChangeKind.DATA_REQUEST, request_id, lead_id=row["lead_id"])
        await audit(
            actor.tenant_id, actor, f"request.{state.value}", row["lead_id"], request=str(request_id), kind=row["kind"]
        )


async def answer_requests(
    scope: TenantScope, tenant_id: UUID, lead_id: UUID, kind: RequestKind, by: Actor | str
) -> None:
    """What was asked is done by what the caller does in this transaction."""
    member = by.member_id if isinstance(by, Actor) else None
    for row in await scope.rows("answer_data_requests", tenant_id, lead_id, kind.value, member):
        scope.changed(ChangeKind.DATA_REQUEST, row["id"], lead_id=lead_id)


async def told_request(tenant_id: UUID, request_id: UUID) -> ToldRequest | None:
    """One that is open, as admins are told of it; ``None`` when it is not."""
    async with tenant_scope(tenant_id) as scope:
        profile, _ = await load_profile(scope, tenant_id)
        row = await scope.row("data_request", tenant_id, request_id)
    if row is None:
        return None
    lead = called(row["name"], row["phone"], str(row["lead_id"]))
    return ToldRequest(lead, RequestKind(row["kind"]), profile.local(row["due_at"]))


def _listed(row: Mapping[str, Any]) -> ListedRequest:
    lead = called(row["name"], row["phone"], str(row["lead_id"])) if row["lead_is_there"] else None
    return ListedRequest(
        row["id"], row["lead_id"], lead, RequestKind(row["kind"]), RequestOrigin(row["origin"]), row["asked_at"], row["due_at"],
        RequestState(row["state"]), row["reason"], row["closed_at"], row["closed_by"],
        row["conversation_id"],
    )  # fmt: skip
