"""The AI's turn in PostgreSQL: claimed under a lease, loaded, committed by whoever still holds the token."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.conversation import (
    CARRIED_ON_RENEWAL,
    HISTORY_LENGTH,
    Author,
    ConversationStatus,
    TurnOutcome,
)
from core.domain.events import IdentityKind, SenderId
from core.domain.ports import ConversationRef
from core.domain.scoring import StageRule
from core.domain.tenant import TenantProfile
from core.services.fitting import Fitting
from core.services.knowledge import Knowledge, knowledge_for
from core.services.tenants import profile_of
from core.services.turn_burial import bury_turn
from core.services.turn_records import keep_lost, suggest, write_turn
from core.services.turn_state import Claim, Committed, Line, NotNow, TurnContext, TurnResult
from db.json import loads
from db.tenancy import Scope, platform_scope, tenant_scope

MOST_NEW = 100
"""How many of the lead's new messages one turn reads; of more, the latest."""
MOST_RESTARTS = 2
"""How often a turn starts again because the lead went on writing; after that it is committed."""


class Turns:
    """The use cases of a turn."""

    def __init__(self, lease_seconds: float, fitting: Fitting) -> None:
        self._lease = lease_seconds
        self._fitting = fitting

    async def claim(self, ref: ConversationRef) -> Claim | NotNow:
        """Take the due turn of a conversation, or learn when it will be due."""
        async with tenant_scope(ref.tenant_id) as scope:
            row = await scope.row("claim_turn", ref.tenant_id, ref.conversation_id, self._lease)
        if row is None or row["status"] != ConversationStatus.AI:
            return NotNow(None)
        if row["token"] is not None:
            return Claim(ref, row["token"], row["attempts"])
        return NotNow(None if row["taken"] else row["due_in"])

    async def renew(self, claims: Sequence[Claim]) -> set[UUID]:
        """Renew the leases of all these turns at once; the conversations whose turns go on come back.

        Those are the ones that are still ours, and those that a person took over meanwhile: the draft is his suggestion.
        """
        async with platform_scope() as scope:
            rows = await scope.rows(
                "renew_turn_leases",
                [claim.ref.tenant_id for claim in claims],
                [claim.ref.conversation_id for claim in claims],
                [claim.token for claim in claims],
                self._lease,
            )
        return {row["id"] for row in rows}

    async def overdue(self, older_than: float, limit: int) -> list[ConversationRef]:
        """Due turns nobody holds, fair between tenants."""
        async with platform_scope() as scope:
            rows = await scope.rows("due_turns", older_than, limit)
        return [ConversationRef(row["tenant_id"], row["id"]) for row in rows]

    async def load(self, claim: Claim) -> TurnContext:
        """The context of a claimed turn, as it stands now."""
        tenant_id, conversation_id = claim.ref.tenant_id, claim.ref.conversation_id
        async with tenant_scope(tenant_id) as scope:
            row = await scope.row("turn_context", tenant_id, conversation_id)
            assert row is not None, "a claimed conversation exists"  # noqa: S101 - guaranteed by the claim
            new = await scope.rows(
                "new_messages", tenant_id, conversation_id, row["answered_seq"], row["inbound_seq"], MOST_NEW
            )
            new.reverse()
            history = await _history(scope, tenant_id, conversation_id, row)
            tenant = profile_of(tenant_id, row)
            question = "\n".join(message["text"] for message in new if message["text"])
            known = await knowledge_for(scope, tenant_id, question, tenant.settings.knowledge_token_budget)
        return _context(claim, tenant, row, new, history, known)

    async def give_back(self, claim: Claim, after: float) -> None:
        """Not now: the turn stays due, ``after`` seconds from now at the earliest."""
        async with tenant_scope(claim.ref.tenant_id) as scope:
            await scope.row("release_turn", claim.ref.tenant_id, claim.ref.conversation_id, claim.token, after)

    async def drop(self, claim: Claim) -> None:
        """The AI is off for this tenant: no turn is due."""
        async with tenant_scope(claim.ref.tenant_id) as scope:
            await scope.row("drop_turn", claim.ref.tenant_id, claim.ref.conversation_id, claim.token)

    async def commit(self, context: TurnContext, result: TurnResult) -> Committed:
        """Write the turn if it is still ours, still the AI's, and still up to date.

        A person who took over in mid-turn wins: the draft is kept as a suggestion and nothing is sent.
        """
        claim = context.claim
        tenant_id, conversation_id = claim.ref.tenant_id, claim.ref.conversation_id
        async with tenant_scope(tenant_id) as scope:
            state = await scope.row("lock_turn", tenant_id, conversation_id)
            if state is None or state["turn_token"] != claim.token:
                return await keep_lost(scope, context, result, state)
            if state["status"] != ConversationStatus.AI:
                await suggest(scope, context, result, state["message_seq"])
                return Committed(TurnOutcome.SUPERSEDED)
            if state["inbound_seq"] > context.to_seq and result.restarts < MOST_RESTARTS:
                return Committed(None, restart=True, next_due_in=state["due_in"])
            return await write_turn(scope, context, result, state, self._fitting)

    async def bury(self, claim: Claim, error: str) -> Committed:
        """The turn failed every attempt: dead letter, the generic message once, and a person goes on.

        It looks at nothing of what the lead wrote, since that may be what breaks.
        """
        ref = claim.ref
        async with tenant_scope(ref.tenant_id) as scope:
            state = await scope.row("lock_turn", ref.tenant_id, ref.conversation_id)
            if state is None or state["turn_token"] != claim.token or state["status"] != ConversationStatus.AI:
                return Committed(TurnOutcome.LOST)
            return await bury_turn(scope, claim, error, self._fitting)


