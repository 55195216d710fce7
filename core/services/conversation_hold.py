"""A conversation locked for what a member is about to do with it, if he may."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.domain.actor import Actor
from core.domain.conversation import ConversationStatus
from core.domain.errors import NotFound
from core.domain.turn_taking import Act, Standing, refusal
from db.tenancy import Scope


async def locked_for(act: Act, scope: Scope, actor: Actor, conversation_id: UUID) -> Mapping[str, Any]:
    """Its row of ``lock_for_member``, until the transaction ends. Raises ``NotFound``, and why the member may not."""
    state = await scope.row("lock_for_member", actor.tenant_id, conversation_id)
    if state is None:
        message = "no such conversation"
        raise NotFound(message)
    refused = refusal(act, actor, standing_of(state))
    if refused is not None:
        raise refused
    return state


def standing_of(row: Mapping[str, Any]) -> Standing:
    """How a conversation stands, by a row that tells its status and who has it."""
    return Standing(ConversationStatus(row["status"]), row["assignee_id"], row["holder"])
