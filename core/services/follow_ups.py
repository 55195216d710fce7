"""Writing to a silent lead: taken up by one process, and looked at before the model is asked.

He is looked at again under the locks of whoever could break the silence, before a word is written; and the sender looks once
more (``claim_send``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.conversation import Author, Purpose
from core.domain.follow_up import FollowUpState, FollowUpStep, Refusal, Silenced, Verdict, good_until
from core.domain.ports import ConversationRef, Jobs
from core.domain.prompt import ModelCall
from core.services.fitting import Fitting
from core.services.follow_up_silence import Standing, load_standing
from core.services.turn_context import LOOKS, context_of
from core.services.turn_records import record_calls
from core.services.turn_state import Claim, TurnContext
from core.services.written_words import Words, write_words
from db.tenancy import Scope, TenantScope, platform_scope, tenant_row, tenant_scope

LEASE_SECONDS: Final = 180.0
ATTEMPTS: Final = 3
"""Who takes one up so often without coming to an end gives it up."""
MISSED_SECONDS: Final = 600.0
"""One that nobody took up for so long after its place gets another: those of an hour in which nobody worked do not leave at once."""

Windows = Mapping[str, timedelta | None]


@dataclass(frozen=True, slots=True)
class Taken:
    """One that this process may write, until its lease is over or somebody else has it."""

    id: UUID
    ref: ConversationRef
    lead_id: UUID
    token: int
    silent_since: datetime
    number: int
    step: FollowUpStep
    words: str
    """Of the business, to this lead; empty where the AI writes it."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at the lead came to."""

    standing: Standing
    name: str | None
    lead: Silenced
    verdict: Verdict


