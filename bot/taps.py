"""What buttons say when they are tapped."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from bot.short_ids import long, short
from core.domain.conversation import Role


class AboutTenant(CallbackData, prefix="?"):
    """What every button about a business says: which one."""

    tenant: str

    @property
    def tenant_id(self) -> UUID:
        """Whose it says it is."""
        return long(self.tenant)

    @property
    def subject_id(self) -> UUID:
        """What it is about: the business, where nothing narrower is."""
        return self.tenant_id


class Verb(StrEnum):
    """What a member does with a conversation."""

    TAKE = "take"
    VIEW = "view"
    CLOSE = "close"
    RETURN = "return"
    TRANSFER = "transfer"
    NOTE = "note"
    ACTIVATE = "activate"


class ConversationTap(AboutTenant, prefix="c"):
    """A button about a conversation."""

    verb: Verb
    conversation: str

    @classmethod
    def about(cls, verb: Verb, tenant_id: UUID, conversation_id: UUID) -> Self:
        """The button of this conversation."""
        return cls(verb=verb, tenant=short(tenant_id), conversation=short(conversation_id))

    @property
    def subject_id(self) -> UUID:
        """Which conversation."""
        return long(self.conversation)


class TransferTap(AboutTenant, prefix="x"):
    """A colleague to whom a conversation is passed on: which one, the message with the button tells."""

    member: str

    @classmethod
    def to(cls, tenant_id: UUID, member_id: UUID) -> Self:
        """The colleague's button."""
        return cls(tenant=short(tenant_id), member=short(member_id))

    @property
    def subject_id(self) -> UUID:
        """To whom."""
        return long(self.member)


class MessageTap(AboutTenant, prefix="m"):
    """A button under a message that failed: try again."""

    message: str

    @classmethod
    def about(cls, tenant_id: UUID, message_id: UUID) -> Self:
        """The message's button."""
        return cls(tenant=short(tenant_id), message=short(message_id))

    @property
    def subject_id(self) -> UUID:
        """Which message."""
        return long(self.message)


class BusinessVerb(StrEnum):
    """What is done with a business, by its buttons."""

    SWITCH = "switch"
    RESUME = "resume"
    LINK = "link"
    INVITE = "invite"


class BusinessTap(AboutTenant, prefix="b"):
    """A button about a business as a whole."""

    verb: BusinessVerb

    @classmethod
    def about(cls, verb: BusinessVerb, tenant_id: UUID) -> Self:
        """The business's button."""
        return cls(verb=verb, tenant=short(tenant_id))


class InviteTap(AboutTenant, prefix="i"):
    """A button that makes an invitation for a role."""

    role: Role

    @classmethod
    def for_role(cls, tenant_id: UUID, role: Role) -> Self:
        """The role's button."""
        return cls(tenant=short(tenant_id), role=role)


class AccountVerb(StrEnum):
    """What is done with a channel account."""

    SHOW = "show"
    CHECK = "check"
    ASK = "ask"
    DISCONNECT = "end"


class AccountTap(AboutTenant, prefix="a"):
    """A button about a channel account."""

    verb: AccountVerb
    account: str

    @classmethod
    def about(cls, verb: AccountVerb, tenant_id: UUID, account_id: UUID) -> Self:
        """The account's button."""
        return cls(verb=verb, tenant=short(tenant_id), account=short(account_id))

    @property
    def subject_id(self) -> UUID:
        """Which account."""
        return long(self.account)


class MemberVerb(StrEnum):
    """What is done with a member."""

    SHOW = "show"
    ATTENDANT = "att"
    MANAGER = "man"
    ADMIN = "adm"
    ASK = "ask"
    REMOVE = "end"


class MemberTap(AboutTenant, prefix="e"):
    """A button about a member of the team."""

    verb: MemberVerb
    member: str

    @classmethod
    def about(cls, verb: MemberVerb, tenant_id: UUID, member_id: UUID) -> Self:
        """The member's button."""
        return cls(verb=verb, tenant=short(tenant_id), member=short(member_id))

    @property
    def subject_id(self) -> UUID:
        """Which member."""
        return long(self.member)


class LetterVerb(StrEnum):
    """What is done with what failed for good."""

    RETRY = "retry"
    DROP = "drop"


class LetterTap(AboutTenant, prefix="f"):
    """A button about a dead letter."""

    verb: LetterVerb
    letter: str

    @classmethod
    def about(cls, verb: LetterVerb, tenant_id: UUID, letter_id: UUID) -> Self:
        """The letter's button."""
        return cls(verb=verb, tenant=short(tenant_id), letter=short(letter_id))

    @property
    def subject_id(self) -> UUID:
        """Which letter."""
        return long(self.letter)


class LanguageTap(CallbackData, prefix="l"):
    """A button with a language, for whoever taps it."""

    language: str
