"""Which conversation somebody's words in Telegram are about."""

from dataclasses import dataclass
from uuid import UUID

from core.domain.team import MessagePurpose
from db.tenancy import platform_scope, tenant_scope


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a message of Telegram is about; ``message_id`` is the message of ours that it holds, if one."""

    tenant_id: UUID
    chat_ref: UUID
    conversation_id: UUID
    message_id: UUID | None
    purpose: MessagePurpose


async def meaning(tenant_id: UUID, chat_ref: UUID, number: int) -> Meaning | None:
    """What Telegram's message ``number`` in a chat is about, in this tenant's eyes."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("meaning", tenant_id, chat_ref, number)
    if row is None:
        return None
    return Meaning(tenant_id, chat_ref, row["conversation_id"], row["message_id"], MessagePurpose(row["purpose"]))


async def conversation_of_topic(tenant_id: UUID, chat_ref: UUID, thread_id: int) -> UUID | None:
    """The conversation that a lead's topic is about now."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("conversation_of_topic", tenant_id, chat_ref, thread_id)
    return row["id"] if row else None


async def active_conversation(telegram_user_id: int) -> tuple[UUID, UUID] | None:
    """Tenant and conversation that a person writes to in his private chat without replying to anything."""
    async with platform_scope() as scope:
        row = await scope.row("active_of_person", telegram_user_id)
    return (row["tenant_id"], row["active_conversation_id"]) if row else None


async def make_active(tenant_id: UUID, member_id: UUID, conversation_id: UUID | None) -> None:
    """Whom the member writes to from now on; ``None``: nobody."""
    async with tenant_scope(tenant_id) as scope:
        await scope.row("make_active", tenant_id, member_id, conversation_id)


async def keep_meaning(  # noqa: PLR0917 - a meaning is just this
    tenant_id: UUID,
    chat_ref: UUID,
    number: int,
    conversation_id: UUID,
    purpose: MessagePurpose,
    message_id: UUID | None = None,
) -> None:
    """A reply to this message of Telegram is about the conversation from now on."""
    async with tenant_scope(tenant_id) as scope:
        await scope.rows("means", tenant_id, chat_ref, number, conversation_id, [message_id], purpose.value)
