"""What failed for good: listed, tried again, or dropped."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import Conflict, NotFound
from core.domain.ports import ConversationRef, Jobs
from core.services.audit import audit
from core.services.fetches import LETTER as FETCH
from core.services.hand_offs import end_hand_off
from core.services.one_by_one import unharmed
from core.services.tenants import load_profile
from db.models import DeadLetter
from db.tenancy import TenantScope, tenant_scope

AT_ONCE: Final = 50
"""Letters that one call deals with: whoever taps a button is answered at once, and goes on if there are more."""
_Nudge = Callable[[], Awaitable[None]]


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


@dataclass(frozen=True, slots=True)
class Dealt:
    """What came of a few: dealt with, and refused, for there was nothing left to try. ``following``: go on behind this one."""

    done: int
    refused: int
    following: UUID | None


async def open_letter(tenant_id: UUID, letter_id: UUID) -> Letter | None:
    """A dead letter that is still to be dealt with."""
    async with tenant_scope(tenant_id):
        letter = await DeadLetter.filter(tenant_id=tenant_id, id=letter_id, status="open").first()
    return _shown(letter) if letter else None


class DeadLetters:
    """The use cases of dead letters. ``actor`` is who does it, for the audit log."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    async def open_letters(
        self, tenant_id: UUID, limit: int = 100, *, kind: str | None = None, after: UUID | None = None
    ) -> Sequence[Letter]:
        """What is still to be dealt with, oldest first; of one kind, and behind another letter, where these are given."""
        async with tenant_scope(tenant_id) as scope:
            return [Letter(**row) for row in await scope.rows("letters_page", tenant_id, kind, after, limit)]

    async def kinds(self, tenant_id: UUID) -> Mapping[str, int]:
        """How much of each kind is still to be dealt with."""
        async with tenant_scope(tenant_id) as scope:
            return {row["kind"]: row["letters"] for row in await scope.rows("letters_by_kind", tenant_id)}

    async def retry_all(self, tenant_id: UUID, kind: str, *, actor: str, after: UUID | None = None) -> Dealt:
        """Try the next few of a kind again, each by itself."""
        return await self._each(tenant_id, kind, after, lambda letter: self.retry(tenant_id, letter, actor=actor))

    async def drop_all(self, tenant_id: UUID, kind: str, *, actor: str, after: UUID | None = None) -> Dealt:
        """Deal with the next few of a kind by doing nothing, each by itself."""
        return await self._each(tenant_id, kind, after, lambda letter: self.drop(tenant_id, letter, actor=actor))

    async def _each(
        self, tenant_id: UUID, kind: str, after: UUID | None, deal: Callable[[UUID], Awaitable[None]]
    ) -> Dealt:
        found = await self.open_letters(tenant_id, AT_ONCE + 1, kind=kind, after=after)
        dealt = [await _dealt(tenant_id, letter.id, deal) for letter in found[:AT_ONCE]]
        following = found[AT_ONCE - 1].id if len(found) > AT_ONCE else None
        return Dealt(sum(dealt), len(dealt) - sum(dealt), following)

    async def retry(self, tenant_id: UUID, letter_id: UUID, *, actor: str) -> None:
        """Try it again. Raises ``NotFound``, and ``Conflict`` when there is nothing left to try."""
        async with tenant_scope(tenant_id) as scope:
            letter = await DeadLetter.filter(tenant_id=tenant_id, id=letter_id, status="open").first()
            if letter is None:
                raise _not_open(letter_id)
            nudge = await self._due_again(scope, tenant_id, letter, actor)
        await nudge()

    async def _due_again(self, scope: TenantScope, tenant_id: UUID, letter: DeadLetter, who: str) -> _Nudge:
        """Make it due, and give what tells of it once that is committed."""
        if letter.kind == "turn":
            turn = await _try_turn_again(scope, tenant_id, letter, who)
            return lambda: self._jobs.turns_due([turn.turn_due()])
        if letter.kind == FETCH:
            await _try_fetch_again(scope, tenant_id, letter, who)
            return lambda: self._jobs.fetch_due(tenant_id, letter.subject_id)
        send = await try_message_again(scope, tenant_id, letter.subject_id, who=who)
        return lambda: self._jobs.sends_due(send)

    async def drop(self, tenant_id: UUID, letter_id: UUID, *, actor: str) -> None:
        """Deal with it by doing nothing. Raises ``NotFound``."""
        async with tenant_scope(tenant_id) as scope:
            if await scope.row("drop_letter", tenant_id, letter_id) is None:
                raise _not_open(letter_id)
            await _resolved(scope, tenant_id, letter_id, "dropped", actor)


