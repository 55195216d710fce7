"""How far a member's words have come, as a reaction to his own message."""

from collections.abc import Mapping
from typing import Final

from core.domain.conversation import MessageStatus

REACTIONS: Final[Mapping[MessageStatus, str]] = {
    MessageStatus.UNKNOWN: "🤔",
    MessageStatus.SENT: "🕊",
    MessageStatus.DELIVERED: "👌",
    MessageStatus.READ: "👀",
    MessageStatus.FAILED: "💔",
}
"""From the set that bots may react with (Bot API, ReactionTypeEmoji); before it is sent there is none."""
