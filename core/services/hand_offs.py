"""Conversations given to people outside a turn, and given back when nobody takes them."""

from datetime import datetime
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.conversation import Author, HandOffReason, Purpose
from core.domain.ids import uuid7
from core.domain.ports import ConversationRef, Jobs
from core.services import wording
from core.services.audit import audit
from core.services.fitting import Fitting
from core.services.one_by_one import unharmed
from core.services.tenants import load_profile
from core.services.written_words import Words, write_words
from db.models import HandOff, Notification
from db.tenancy import TenantScope, platform_scope, tenant_scope


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

    After ``minutes`` the AI goes on; ``None``: the conversation waits for as long as it takes. Runs in the caller's
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
    minutes = tenant.settings.hand_off.waiting_minutes
    row = await scope.row("release_to_team", ref.tenant_id, ref.conversation_id, minutes)
    if row is None:
        return False
    await let_go(scope, ref, how)
    await open_hand_off(scope, ref, reason, lead_id=row["lead_id"], announced_at=at)
    await audit(ref.tenant_id, who, f"conversation.{how}", ref.conversation_id)
    return True


class WaitingRoom:
    """What happens to conversations that wait for a person too long."""

    def __init__(self, jobs: Jobs, fitting: Fitting) -> None:
        self._jobs = jobs
        self._fitting = fitting

    async def release_overdue(self, limit: int = 200) -> int:
        """Give every conversation nobody took in time back to the AI, with an apology; returns how many."""
        async with platform_scope() as scope:
            rows = await scope.rows("waiting_over", limit)
        return sum([await self._release(ConversationRef(row["tenant_id"], row["id"])) for row in rows])

    async def _release(self, ref: ConversationRef) -> bool:
        given = await unharmed(self._give_back(ref), tenant_id=ref.tenant_id, event="waiting.not_released")
        return bool(given)

    async def _give_back(self, ref: ConversationRef) -> bool:
        async with tenant_scope(ref.tenant_id) as scope:
            tenant, at = await load_profile(scope, ref.tenant_id)
            if not tenant.ai_answers:
                # Nobody would answer there: he goes on waiting for the team, until somebody comes or the AI is back.
                await self._wait_on(scope, ref)
                return False
            row = await scope.row("back_to_ai", ref.tenant_id, ref.conversation_id)
            if row is None:
                return False
            scope.changed(ChangeKind.CONVERSATION, ref.conversation_id)
            await end_hand_off(scope, ref, "nobody_took_it")
            apology = self._fitting.pieces(row["channel"], wording.message(tenant, "apology"))
            await write_words(scope, ref, row, Words(apology, Author.AI, Purpose.APOLOGY, leave_at=at))
        await self._jobs.sends_due(ref)
        if row["due"]:
            await self._jobs.turns_due([ref.turn_due(row["lead_id"])])
        return True

    async def _wait_on(self, scope: TenantScope, ref: ConversationRef) -> None:
        if await scope.row("wait_for_team", ref.tenant_id, ref.conversation_id) is not None:
            scope.changed(ChangeKind.CONVERSATION, ref.conversation_id)
