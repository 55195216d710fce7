"""Whose turn it is, who said what, and how far a message has come."""

from datetime import timedelta
from enum import StrEnum

REOPENS_WITHIN = timedelta(days=7)
"""A conversation closed for no longer than this is reopened when the lead writes again."""
CARRIED_ON_REOPEN = 5
"""How many earlier messages the AI sees of a conversation that was reopened."""
CARRIED_ON_RENEWAL = 3
"""How many messages of the previous conversation the AI sees in a new one."""
HISTORY_LENGTH = 10
"""How many messages of the conversation the AI sees besides the lead's new ones."""


class ConversationStatus(StrEnum):
    """Whose turn it is to answer."""

    AI = "ai"
    WAITING_HUMAN = "waiting_human"
    HUMAN = "human"
    CLOSED = "closed"


class Direction(StrEnum):
    """Which way a message goes, seen from the business."""

    IN = "in"
    OUT = "out"


class Author(StrEnum):
    """Who wrote a message."""

    LEAD = "lead"
    AI = "ai"
    ATTENDANT = "attendant"
    SYSTEM = "system"


class Purpose(StrEnum):
    """Why an outbound message exists; together with its turn it is unique."""

    ANSWER = "answer"
    TRANSITION = "transition"
    GENERIC = "generic"
    APOLOGY = "apology"
    ATTENDANT = "attendant"
    SUGGESTION = "suggestion"
    NOTE = "note"
    FOLLOW_UP = "follow_up"
    """To a lead who has fallen silent, unasked."""


class MessageStatus(StrEnum):
    """How far a message has come. ``unknown``: the send call never returned; settled by what the provider tells."""

    RECEIVED = "received"
    INTERNAL = "internal"
    """A note or a suggestion: it never leaves."""
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    CANCELLED = "cancelled"


class HandOffReason(StrEnum):
    """Why the AI gave a conversation to the team."""

    INTENT = "intent"
    MODEL_ASKED = "model_asked"
    LOW_CONFIDENCE = "low_confidence"
    HOT_LEAD = "hot_lead"
    LEAD_ASKED = "lead_asked"
    GUARD = "guard"
    NO_PROGRESS = "no_progress"
    UNREADABLE = "unreadable"
    INVALID_REPLY = "invalid_reply"
    MODEL_DOWN = "model_down"
    BUDGET = "budget"
    TURN_FAILED = "turn_failed"
    SEND_FAILED = "send_failed"
    SEND_UNSETTLED = "send_unsettled"
    TAKEN = "taken"
    """Nobody asked: a member took it from the AI."""
    SILENT = "silent"
    """Whoever had it did not answer the lead."""
    LEFT = "left"
    """Whoever had it left the team."""
    AUTOMATIC = "automatic"
    """A machine seems to answer the AI's answers."""
    RESTORED = "restored"
    """The AI owed an answer when a backup was made that was restored since: it may have given it."""
    SUSPENDED = "suspended"
    """The lead wrote while the business was suspended, and his channel takes no free words by now."""
    BEYOND_PLAN = "beyond_plan"
    """The month counts the lead beyond the plan, and the business leaves those to people."""


class TurnOutcome(StrEnum):
    """How a turn of the AI ended."""

    ANSWERED = "answered"
    SILENT = "silent"
    """Nothing was said on purpose: spam gets no answer."""
    GENERIC = "generic"
    SUPERSEDED = "superseded"
    """A person took over in mid-turn: the draft became a suggestion."""
    LOST = "lost"
    """The lease had gone to another worker: nothing was written."""
    DEAD = "dead"
    """It failed every attempt: dead letter and hand-off."""


class Role(StrEnum):
    """What a member may do in a tenant."""

    ATTENDANT = "attendant"
    MANAGER = "manager"
    ADMIN = "admin"
