"""Words written at the end of a conversation outside the AI's own answer: set beforehand, a member's, or a note inside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.conversation import Author, Direction, MessageStatus, Purpose
from core.domain.ids import uuid7
from core.domain.ports import ConversationRef
from db.models import Message
from db.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class Words:
    """One text, which its channel takes in these ``pieces``; ``first_id`` is the first one's, where a caller chose it."""

    pieces: Sequence[str]
    author: Author
    purpose: Purpose
    leave_at: datetime | None = None
    """When they are to be sent; ``None``: they stay inside."""
    turn_id: UUID | None = None
    member_id: UUID | None = None
    first_id: UUID | None = None


async def write_words(scope: TenantScope, ref: ConversationRef, row: Mapping[str, Any], words: Words) -> list[UUID]:
    """Write them in the caller's transaction; the ids of the messages that they make.

    ``row`` is the locked conversation: whose it is, over which account, and how many messages it has so far.
    """
    messages = [
        Message(
            id=(words.first_id if place == 0 else None) or uuid7(),
            tenant_id=ref.tenant_id,
            conversation_id=ref.conversation_id,
            lead_id=row["lead_id"],
            channel_account_id=row["channel_account_id"],
            seq=row["message_seq"] + 1 + place,
            direction=Direction.OUT,
            author=words.author,
            purpose=words.purpose,
            bubble=place,
            status=MessageStatus.INTERNAL if words.leave_at is None else MessageStatus.QUEUED,
            text=piece,
            turn_id=words.turn_id,
            member_id=words.member_id,
            next_attempt_at=words.leave_at,
        )
        for place, piece in enumerate(words.pieces)
    ]
    await Message.bulk_create(messages)
    await scope.row("lengthen", ref.tenant_id, ref.conversation_id, len(messages))
    for message in messages:
        scope.changed(ChangeKind.MESSAGE_OUT, message.id, conversation_id=ref.conversation_id)
    return [message.id for message in messages]
