"""A conversation as its screen shows it: how it stands, what whoever looks may do there, and what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from channels.base import Channel
from core.domain.actor import Actor
from core.domain.conversation import Author, ConversationStatus, Direction, HandOffReason, MessageStatus, Purpose
from core.domain.errors import NotFound
from core.domain.turn_taking import Act, Standing, refusal, window_ends
from core.services.conversation_hold import standing_of
from db.json import loads
from db.tenancy import Scope, tenant_scope

_LAST: Final = 2**31 - 1
"""No message has a greater number."""


@dataclass(frozen=True, slots=True)
class HandedOff:
    """Why people have it or are to have it; ``claimed_by`` is who took it."""

    reason: HandOffReason
    summary: str | None
    detail: str
    at: datetime
    claimed_by: str | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the AI was about to say when a person took over."""

    message_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """How a conversation stands. ``can``: what whoever looks may do, by the rules that what he does is held to."""

    id: UUID
    lead_id: UUID
    channel: str
    standing: Standing
    opened_at: datetime
    last_activity_at: datetime
    waiting_since: datetime | None
    waiting_until: datetime | None
    asleep_until: datetime | None
    closed_at: datetime | None
    unanswered_since: datetime | None
    window_closes_at: datetime | None
    can: frozenset[Act]
    hand_off: HandedOff | None
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that another one answers."""

    seq: int
    text: str | None


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message, or a note. ``media`` is as its channel told of it; ``can_retry``: whoever looks may try it again."""

    id: UUID
    seq: int
    direction: Direction
    author: Author
    purpose: Purpose | None
    type: str
    text: str | None
    media: Mapping[str, Any] | None
    status: MessageStatus
    error_code: str | None
    member_id: UUID | None
    member_name: str | None
    at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    edited_at: datetime | None
    deleted_at: datetime | None
    reply_to: Quoted | None
    can_retry: bool


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Some of the messages, in order, and whether there are others on either side."""

    items: Sequence[ThreadMessage]
    has_before: bool
    has_after: bool


class Threads:
    """The use cases of looking at a conversation. Of a colleague's lead an attendant is told that there is none."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    async def page(self, actor: Actor, conversation_id: UUID) -> ConversationPage:
        """How it stands. Raises ``NotFound``."""
        async with tenant_scope(actor.tenant_id) as scope:
            row = await _seen(scope, actor, conversation_id)
            hand_off = await scope.row("open_hand_off_of_conversation", actor.tenant_id, conversation_id)
            draft = None
            if row["status"] == ConversationStatus.HUMAN:
                draft = await scope.row("suggestion_of_conversation", actor.tenant_id, conversation_id)
        return self._shown(actor, row, hand_off, draft)

    async def messages(
        self, actor: Actor, conversation_id: UUID, *, before: int | None, after: int | None, limit: int
    ) -> MessagePage:
        """The latest messages; those before a number; or those after one. Raises ``NotFound``."""
        async with tenant_scope(actor.tenant_id) as scope:
            state = await _seen(scope, actor, conversation_id)
            if after is not None:
                found = await scope.rows("thread_after", actor.tenant_id, conversation_id, after, limit + 1)
                rows, more = found[:limit], len(found) > limit
                sides = (after > 0, more)
            else:
                found = await scope.rows("thread_before", actor.tenant_id, conversation_id, before or _LAST, limit + 1)
                rows, more = found[:limit][::-1], len(found) > limit
                sides = (more, before is not None)
        writes = refusal(Act.WRITE, actor, standing_of(state)) is None
        return MessagePage([_message(row, writes=writes) for row in rows], *sides)

    def _shown(
        self, actor: Actor, row: Mapping[str, Any], hand_off: Mapping[str, Any] | None, draft: Mapping[str, Any] | None
    ) -> ConversationPage:
        channel, standing = self._channels.get(row["channel"]), standing_of(row)
        ends = window_ends(channel.capabilities.window if channel else None, row["last_inbound_at"])
        can = {act for act in Act if refusal(act, actor, standing) is None}
        if channel is None or (ends is not None and row["db_now"] > ends):
            can.discard(Act.WRITE)
        if standing.is_held_by(actor.member_id):
            can.discard(Act.TAKE)  # to take it once more is permitted, and changes nothing
        return ConversationPage(
            id=row["id"],
            lead_id=row["lead_id"],
            channel=row["channel"],
            standing=standing,
            opened_at=row["created_at"],
            last_activity_at=row["last_activity_at"],
            waiting_since=row["waiting_since"],
            waiting_until=row["waiting_until"],
            asleep_until=row["asleep_until"],
            closed_at=row["closed_at"],
            unanswered_since=row["unanswered_since"],
            window_closes_at=ends,
            can=frozenset(can),
            hand_off=_hand_off(hand_off),
            suggestion=Suggestion(draft["id"], draft["text"]) if draft else None,
        )


async def _seen(scope: Scope, actor: Actor, conversation_id: UUID) -> Mapping[str, Any]:
    row = await scope.row("conversation_page", actor.tenant_id, conversation_id, actor.sees_only)
    if row is None:
        message = "no such conversation"
        raise NotFound(message)
    return row


def _hand_off(row: Mapping[str, Any] | None) -> HandedOff | None:
    if row is None:
        return None
    return HandedOff(HandOffReason(row["reason"]), row["summary"], row["detail"], row["created_at"], row["claimed_by"])


def _message(row: Mapping[str, Any], *, writes: bool) -> ThreadMessage:
    status = MessageStatus(row["status"])
    return ThreadMessage(
        id=row["id"],
        seq=row["seq"],
        direction=Direction(row["direction"]),
        author=Author(row["author"]),
        purpose=Purpose(row["purpose"]) if row["purpose"] else None,
        type=row["type"],
        text=row["text"],
        media=loads(row["media"]),
        status=status,
        error_code=row["error_code"],
        member_id=row["member_id"],
        member_name=row["member_name"],
        at=row["created_at"],
        delivered_at=row["delivered_at"],
        read_at=row["read_at"],
        edited_at=row["edited_at"],
        deleted_at=row["deleted_at"],
        reply_to=Quoted(row["ref_seq"], row["ref_text"]) if row["ref_seq"] is not None else None,
        can_retry=writes and status is MessageStatus.FAILED,
    )
