"""What the buttons of conversations say when they are tapped."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from bot.short_ids import long, short


class Verb(StrEnum):
    """What a member does with a conversation."""

    TAKE = "take"
    VIEW = "view"
    CLOSE = "close"
    RETURN = "return"
    TRANSFER = "transfer"
    NOTE = "note"
    ACTIVATE = "activate"


class ConversationTap(CallbackData, prefix="c"):
    """A button about a conversation."""

    verb: Verb
    tenant: str
    conversation: str

    @classmethod
    def about(cls, verb: Verb, tenant_id: UUID, conversation_id: UUID) -> Self:
        """The button of this conversation."""
        return cls(verb=verb, tenant=short(tenant_id), conversation=short(conversation_id))

    @property
    def tenant_id(self) -> UUID:
        """Whose it says it is."""
        return long(self.tenant)

    @property
    def conversation_id(self) -> UUID:
        """Which one."""
        return long(self.conversation)


class TransferTap(CallbackData, prefix="x"):
    """A colleague to whom a conversation is passed on; the message with the button knows which and whose."""

    conversation: str
    member: str

    @classmethod
    def to(cls, conversation_id: UUID, member_id: UUID) -> Self:
        """The colleague's button."""
        return cls(conversation=short(conversation_id), member=short(member_id))

    @property
    def conversation_id(self) -> UUID:
        """Which one."""
        return long(self.conversation)

    @property
    def member_id(self) -> UUID:
        """To whom."""
        return long(self.member)


class MessageTap(CallbackData, prefix="m"):
    """A button under a message that failed: try again."""

    tenant: str
    message: str

    @classmethod
    def about(cls, tenant_id: UUID, message_id: UUID) -> Self:
        """The message's button."""
        return cls(tenant=short(tenant_id), message=short(message_id))

    @property
    def tenant_id(self) -> UUID:
        """Whose it says it is."""
        return long(self.tenant)

    @property
    def message_id(self) -> UUID:
        """Which one."""
        return long(self.message)
