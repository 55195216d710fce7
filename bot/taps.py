"""What buttons say when they are tapped."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from bot.short_ids import long, short
from core.domain.conversation import Role
from core.domain.data_request import RequestKind
from core.domain.opt_out import WishKind


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


class AboutConversation(AboutTenant, prefix="?c"):
    """What every button about a conversation says: which one."""

    conversation: str

    @property
    def subject_id(self) -> UUID:
        """Which conversation."""
        return long(self.conversation)


class Verb(StrEnum):
    """What a member does with a conversation."""

    TAKE = "take"
    VIEW = "view"
    CLOSE = "close"
    RETURN = "return"
    TRANSFER = "transfer"
    NOTE = "note"
    ACTIVATE = "activate"
    SNOOZE = "snooze"
    WAKE = "wake"


class ConversationTap(AboutTenant, prefix="c"):
    """A button about a conversation. Those that are in chats have its parts in this order: it has to stay."""

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


class Nap(StrEnum):
    """For how long a conversation is to sleep."""

    HOUR = "1h"
    HOURS = "3h"
    TOMORROW = "1d"
    MONDAY = "mon"


class SnoozeTap(AboutConversation, prefix="z"):
    """A time until which a conversation is to sleep."""

    nap: Nap

    @classmethod
    def about(cls, nap: Nap, tenant_id: UUID, conversation_id: UUID) -> Self:
        """The time's button."""
        return cls(nap=nap, tenant=short(tenant_id), conversation=short(conversation_id))


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
    MONTHS = "months"
    FILE = "file"


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


class LettersVerb(StrEnum):
    """What is done with all that failed of a kind."""

    LIST = "list"
    RETRY = "retry"
    ASK = "ask"
    DROP = "drop"


class LettersTap(AboutTenant, prefix="k"):
    """A button about the dead letters of a kind, or (without one) about all; those behind ``after``, where it is given."""

    verb: LettersVerb
    kind: str
    after: str

    @classmethod
    def of(cls, verb: LettersVerb, tenant_id: UUID, kind: str = "", after: UUID | None = None) -> Self:
        """The kind's button."""
        return cls(verb=verb, tenant=short(tenant_id), kind=kind, after=short(after) if after else "")

    @property
    def after_id(self) -> UUID | None:
        """Behind which letter."""
        return long(self.after) if self.after else None


class RightsVerb(StrEnum):
    """What is done for a lead's rights."""

    EXPORT = "export"
    ASK = "ask"
    FORGET = "forget"


class RightsTap(AboutConversation, prefix="r"):
    """A button about the rights of a lead, who is named by his conversation."""

    verb: RightsVerb

    @classmethod
    def about(cls, verb: RightsVerb, tenant_id: UUID, conversation_id: UUID) -> Self:
        """The button of this lead."""
        return cls(verb=verb, tenant=short(tenant_id), conversation=short(conversation_id))


class WishTap(AboutConversation, prefix="w"):
    """A button with what a lead wished, who is named by his conversation: a kind of request, to be left alone, or not."""

    wish: str

    @classmethod
    def about(cls, wish: WishKind | RequestKind, tenant_id: UUID, conversation_id: UUID) -> Self:
        """The wish's button."""
        return cls(wish=wish.value, tenant=short(tenant_id), conversation=short(conversation_id))


class LanguageTap(CallbackData, prefix="l"):
    """A button with a language, for whoever taps it."""

    language: str


class OperatorVerb(StrEnum):
    """What an operator does with a business."""

    SHOW = "show"
    ASK = "ask"
    SUSPEND = "stop"
    RESUME = "go"
    PLAN = "plan"
    ASK_DELETE = "gone?"
    DELETE = "gone"
    ASK_KEEP = "keep?"


class OperatorTap(CallbackData, prefix="o"):
    """A button of an operator's, about a business; ``plan`` is what it is put on."""

    verb: OperatorVerb
    tenant: str
    plan: str = ""

    @classmethod
    def about(cls, verb: OperatorVerb, tenant_id: UUID) -> Self:
        """The business's button."""
        return cls(verb=verb, tenant=short(tenant_id))

    @classmethod
    def to_plan(cls, tenant_id: UUID, plan: str) -> Self:
        """The button of a plan."""
        return cls(verb=OperatorVerb.PLAN, tenant=short(tenant_id), plan=plan)

    @property
    def tenant_id(self) -> UUID:
        """Which business."""
        return long(self.tenant)
