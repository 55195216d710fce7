"""Who may do what with a conversation as it stands: asked by whoever does it, and by whoever shows what can be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.conversation import ConversationStatus
from core.domain.errors import AlreadyTaken, Conflict, NotOwner, RevezaError


class Act(StrEnum):
    """What a member does with a conversation."""

    TAKE = "take"
    GIVE_BACK = "give_back"
    CLOSE = "close"
    TRANSFER = "transfer"
    WRITE = "write"
    NOTE = "note"
    SNOOZE = "snooze"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a conversation stands. ``holder`` is the name of whoever has it, empty for the business's own phone."""

    status: ConversationStatus
    assignee_id: UUID | None
    holder: str

    def is_held_by(self, member_id: UUID) -> bool:
        """Whether this member has it."""
        return self.status is ConversationStatus.HUMAN and self.assignee_id == member_id


_OPEN: Final = frozenset(ConversationStatus) - {ConversationStatus.CLOSED}
_POSSIBLE: Final[Mapping[Act, tuple[frozenset[ConversationStatus], str]]] = {
    Act.TAKE: (_OPEN, "the conversation is closed"),
    Act.GIVE_BACK: (
        frozenset({ConversationStatus.HUMAN, ConversationStatus.WAITING_HUMAN}),
        "only a conversation that people have can be given back",
    ),
    Act.CLOSE: (_OPEN, "the conversation is closed"),
    Act.TRANSFER: (
        frozenset({ConversationStatus.HUMAN}),
        "only a conversation that a person has can be passed on",
    ),
    Act.WRITE: (_OPEN, "the conversation is closed"),
    Act.NOTE: (frozenset(ConversationStatus), ""),
    Act.SNOOZE: (
        frozenset({ConversationStatus.HUMAN, ConversationStatus.WAITING_HUMAN}),
        "only a conversation that people have, or are to take, can sleep",
    ),
}
"""How a conversation has to stand for each, and what is said when it does not."""


def refusal(act: Act, actor: Actor, standing: Standing) -> RevezaError | None:
    """Why the member may not do it now; ``None`` when he may."""
    possible, otherwise = _POSSIBLE[act]
    if standing.status not in possible:
        return Conflict(otherwise)
    return _of_holder(act, actor, standing)


def _of_holder(act: Act, actor: Actor, standing: Standing) -> RevezaError | None:
    """What nobody has is anybody's to decide about; what a colleague has, his and the managers'. Notes are everybody's.

    What nobody has only those who lead the team put to sleep: no attendant lets a lead of everybody's wait.
    """
    others = standing.assignee_id not in {None, actor.member_id}
    match act:
        case Act.NOTE:
            return None
        case Act.TAKE:
            return AlreadyTaken(standing.holder) if others else None
        case Act.WRITE:
            return None if standing.is_held_by(actor.member_id) else NotOwner(standing.holder)
        case Act.SNOOZE:
            return None if actor.leads or standing.is_held_by(actor.member_id) else NotOwner(standing.holder)
        case _:
            return NotOwner(standing.holder) if others and not actor.leads else None


def window_ends(window: timedelta | None, last_inbound_at: datetime | None) -> datetime | None:
    """Until when the channel takes free words; ``None``: it sets no end, or the lead has not written."""
    return None if window is None or last_inbound_at is None else last_inbound_at + window