async def _dealt(tenant_id: UUID, letter_id: UUID, deal: Callable[[UUID], Awaitable[None]]) -> bool:
    async def one() -> bool:
        await deal(letter_id)
        return True

    return bool(await unharmed(one(), tenant_id=tenant_id, event="dead_letter.not_dealt_with"))


async def try_message_again(
    scope: TenantScope, tenant_id: UUID, message_id: UUID, *, who: Actor | str
) -> ConversationRef:
    """A message that failed is queued once more, as it is. Runs in the caller's transaction.

    Locks the conversation, the message, and what was given up about it, in this order. Raises ``NotFound``, and
    ``Conflict`` when there is nothing to try again.
    """
    said = await scope.row("conversation_of_message", tenant_id, message_id)
    if said is None:
        message = "no such message"
        raise NotFound(message)
    ref = ConversationRef(tenant_id, said["conversation_id"])
    await scope.row("lock_conversation", tenant_id, ref.conversation_id)
    if await scope.row("requeue_message", tenant_id, message_id) is None:
        message = "there is nothing to try again: the message is on its way, or went out after all"
        raise Conflict(message)
    scope.changed(ChangeKind.MESSAGE_STATUS, message_id, conversation_id=ref.conversation_id)
    if not await _letters_retried(scope, tenant_id, message_id, who):
        await audit(tenant_id, who, "message.retried", message_id)
    return ref


async def _try_turn_again(scope: TenantScope, tenant_id: UUID, letter: DeadLetter, who: str) -> ConversationRef:
    tenant, _ = await load_profile(scope, tenant_id)
    if not tenant.ai_answers:
        message = "the AI does not answer now: set it going again first, the lead waits for the team meanwhile"
        raise Conflict(message)
    span = letter.payload.get("from_seq", 0), letter.payload.get("to_seq", 0)
    if await scope.row("requeue_turn", tenant_id, letter.subject_id, *span) is None:
        message = "there is nothing to try again: a person has the conversation, or a later turn answered it"
        raise Conflict(message)
    ref = ConversationRef(tenant_id, letter.subject_id)
    scope.changed(ChangeKind.CONVERSATION, ref.conversation_id)
    await end_hand_off(scope, ref, "retried")
    await _letters_retried(scope, tenant_id, letter.subject_id, who)
    return ref


async def _try_fetch_again(scope: TenantScope, tenant_id: UUID, letter: DeadLetter, who: str) -> None:
    if await scope.row("requeue_fetch", tenant_id, letter.subject_id) is None:
        message = "there is nothing to try again: the message is here, or is being fetched"
        raise Conflict(message)
    await _letters_retried(scope, tenant_id, letter.subject_id, who)


async def _letters_retried(scope: TenantScope, tenant_id: UUID, subject_id: UUID, who: Actor | str) -> bool:
    """Whether there were any."""
    letters = await scope.rows("letters_retried", tenant_id, subject_id)
    for letter in letters:
        await _resolved(scope, tenant_id, letter["id"], "retried", who)
    return bool(letters)


async def _resolved(scope: TenantScope, tenant_id: UUID, letter_id: UUID, how: str, who: Actor | str) -> None:
    scope.changed(ChangeKind.DEAD_LETTER, letter_id)
    await audit(tenant_id, who, f"dead_letter.{how}", letter_id)


def _shown(letter: DeadLetter) -> Letter:
    return Letter(
        letter.id, letter.kind, letter.subject_id, letter.error, letter.attempts, letter.status, letter.created_at
    )


def _not_open(letter_id: UUID) -> NotFound:
    return NotFound(f"there is no open dead letter {letter_id}")
