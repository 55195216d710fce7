"""What changed in a tenant, for whoever has it on a screen: ids alone, never anybody's words."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ChangeKind(StrEnum):
    """What is not as it was, and so which table ``Change.subject_id`` names."""

    MESSAGE_IN = "message_in"
    """The lead wrote."""
    MESSAGE_OUT = "message_out"
    """Something was said to the lead, or stays inside: a note, a suggestion."""
    MESSAGE_STATUS = "message_status"
    """How far a message has come."""
    CONVERSATION = "conversation"
    """Who has it, or how it stands."""
    LEAD = "lead"
    HAND_OFF = "hand_off"
    DEAD_LETTER = "dead_letter"
    DATA_REQUEST = "data_request"
    MEMBER = "member"
    INVITATION = "invitation"
    ACCOUNT = "account"
    """A channel account of the tenant's."""
    TEAM_CHAT = "team_chat"
    """Where in Telegram the team can be reached."""
    SETTINGS = "settings"
    """The tenant's own; the subject is the tenant."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was; the conversation and the lead are told where the change is seen there too."""

    kind: ChangeKind
    subject_id: UUID
    conversation_id: UUID | None = None
    lead_id: UUID | None = None
