"""The AI's turn in PostgreSQL: claimed under a lease, loaded, committed by whoever still holds the token."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from core.domain.conversation import ConversationStatus, TurnOutcome
from core.domain.ports import ConversationRef
from core.services.fitting import Fitting
from core.services.turn_burial import bury_turn
from core.services.turn_context import LOOKS, context_of
from core.services.turn_records import keep_lost, suggest, write_plain_turn, write_turn
from core.services.turn_state import Claim, Committed, NotNow, TurnContext, TurnResult
from db.tenancy import platform_scope, tenant_row, tenant_scope

MOST_RESTARTS: Final = 2
"""How often a turn starts again because the lead went on writing; after that it is committed."""


class Turns:
    """The use cases of a turn."""

    def __init__(self, lease_seconds: float, fitting: Fitting) -> None:
        self._lease = lease_seconds
        self._fitting = fitting

    async def claim(self, ref: ConversationRef) -> Claim | NotNow:
        """Take the due turn of a conversation with what it looks at, or learn when it will be due."""
        row = await tenant_row(ref.tenant_id, "begin_turn", ref.conversation_id, self._lease, *LOOKS)
        if row is None or row["status"] != ConversationStatus.AI:
            return NotNow(None)
        if row["token"] is not None:
            return Claim(ref, row["token"], row["attempts"], row["context"])
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

    async def context(self, claim: Claim) -> TurnContext:
        """What a claimed turn looks at: as it stood when it was claimed."""
        # Nothing was read with the claim when reading it failed: whatever is wrong is found here.
        return await (context_of(claim, claim.context) if claim.context is not None else self.load(claim))

    async def load(self, claim: Claim) -> TurnContext:
        """What a claimed turn looks at, as it stands now."""
        row = await tenant_row(claim.ref.tenant_id, "turn_context", claim.ref.conversation_id, *LOOKS)
        assert row is not None and row["context"] is not None, "a claimed conversation exists"  # noqa: S101, PT018 - guaranteed by the claim
        return await context_of(claim, row["context"])

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
        newest = context.to_seq if result.restarts < MOST_RESTARTS else None
        return await write_plain_turn(context, result, newest, self._fitting) or await self._commit(context, result)

    async def _commit(self, context: TurnContext, result: TurnResult) -> Committed:
        """Look what stands there now, and write what becomes of the turn."""
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
