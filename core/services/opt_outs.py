"""Who is not to be written to unasked: said by himself, or written down by a member."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import NotFound
from core.domain.opt_out import WishKind
from core.domain.ports import ConversationRef
from core.services.audit import SYSTEM, audit
from db.tenancy import TenantScope, tenant_scope


@dataclass(frozen=True, slots=True)
class WishStanding:
    """Since when the lead is to be left alone, and up to which message he was heard beside the AI's turns."""

    left_since: datetime | None
    heard_seq: int


async def wish_standing(ref: ConversationRef) -> WishStanding:
    """How things stand with the lead of a conversation."""
    async with tenant_scope(ref.tenant_id) as scope:
        row = await scope.row("wish_standing", ref.tenant_id, ref.conversation_id)
    return WishStanding(**row) if row else WishStanding(None, 0)


async def put_wish(scope: TenantScope, tenant_id: UUID, lead_id: UUID, kind: WishKind, who: Actor | None) -> bool:
    """It is as he wishes from now on, in the caller's transaction; False when it was so. ``who`` wrote it down, if not he."""
    statement = "opt_out" if kind is WishKind.LEAVE else "opt_in"
    if await scope.row(statement, tenant_id, lead_id) is None:
        return False
    scope.changed(ChangeKind.LEAD, lead_id, lead_id=lead_id)
    action = "lead.opted_out" if kind is WishKind.LEAVE else "lead.opted_in"
    await audit(tenant_id, who or SYSTEM, action, lead_id, said="by_hand" if who else "by_lead")
    return True


async def write_down_wish(actor: Actor, lead_id: UUID, kind: WishKind) -> bool:
    """A lead said it by another way, or was misunderstood; False when it was so. Raises ``NotFound``."""
    async with tenant_scope(actor.tenant_id) as scope:
        if await scope.row("lock_lead", actor.tenant_id, lead_id, actor.sees_only) is None:
            message = "no such lead"
            raise NotFound(message)
        return await put_wish(scope, actor.tenant_id, lead_id, kind, actor)
