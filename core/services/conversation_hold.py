"""A conversation locked for a member's decision, and who has it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.domain.actor import Actor
from core.domain.conversation import ConversationStatus
from core.domain.errors import Conflict, NotFound
from db.tenancy import Scope


async def locked(scope: Scope, actor: Actor, conversation_id: UUID) -> Mapping[str, Any]:
    """Its row of ``lock_for_member``, until the transaction ends. Raises ``NotFound``."""
    state = await scope.row("lock_for_member", actor.tenant_id, conversation_id)
    if state is None:
        message = "no such conversation"
        raise NotFound(message)
    return state


async def locked_open(scope: Scope, actor: Actor, conversation_id: UUID) -> Mapping[str, Any]:
    """The same; raises ``Conflict`` too, for one that is closed."""
    state = await locked(scope, actor, conversation_id)
    if state["status"] == ConversationStatus.CLOSED:
        message = "the conversation is closed"
        raise Conflict(message)
    return state
