"""Who has a conversation: taken from the AI or the queue, passed on, given back, closed.

What the team sees of it follows from the rows (see ``db/sql/0004_team.up.sql``): nothing here tells anybody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.conversation import HandOffReason
from core.domain.errors import NotFound
from core.domain.ports import ConversationRef, Jobs
from core.domain.turn_taking import Act
from core.services.audit import audit
from core.services.conversation_hold import locked_for, standing_of
from core.services.hand_offs import let_go, open_hand_off
from core.services.tenants import load_profile
from db.models import Notification
from db.tenancy import Scope, TenantScope, tenant_scope

_LOOKS: Final = 20
_PAUSE: Final = 0.15
"""A message of the AI's that is on its way when a person takes over gets three seconds to arrive."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A member has the conversation. ``settled`` is false when words of the AI may still reach the lead after this."""

    hand_off_id: UUID
    settled: bool = True


class Assignments:
    """The use cases of taking turns. Every one is one locked decision: of two members at once the first wins."""

    def __init__(self, jobs: Jobs, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._jobs = jobs
        self._pause = pause

    async def take(self, actor: Actor, conversation_id: UUID) -> TakenOver:
        """The member has it from now on, and nothing that the AI has not begun to send will be sent.

        Raises ``AlreadyTaken`` with a colleague's name, ``Conflict`` when it is closed, ``NotFound``.
        """
        async with tenant_scope(actor.tenant_id) as scope:
            state = await locked_for(Act.TAKE, scope, actor, conversation_id)
            await _check_member(scope, actor.tenant_id, actor.member_id)
            hand_off_id = await self._take(scope, actor, conversation_id, state)
        ref = ConversationRef(actor.tenant_id, conversation_id)
        return TakenOver(hand_off_id, settled=await self._ai_is_silent(ref))

    async def give_back(self, actor: Actor, conversation_id: UUID) -> bool:
        """The AI goes on, and answers at once what the lead said last; false when it answers nobody at present.

        Raises ``NotOwner``, ``Conflict``, ``NotFound``.
        """
        ref = ConversationRef(actor.tenant_id, conversation_id)
        async with tenant_scope(actor.tenant_id) as scope:
            state = await locked_for(Act.GIVE_BACK, scope, actor, conversation_id)
            tenant, _ = await load_profile(scope, actor.tenant_id)
            row = await scope.row("return_to_ai", actor.tenant_id, conversation_id, tenant.ai_answers)
            await let_go(scope, ref, "given_back")
            await audit(actor.tenant_id, actor, "conversation.given_back", conversation_id)
        if row is not None and row["due"]:
            await self._jobs.turns_due([ref.turn_due(state["lead_id"])])
        return tenant.ai_answers

    async def transfer(self, actor: Actor, conversation_id: UUID, to: UUID) -> None:
        """A colleague has it from now on, and is told. Raises ``NotOwner``, ``Conflict``, ``NotFound``."""
        async with tenant_scope(actor.tenant_id) as scope:
            await locked_for(Act.TRANSFER, scope, actor, conversation_id)
            await _check_member(scope, actor.tenant_id, to)
            await scope.row("assign", actor.tenant_id, conversation_id, to)
            scope.changed(ChangeKind.CONVERSATION, conversation_id)
            await _claim_hand_off(scope, actor.tenant_id, conversation_id, to)
            await scope.rows("drop_active", actor.tenant_id, conversation_id)
            await _notify(scope, actor.tenant_id, "transferred", conversation_id, member_id=str(to))
            await audit(actor.tenant_id, actor, "conversation.transferred", conversation_id, to=str(to))

    async def close(self, actor: Actor, conversation_id: UUID) -> None:
        """It is over until the lead writes again. Raises ``NotOwner``, ``Conflict``, ``NotFound``."""
        async with tenant_scope(actor.tenant_id) as scope:
            await locked_for(Act.CLOSE, scope, actor, conversation_id)
            await scope.row("close_conversation", actor.tenant_id, conversation_id)
            await _silence_the_ai(scope, actor, conversation_id)
            await let_go(scope, ConversationRef(actor.tenant_id, conversation_id), "closed")
            await audit(actor.tenant_id, actor, "conversation.closed", conversation_id)

    async def _take(self, scope: TenantScope, actor: Actor, conversation_id: UUID, state: Mapping[str, Any]) -> UUID:
        if not standing_of(state).is_held_by(actor.member_id):
            await scope.row("take_over", actor.tenant_id, conversation_id, actor.member_id)
            scope.changed(ChangeKind.CONVERSATION, conversation_id)
            await _silence_the_ai(scope, actor, conversation_id)
            await audit(actor.tenant_id, actor, "conversation.taken", conversation_id)
        claimed = await _claim_hand_off(scope, actor.tenant_id, conversation_id, actor.member_id)
        return claimed or await _begin_hand_off(scope, actor, conversation_id, state["lead_id"])

    async def _ai_is_silent(self, ref: ConversationRef) -> bool:
        for look in range(_LOOKS):
            if look:
                await self._pause(_PAUSE)
            async with tenant_scope(ref.tenant_id) as scope:
                left = await scope.row("ai_words_on_their_way", ref.tenant_id, ref.conversation_id)
            if left is None:
                return True
            if not left["called"]:
                return False  # the provider may tell what became of it, but not within this patience
        return False


async def _check_member(scope: Scope, tenant_id: UUID, member_id: UUID) -> None:
    """Nobody who leaves the team at this moment is given a conversation. Raises ``NotFound``."""
    if await scope.row("active_member", tenant_id, member_id) is None:
        message = "no such member"
        raise NotFound(message)


async def _silence_the_ai(scope: TenantScope, actor: Actor, conversation_id: UUID) -> None:
    """What it was about to say stays unsaid."""
    for unsaid in await scope.rows("cancel_unsent", actor.tenant_id, conversation_id):
        scope.changed(ChangeKind.MESSAGE_STATUS, unsaid["id"], conversation_id=conversation_id)


async def _claim_hand_off(scope: TenantScope, tenant_id: UUID, conversation_id: UUID, member_id: UUID) -> UUID | None:
    """The open hand-off has its person; ``None`` when there is none."""
    claimed = await scope.row("claim_hand_off", tenant_id, conversation_id, member_id)
    if claimed is None:
        return None
    scope.changed(ChangeKind.HAND_OFF, claimed["id"], conversation_id=conversation_id)
    return UUID(str(claimed["id"]))


async def _begin_hand_off(scope: TenantScope, actor: Actor, conversation_id: UUID, lead_id: UUID) -> UUID:
    """A take-over that nobody asked for is a hand-off too, so that its history tells of every one."""
    ref = ConversationRef(actor.tenant_id, conversation_id)
    hand_off_id = await open_hand_off(scope, ref, HandOffReason.TAKEN, lead_id=lead_id, announced_at=None)
    await _claim_hand_off(scope, actor.tenant_id, conversation_id, actor.member_id)
    return hand_off_id


async def _notify(scope: Scope, tenant_id: UUID, kind: str, subject_id: UUID, **payload: str) -> None:
    _, at = await load_profile(scope, tenant_id)
    await Notification.create(tenant_id=tenant_id, kind=kind, subject_id=subject_id, payload=payload, due_at=at)