class FollowUps:
    """The use case of writing to whoever has fallen silent."""

    def __init__(self, fitting: Fitting, windows: Windows, jobs: Jobs) -> None:
        """``windows``: how long each channel takes free words after the lead's own."""
        self._fitting = fitting
        self._windows = windows
        self._jobs = jobs

    async def leaving(self, limit: int = 20) -> list[tuple[UUID, UUID]]:
        """Tenant and follow-up of whatever is to be written now."""
        async with platform_scope() as scope:
            rows = await scope.rows("leaving_follow_ups", limit)
        return [(row["tenant_id"], row["id"]) for row in rows]

    async def take(self, tenant_id: UUID, follow_up_id: UUID) -> Taken | None:
        """Take one up; ``None``: somebody has it, or it is not to be written, which is written down."""
        async with tenant_scope(tenant_id) as scope:
            row = await scope.row("claim_follow_up", tenant_id, follow_up_id, LEASE_SECONDS, MISSED_SECONDS)
            if row is None:
                return None
            ref = ConversationRef(tenant_id, row["conversation_id"])
            look = await self._look(scope, ref)
            if row["attempts"] > ATTEMPTS:
                await _end(scope, ref, follow_up_id, FollowUpState.FAILED, Refusal.MODEL)
                return None
            refusal = look.verdict.refusal_of(row["step"], row["silent_since"], look.lead)
            if not await _stands(scope, ref, follow_up_id, look, refusal):
                return None
            if row["missed"]:
                await scope.row("put_off_follow_up", tenant_id, follow_up_id, look.standing.at)
                return None
            step = look.standing.rules.steps[row["step"] - 1]
            return Taken(
                follow_up_id, ref, row["lead_id"], row["attempts"], row["silent_since"], row["step"], step,
                look.standing.words(step, look.name),
            )  # fmt: skip

    async def thread(self, taken: Taken) -> TurnContext:
        """What the AI writes it from: as a turn would see it, with nothing new said."""
        ref = taken.ref
        row = await tenant_row(ref.tenant_id, "turn_context", ref.conversation_id, *LOOKS)
        assert row is not None and row["context"] is not None, "its conversation is there while it is"  # noqa: S101, PT018 - a foreign key
        return await context_of(Claim(ref, token=0, attempts=0), row["context"])

    async def write(self, taken: Taken, text: str, calls: Sequence[ModelCall] = ()) -> bool:
        """Put it on its way if the lead is still as silent; what the model was asked is written down in any case."""
        async with tenant_scope(taken.ref.tenant_id) as scope:
            written = await self._written(scope, taken, text)
            await record_calls(scope, taken.ref, calls, purpose="follow_up")
        if written:
            await self._jobs.sends_due(taken.ref)
        return written

    async def give_up(self, taken: Taken, why: Refusal, calls: Sequence[ModelCall] = ()) -> None:
        """The AI has no words for it that may be said."""
        async with tenant_scope(taken.ref.tenant_id) as scope:
            if await scope.row("lock_follow_up", taken.ref.tenant_id, taken.id, taken.token) is not None:
                await _end(scope, taken.ref, taken.id, FollowUpState.CANCELLED, why)
            await record_calls(scope, taken.ref, calls, purpose="follow_up")

    async def _written(self, scope: TenantScope, taken: Taken, text: str) -> bool:
        ref = taken.ref
        # The lead before his conversations, as webhooks, turns and senders lock them.
        await scope.row("lock_lead_whole", ref.tenant_id, taken.lead_id)
        await scope.rows("lock_conversations_of_lead", ref.tenant_id, taken.lead_id)
        if await scope.row("lock_follow_up", ref.tenant_id, taken.id, taken.token) is None:
            return False
        look = await self._look(scope, ref)
        refusal = look.verdict.refusal_of(taken.number, taken.silent_since, look.lead)
        if refusal is None and look.standing.rules.steps[taken.number - 1] != taken.step:
            refusal = Refusal.STEP
        if not await _stands(scope, ref, taken.id, look, refusal):
            return False
        return await self._queue(scope, taken, look, text)

    async def _queue(self, scope: TenantScope, taken: Taken, look: _Look, text: str) -> bool:
        ref, at = taken.ref, look.standing.at
        row = await scope.row("silence_of", ref.tenant_id, ref.conversation_id)
        assert row is not None  # noqa: S101 - its conversation is locked
        pieces = self._fitting.pieces(row["channel"], text)
        if len(pieces) != 1:
            await _end(scope, ref, taken.id, FollowUpState.CANCELLED, Refusal.WORDS)
            return False
        [message_id] = await write_words(scope, ref, row, Words(pieces, Author.AI, Purpose.FOLLOW_UP, leave_at=at))
        until = good_until(look.standing.rules, look.lead, look.standing.zone, at)
        await scope.row("queue_follow_up", ref.tenant_id, taken.id, message_id, until)
        scope.changed(ChangeKind.LEAD, taken.lead_id, lead_id=taken.lead_id)
        await self._plan_next(scope, taken)
        return True

    async def _plan_next(self, scope: TenantScope, taken: Taken) -> None:
        """The step after this one, from now on."""
        look = await self._look(scope, taken.ref)
        following = look.standing.plan(look.lead, look.standing.at)
        if following.number is not None and following.number == taken.number + 1:
            kind = look.standing.rules.steps[taken.number].kind.value
            await scope.rows(
                "plan_follow_ups", taken.ref.tenant_id, [taken.lead_id], [taken.ref.conversation_id], [following.number],
                [taken.silent_since], [kind], [following.due_at],
            )  # fmt: skip

    async def _look(self, scope: Scope, ref: ConversationRef) -> _Look:
        standing = await load_standing(scope, ref.tenant_id)
        row = await scope.row("silence_of", ref.tenant_id, ref.conversation_id)
        assert row is not None  # noqa: S101 - a follow-up names a conversation that is there
        lead = standing.lead(row, self._windows.get(row["channel"]))
        return _Look(standing, row["lead_name"], lead, standing.verdict(lead))


async def _stands(
    scope: TenantScope, ref: ConversationRef, follow_up_id: UUID, look: _Look, refusal: Refusal | None
) -> bool:
    """Whether it may go out now; else it is written down why it does not, or when it will."""
    at = look.standing.at
    if refusal is Refusal.UNSENT:
        await scope.row("put_off_follow_up", ref.tenant_id, follow_up_id, at)
        return False
    if refusal is not None:
        await _end(scope, ref, follow_up_id, FollowUpState.CANCELLED, refusal)
        return False
    if look.verdict.hold is not None:
        await _end(scope, ref, follow_up_id, FollowUpState.HELD, look.verdict.hold)
        return False
    if not look.verdict.may_go_at(at):
        await scope.row("put_off_follow_up", ref.tenant_id, follow_up_id, look.verdict.due_at)
        return False
    return True


async def _end(scope: TenantScope, ref: ConversationRef, follow_up_id: UUID, state: FollowUpState, why: str) -> None:
    await scope.row("end_follow_up", ref.tenant_id, follow_up_id, state.value, str(why))
    scope.changed(ChangeKind.CONVERSATION, ref.conversation_id)