async def _history(
    scope: Scope, tenant_id: UUID, conversation_id: UUID, row: Mapping[str, Any]
) -> list[dict[str, Any]]:
    floor, answered = row["context_from_seq"], row["answered_seq"]
    lines = await scope.rows("earlier_messages", tenant_id, conversation_id, floor, answered, HISTORY_LENGTH)
    lines.reverse()
    if row["previous_id"] is not None and len(lines) < HISTORY_LENGTH and floor == 0:
        before = await scope.rows("earlier_messages", tenant_id, row["previous_id"], 0, 2**31 - 1, CARRIED_ON_RENEWAL)
        lines = [*reversed(before), *lines][-HISTORY_LENGTH:]
    return lines


def _context(  # noqa: PLR0917 - all that was read
    claim: Claim,
    tenant: TenantProfile,
    row: Mapping[str, Any],
    new: Sequence[Mapping[str, Any]],
    history: Sequence[Mapping[str, Any]],
    known: Knowledge,
) -> TurnContext:
    return TurnContext(
        claim=claim,
        tenant=tenant,
        channel=row["channel"],
        account_stopped=row["account_status"] != "active",
        lead_id=row["lead_id"],
        account_id=row["channel_account_id"],
        lead_name=row["lead_name"] or "",
        lead_facts=loads(row["lead_facts"]) or {},
        lead_source=loads(row["lead_source"]) or {},
        score=row["score"],
        stage=row["stage_key"],
        stages=[StageRule(**stage) for stage in loads(row["stages"]) or []],
        new=[_line(message) for message in new],
        history=[_line(message) for message in history],
        from_seq=row["answered_seq"] + 1,
        to_seq=row["inbound_seq"],
        idle_turns=row["idle_turns"],
        unreadable_run=row["unreadable_run"],
        automatic_run=row["automatic_run"],
        first_answer=row["first_answer"],
        last_external_id=next((m["external_id"] for m in reversed(new) if m["external_id"]), None),
        cost_micros=row["cost_micros"],
        at=row["db_now"],
        reply_to=SenderId(IdentityKind(row["reply_kind"]), row["reply_address"]),
        known=known,
    )


def _line(row: Mapping[str, Any]) -> Line:
    return Line(row["seq"], Author(row["author"]), row["type"], row["text"] or "", row.get("purpose"), _when(row))


def _when(row: Mapping[str, Any]) -> datetime | None:
    """The lead's new words have the time when they came, what went before the time when it was sent."""
    at: datetime | None = row["created_at"] if "created_at" in row else row["sent_at"]
    return at
