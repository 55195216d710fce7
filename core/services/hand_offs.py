"""Conversations given to people outside a turn, and given back when nobody takes them."""

from datetime import datetime
from uuid import UUID

import structlog
from tortoise.exceptions import IntegrityError, OperationalError

from core.domain.changes import ChangeKind
from core.domain.conversation import Author, Direction, HandOffReason, MessageStatus, Purpose
from core.domain.errors import RevezaError
from core.domain.ids import uuid7
from core.domain.ports import ConversationRef, Jobs, TurnDue
from core.services import wording
from core.services.fitting import Fitting
from core.services.set_words import queue_words
from core.services.tenants import load_profile
from db.models import HandOff, Message, Notification
from db.tenancy import TenantScope, platform_scope, tenant_scope

log = structlog.get_logger(__name__)


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
    row = await scope.row("to_human", ref.tenant_id, ref.conversation_id, minutes, 1)
    if row is None:
        return None
    hand_off = await HandOff.create(
        tenant_id=ref.tenant_id, conversation_id=ref.conversation_id, lead_id=row["lead_id"], reason=reason, detail=note,
        summary_due_at=at,
    )  # fmt: skip
    note_id = uuid7()
    await Message.create(
        id=note_id,
        tenant_id=ref.tenant_id,
        conversation_id=ref.conversation_id,
        lead_id=row["lead_id"],
        channel_account_id=row["channel_account_id"],
        seq=row["message_seq"],
        direction=Direction.OUT,
        author=Author.SYSTEM,
        purpose=Purpose.NOTE,
        status=MessageStatus.INTERNAL,
        text=note,
    )
    await Notification.create(tenant_id=ref.tenant_id, kind="hand_off_card", subject_id=hand_off.id, due_at=at)
    scope.changed(ChangeKind.CONVERSATION, ref.conversation_id)
    scope.changed(ChangeKind.HAND_OFF, hand_off.id, conversation_id=ref.conversation_id)
    scope.changed(ChangeKind.MESSAGE_OUT, note_id, conversation_id=ref.conversation_id)
    return hand_off.id


async def end_hand_off(scope: TenantScope, ref: ConversationRef, how: str) -> None:
    """The open hand-off of a conversation is over. Runs in the caller's transaction."""
    for ended in await scope.rows("close_hand_off", ref.tenant_id, ref.conversation_id, how):
        scope.changed(ChangeKind.HAND_OFF, ended["id"], conversation_id=ref.conversation_id)


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
        try:
            return await self._give_back(ref)
        except (RevezaError, OperationalError, IntegrityError) as error:
            # One tenant's trouble leaves the others' leads no longer waiting.
            log.warning("waiting.not_released", tenant_id=str(ref.tenant_id), error=type(error).__name__)
            return False

    async def _give_back(self, ref: ConversationRef) -> bool:
        async with tenant_scope(ref.tenant_id) as scope:
            row = await scope.row("back_to_ai", ref.tenant_id, ref.conversation_id)
            if row is None:
                return False
            tenant, at = await load_profile(scope, ref.tenant_id)
            scope.changed(ChangeKind.CONVERSATION, ref.conversation_id)
            await end_hand_off(scope, ref, "nobody_took_it")
            apology = self._fitting.pieces(row["channel"], wording.message(tenant, "apology"))
            await queue_words(scope, ref, row, apology, purpose=Purpose.APOLOGY, at=at)
        await self._jobs.sends_due(ref)
        if row["due"]:
            due = TurnDue(ref.tenant_id, row["lead_id"], ref.conversation_id, None, "", 0.0)
            await self._jobs.turns_due([due])
        return True
