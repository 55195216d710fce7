"""Words that are set beforehand, by the tenant or his locale, queued for a lead outside the AI's own answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.conversation import Author, Direction, MessageStatus, Purpose
from core.domain.ids import uuid7
from core.domain.ports import ConversationRef
from db.models import Message
from db.tenancy import TenantScope


async def queue_words(
    scope: TenantScope,
    ref: ConversationRef,
    row: Mapping[str, Any],
    pieces: Sequence[str],
    *,
    purpose: Purpose,
    at: datetime,
    turn_id: UUID | None = None,
) -> None:
    """Queue one text, which its channel takes in these ``pieces``, in the caller's transaction.

    ``row`` is the conversation as it was just changed: its ``message_seq`` counts the first piece already.
    """
    messages = [
        Message(
            id=uuid7(),
            tenant_id=ref.tenant_id,
            conversation_id=ref.conversation_id,
            lead_id=row["lead_id"],
            channel_account_id=row["channel_account_id"],
            seq=row["message_seq"] + bubble,
            direction=Direction.OUT,
            author=Author.AI,
            purpose=purpose,
            bubble=bubble,
            status=MessageStatus.QUEUED,
            text=piece,
            turn_id=turn_id,
            next_attempt_at=at,
        )
        for bubble, piece in enumerate(pieces)
    ]
    await Message.bulk_create(messages)
    for message in messages:
        scope.changed(ChangeKind.MESSAGE_OUT, message.id, conversation_id=ref.conversation_id)
    if len(pieces) > 1:
        await scope.row("lengthen", ref.tenant_id, ref.conversation_id, len(pieces) - 1)
