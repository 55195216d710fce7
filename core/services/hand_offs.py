"""Conversations given to people outside a turn."""

from datetime import datetime
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.conversation import Author, HandOffReason, Purpose
from core.domain.ids import uuid7
from core.domain.ports import ConversationRef
from core.domain.waiting import minutes_to_fallback
from core.services.audit import audit
from core.services.tenants import load_profile
from core.services.written_words import Words, write_words
from db.models import HandOff, Notification
from db.tenancy import TenantScope


async def open_hand_off(
    scope: TenantScope,
    ref: ConversationRef,
    reason: HandOffReason,
    *,
    lead_id: UUID,
    announced_at: datetime | None,
    detail: str = "",
    turn_id: UUID | None = None,
) -> UUID:
    """A hand-off of the conversation begins. Runs in the caller's transaction.

    ``announced_at``: the team is told of it then, with a summary; ``None``: whoever took it knows already.
    """
    made = await HandOff.create(
        id=uuid7(),
        tenant_id=ref.tenant_id,
        conversation_id=ref.conversation_id,
        lead_id=lead_id,
        turn_id=turn_id,
        reason=reason,
        detail=detail,
        summary_due_at=announced_at,
    )
    scope.changed(ChangeKind.HAND_OFF, made.id, conversation_id=ref.conversation_id, lead_id=lead_id)
    if announced_at is not None:
        await Notification.create(
            tenant_id=ref.tenant_id, kind="hand_off_card", subject_id=made.id, due_at=announced_at
        )
    return made.id


async def hand_over(
    scope: TenantScope,
    ref: ConversationRef,
    reason: HandOffReason,
    *,
    note: str,
    at: datetime,
    minutes: int | None = 30,
) -> UUID | None:
    """Give the conversation to the team with a note that stays inside; ``None`` when a person has it already.

    After ``minutes`` the tenant's choice happens (see ``core.services.waiting``); ``None``: the conversation waits for as long as it takes. Runs in the caller's
    transaction.
    """
    row = await scope.row("to_human", ref.tenant_id, ref.conversation_id, minutes)
    if row is None:
        return None
    hand_off_id = await open_hand_off(scope, ref, reason, lead_id=row["lead_id"], announced_at=at, detail=note)
    await write_words(scope, ref, row, Words([note], Author.SYSTEM, Purpose.NOTE))
    scope.changed(ChangeKind.CONVERSATION, ref.conversation_id)
    return hand_off_id


async def end_hand_off(scope: TenantScope, ref: ConversationRef, how: str) -> None:
    """The open hand-off of a conversation is over. Runs in the caller's transaction."""
    for ended in await scope.rows("close_hand_off", ref.tenant_id, ref.conversation_id, how):
        scope.changed(ChangeKind.HAND_OFF, ended["id"], conversation_id=ref.conversation_id)


async def let_go(scope: TenantScope, ref: ConversationRef, how: str) -> None:
    """Whoever had the conversation has it no more, and writes to it no more. Runs in the caller's transaction."""
    scope.changed(ChangeKind.CONVERSATION, ref.conversation_id)
    await end_hand_off(scope, ref, how)
    await scope.rows("drop_active", ref.tenant_id, ref.conversation_id)


async def release_to_team(
    scope: TenantScope, ref: ConversationRef, reason: HandOffReason, *, how: str, who: Actor | str, at: datetime
) -> bool:
    """A conversation that a person has waits for anybody, announced anew. Runs in the caller's transaction.

    ``how`` the last hand-off ended, ``who`` ended it. False: no person has it.
    """
    tenant, _ = await load_profile(scope, ref.tenant_id)
    row = await scope.row("release_to_team", ref.tenant_id, ref.conversation_id, minutes_to_fallback(tenant, at))
    if row is None:
        return False
    await let_go(scope, ref, how)
    await open_hand_off(scope, ref, reason, lead_id=row["lead_id"], announced_at=at)
    await audit(ref.tenant_id, who, f"conversation.{how}", ref.conversation_id)
    return True
