"""What failed for good: listed, tried again, or dropped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.errors import Conflict, NotFound
from core.domain.ports import ConversationRef, Jobs, TurnDue
from core.services.hand_offs import end_hand_off
from db.models import AuditEntry, DeadLetter
from db.tenancy import TenantScope, tenant_scope


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter, as it is shown."""

    id: UUID
    kind: str
    subject_id: UUID
    error: str
    attempts: int
    status: str
    created_at: datetime


class DeadLetters:
    """The use cases of dead letters. ``actor`` is who does it, for the audit log."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    async def open_letters(self, tenant_id: UUID, limit: int = 100) -> Sequence[Letter]:
        """What is still to be dealt with, oldest first."""
        async with tenant_scope(tenant_id):
            letters = await DeadLetter.filter(tenant_id=tenant_id, status="open").order_by("created_at").limit(limit)
        return [
            Letter(
                letter.id,
                letter.kind,
                letter.subject_id,
                letter.error,
                letter.attempts,
                letter.status,
                letter.created_at,
            )
            for letter in letters
        ]

    async def retry(self, tenant_id: UUID, letter_id: UUID, *, actor: str) -> None:
        """Try it again. Raises ``NotFound``, and ``Conflict`` when there is nothing left to try."""
        async with tenant_scope(tenant_id) as scope:
            letter = await _open_letter(tenant_id, letter_id)
            ref = await _requeue(scope, tenant_id, letter)
            await _resolve(scope, tenant_id, letter, "retried", actor)
        if letter.kind == "turn":
            due = TurnDue(tenant_id, None, ref.conversation_id, None, "", 0.0)
            await self._jobs.turns_due([due])
        else:
            await self._jobs.sends_due(ref)

    async def drop(self, tenant_id: UUID, letter_id: UUID, *, actor: str) -> None:
        """Deal with it by doing nothing. Raises ``NotFound``."""
        async with tenant_scope(tenant_id) as scope:
            letter = await _open_letter(tenant_id, letter_id)
            await _resolve(scope, tenant_id, letter, "dropped", actor)


async def _open_letter(tenant_id: UUID, letter_id: UUID) -> DeadLetter:
    letter = await DeadLetter.filter(tenant_id=tenant_id, id=letter_id, status="open").select_for_update().first()
    if letter is None:
        message = f"there is no open dead letter {letter_id}"
        raise NotFound(message)
    return letter


async def _requeue(scope: TenantScope, tenant_id: UUID, letter: DeadLetter) -> ConversationRef:
    if letter.kind == "turn":
        span = letter.payload.get("from_seq", 0), letter.payload.get("to_seq", 0)
        row = await scope.row("requeue_turn", tenant_id, letter.subject_id, *span)
    else:
        row = await scope.row("requeue_message", tenant_id, letter.subject_id)
    if row is None:
        message = "there is nothing to try again: a person has the conversation, or the message went out after all"
        raise Conflict(message)
    if letter.kind == "turn":
        ref = ConversationRef(tenant_id, letter.subject_id)
        scope.changed(ChangeKind.CONVERSATION, ref.conversation_id)
        await end_hand_off(scope, ref, "retried")
        return ref
    scope.changed(ChangeKind.MESSAGE_STATUS, letter.subject_id, conversation_id=row["conversation_id"])
    return ConversationRef(tenant_id, row["conversation_id"])


async def _resolve(scope: TenantScope, tenant_id: UUID, letter: DeadLetter, status: str, actor: str) -> None:
    await DeadLetter.filter(tenant_id=tenant_id, id=letter.id).update(status=status, resolved_at=datetime.now(UTC))
    await AuditEntry.create(tenant_id=tenant_id, actor=actor, action=f"dead_letter.{status}", subject=str(letter.id))
    scope.changed(ChangeKind.DEAD_LETTER, letter.id)
