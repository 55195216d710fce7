"""What a channel tells us, in our own words: the frozen facts every parser produces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

WAITING: Final = "waiting_message"
"""The type of a message that was only announced: its content comes later, under the same id, and takes its place."""

DISCONNECTED: Final = "disconnected"
"""The type of a ``connection`` event that tells of a phone that is away."""
TO_BE_FETCHED: Final = "new_message"
"""The flag of an event that tells of a new message and holds none of it: the provider is asked for it, by its id."""


class EventKind(StrEnum):
    """The kinds of event a delivery can hold; what is not listed arrives as ``account_event``."""

    INBOUND_MESSAGE = "inbound_message"
    INBOUND_MESSAGE_GROUP = "inbound_message_group"
    INBOUND_MESSAGE_STANDBY = "inbound_message_standby"
    INBOUND_REACTION = "inbound_reaction"
    INBOUND_EDIT = "inbound_edit"
    INBOUND_DELETE = "inbound_delete"
    INBOUND_UNSUPPORTED = "inbound_unsupported"
    INBOUND_UNSUPPORTED_GROUP = "inbound_unsupported_group"
    STANDBY_MESSAGE = "standby_message"
    HISTORY_MESSAGE = "history_message"
    STATUS = "status"
    OUTBOUND_ECHO = "outbound_echo"
    """A message of the business, told back to us: ours, unless ``sent_by`` leaves that open."""
    OUTBOUND_HUMAN_ECHO = "outbound_human_echo"
    """The business itself wrote, on its phone or in the provider's app."""
    OUTBOUND_REACTION = "outbound_reaction"
    REFERRAL_EVENT = "referral_event"
    THREAD_CONTROL = "thread_control"
    OPTIN_EVENT = "optin_event"
    COMMENT_EVENT = "comment_event"
    PRESENCE = "presence"
    CONNECTION = "connection"
    SYSTEM = "system"
    ACCOUNT_EVENT = "account_event"
    ACCOUNT_ERROR = "account_error"
    INVALID = "invalid"
    """Verified, of a known kind, and unusable (no sender, no id)."""
    EMPTY = "empty"


class SentBy(StrEnum):
    """Through whose hands a message of the business left, as far as the provider tells."""

    PERSON = "person"
    """Somebody typed it in the provider's own app."""
    API = "api"
    """A program with our credentials: we, or nobody we could tell from us."""
    UNTOLD = "untold"
    """We, a person, or another program: who, only what we have sent can tell."""


class IdentityKind(StrEnum):
    """How a channel names a person."""

    PHONE = "phone"
    BSUID = "bsuid"
    PARENT_BSUID = "parent_bsuid"
    IGSID = "igsid"
    LID = "lid"


@dataclass(frozen=True, slots=True)
class SenderId:
    """One name of a person: the value exactly as the channel gave it."""

    kind: IdentityKind
    value: str


@dataclass(frozen=True, slots=True)
class MediaRef:
    """Where a channel keeps a file; urls expire, ids too."""

    id: str | None = None
    mime_type: str | None = None
    url: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """One event of one delivery.

    ``account`` is the provider's own id of the business's account; ``business`` the id of what
    holds it (a WhatsApp Business Account), where an event names no account.
    ``variant`` tells events that share an external id apart: status and recipient, number of
    the edit, or sender, action, emoji and time of a reaction.
    ``raw`` holds this event alone, never the others of its delivery.
    ``sent_by`` is told of echoes, and of statuses that only one kind of sender is told of; ``lead`` is whose chat
    an echo stands in, where ``senders`` is the business itself.
    ``read_up_to`` makes a receipt hold for everything that was sent until then, not for one message alone.
    ``ref_id`` is the message this one speaks of: replied to, reacted to, edited, reported on.
    ``callback`` is what we gave the provider when sending and it gave back.
    ``extra`` carries what only one kind has, as plain JSON values.
    """

    kind: EventKind
    raw: bytes
    account: str | None = None
    business: str | None = None
    senders: tuple[SenderId, ...] = ()
    sender_name: str | None = None
    username: str | None = None
    external_id: str | None = None
    variant: str = ""
    type: str | None = None
    text: str | None = None
    media: MediaRef | None = None
    ts: datetime | None = None
    ts_raw: str | int | float | None = None
    ref_id: str | None = None
    chat_id: str | None = None
    callback: str | None = None
    sent_by: SentBy | None = None
    lead: SenderId | None = None
    read_up_to: datetime | None = None
    referral: Mapping[str, Any] | None = None
    flags: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
