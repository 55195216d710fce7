"""Why somebody who writes to the bot may not: in nobody's name, for a business that is suspended, or a stranger."""

from collections.abc import Sequence
from uuid import UUID

from aiogram.types import Message

from core.services.members import Membership

STRANGER = "error.unauthorized"


def why_not(
    message: Message, memberships: Sequence[Membership], tenant_id: UUID | None, *, stranger: str = STRANGER
) -> str:
    """What to tell whoever is nobody in this tenant, or in any (``None``); ``stranger`` when there is nothing to add."""
    if message.sender_chat is not None:
        # An admin who hides behind the group, or somebody who writes as his channel: who it is nobody is told.
        return "error.anonymous"
    if any(one.suspended and tenant_id in {None, one.tenant_id} for one in memberships):
        return "start.suspended"
    if memberships and tenant_id is not None:
        return "error.group_taken"
    return stranger
