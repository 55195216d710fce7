"""What goes over the API about a conversation."""

from collections.abc import Mapping, Sequence
from typing import Any, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from core.domain.conversation import Author, ConversationStatus, Direction, HandOffReason, MessageStatus, Purpose
from core.domain.turn_taking import Act
from core.services.threads import ConversationPage, ThreadMessage
from miniapp.api.operation import ApiModel
from miniapp.api.parts import LONGEST_TEXT, Number, PageSize, Words


class Can(ApiModel):
    """What whoever asks may do there now."""

    take: bool
    give_back: bool
    close: bool
    transfer: bool
    write: bool
    note: bool
    snooze: bool


class HandOff(ApiModel):
    """Why people have it, or are to have it; ``claimed_by`` is the name of who took it."""

    reason: HandOffReason
    summary: str | None
    detail: str
    at: AwareDatetime
    claimed_by: str | None


class Suggestion(ApiModel):
    """What the AI was about to say when a person took over; to use it is to write it."""

    message_id: UUID
    text: str


class Conversation(ApiModel):
    """How a conversation stands. ``window_closes_at``: until when its channel takes free words."""

    id: UUID
    lead_id: UUID
    channel: str
    status: ConversationStatus
    assignee_id: UUID | None
    assignee_name: str | None
    opened_at: AwareDatetime
    last_activity_at: AwareDatetime
    waiting_since: AwareDatetime | None
    waiting_until: AwareDatetime | None
    asleep_until: AwareDatetime | None
    closed_at: AwareDatetime | None
    unanswered_since: AwareDatetime | None
    window_closes_at: AwareDatetime | None
    can: Can
    hand_off: HandOff | None
    suggestion: Suggestion | None


class Quoted(ApiModel):
    """The message that another one answers."""

    seq: int
    text: str | None


class Media(ApiModel):
    """A file that belongs to a message. ``stored``: it is kept here, and can be shown."""

    kind: str
    mime: str | None
    name: str | None
    size: int | None
    stored: bool


class Message(ApiModel):
    """One message, or a note (``purpose``) that never leaves."""

    id: UUID
    seq: int
    direction: Direction
    author: Author
    purpose: Purpose | None
    type: str
    text: str | None
    media: Media | None
    status: MessageStatus
    error_code: str | None
    member_id: UUID | None
    member_name: str | None
    at: AwareDatetime
    delivered_at: AwareDatetime | None
    read_at: AwareDatetime | None
    edited_at: AwareDatetime | None
    deleted_at: AwareDatetime | None
    reply_to: Quoted | None
    can_retry: bool


class MessagePage(ApiModel):
    """Messages in order, and whether there are others before and after them."""

    items: Sequence[Message]
    has_before: bool
    has_after: bool


class MessageQuery(ApiModel):
    """The latest messages; or those ``before`` a number, or ``after`` one."""

    before: Number | None = None
    after: Number | None = None
    limit: PageSize = 50

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if self.before is not None and self.after is not None:
            message = "before and after exclude each other"
            raise ValueError(message)
        return self


class Taken(ApiModel):
    """``settled`` is false when words of the AI may still reach the lead."""

    hand_off_id: UUID
    settled: bool


class GivenBack(ApiModel):
    """``ai_answers`` is false when the AI answers nobody at present."""

    ai_answers: bool


class Transfer(ApiModel):
    """The colleague who is to have it."""

    member_id: UUID


class NewWords(ApiModel):
    """What is to be said, or noted."""

    text: Words = Field(max_length=LONGEST_TEXT)


class Said(ApiModel):
    """The messages that the words make: a channel may take them in pieces."""

    message_ids: Sequence[UUID]


class Snooze(ApiModel):
    """Until when a conversation is to sleep."""

    until: AwareDatetime


class Woken(ApiModel):
    """Whether it slept."""

    slept: bool


class Noted(ApiModel):
    """The note."""

    message_id: UUID


def conversation_shown(page: ConversationPage) -> Conversation:
    return Conversation(
        id=page.id,
        lead_id=page.lead_id,
        channel=page.channel,
        status=page.standing.status,
        assignee_id=page.standing.assignee_id,
        assignee_name=page.standing.holder or None,
        opened_at=page.opened_at,
        last_activity_at=page.last_activity_at,
        waiting_since=page.waiting_since,
        waiting_until=page.waiting_until,
        asleep_until=page.asleep_until,
        closed_at=page.closed_at,
        unanswered_since=page.unanswered_since,
        window_closes_at=page.window_closes_at,
        can=Can(**{act.value: act in page.can for act in Act}),
        hand_off=HandOff.model_validate(page.hand_off, from_attributes=True) if page.hand_off else None,
        suggestion=Suggestion.model_validate(page.suggestion, from_attributes=True) if page.suggestion else None,
    )


def message_shown(one: ThreadMessage) -> Message:
    return Message(
        id=one.id,
        seq=one.seq,
        direction=one.direction,
        author=one.author,
        purpose=one.purpose,
        type=one.type,
        text=one.text,
        media=_media(one.type, one.media) if one.media else None,
        status=one.status,
        error_code=one.error_code,
        member_id=one.member_id,
        member_name=one.member_name,
        at=one.at,
        delivered_at=one.delivered_at,
        read_at=one.read_at,
        edited_at=one.edited_at,
        deleted_at=one.deleted_at,
        reply_to=Quoted.model_validate(one.reply_to, from_attributes=True) if one.reply_to else None,
        can_retry=one.can_retry,
    )


def _media(kind: str, told: Mapping[str, Any]) -> Media:
    return Media(
        kind=kind,
        mime=told.get("mime_type"),
        name=told.get("filename"),
        size=told.get("size"),
        stored=bool(told.get("stored")),
    )
