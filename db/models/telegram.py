"""What Telegram shows of a tenant's conversations, and what it should show."""

from tortoise import fields

from core.domain.team import ChatKind, ChatStatus, PostKind
from db.models.base import TenantModel


class TelegramChat(TenantModel):
    """A Telegram chat that a tenant works in: a supergroup with topics, or a member's private chat.

    ``next_at`` and ``tokens`` pace what is sent there; under ``lease_until`` one process sends at a time, so that what
    is posted keeps its order.
    """

    bot_id = fields.BigIntField()
    chat_id = fields.BigIntField()
    kind = fields.CharEnumField(ChatKind, max_length=20)
    member_id = fields.UUIDField(null=True)
    title = fields.CharField(max_length=200, default="", db_default="")
    status = fields.CharEnumField(
        ChatStatus, max_length=20, default=ChatStatus.ACTIVE, db_default=ChatStatus.ACTIVE.value
    )
    next_at = fields.DatetimeField(null=True)
    tokens = fields.FloatField(default=0.0, db_default=0.0)
    tokens_at = fields.DatetimeField(null=True)
    lease_until = fields.DatetimeField(null=True)

    class Meta:
        """The table."""

        table = "telegram_chats"


class TelegramTopic(TenantModel):
    """A lead's topic in a supergroup."""

    chat_ref = fields.UUIDField()
    lead_id = fields.UUIDField()
    thread_id = fields.BigIntField()

    class Meta:
        """The table."""

        table = "telegram_topics"


class TelegramPost(TenantModel):
    """Something that a chat is to show, whatever it shows now; due while ``due_at`` is set.

    A card or a tick is brought to the latest state however often that changed; a relay goes on after ``shown_seq``,
    and ``shown`` tells how many parts of a message longer than one of Telegram's are there, and which message it is;
    a notice or a reply is shown once. ``version`` tells whether more changed while it was being shown.
    ``attempts`` and ``faults`` count failures since it was last shown: all of them, and those that nobody foresaw.
    """

    chat_ref = fields.UUIDField()
    conversation_id = fields.UUIDField(null=True)
    kind = fields.CharEnumField(PostKind, max_length=20)
    subject_id = fields.UUIDField()
    payload = fields.JSONField[dict[str, object]](default=dict, db_default="{}")
    thread_id = fields.BigIntField(null=True)
    number = fields.BigIntField(null=True)
    shown = fields.CharField(max_length=64, default="", db_default="")
    shown_seq = fields.IntField(default=0, db_default=0)
    version = fields.IntField(default=0, db_default=0)
    due_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0, db_default=0)
    faults = fields.IntField(default=0, db_default=0)
    error = fields.TextField(null=True)

    class Meta:
        """The table."""

        table = "telegram_posts"


class TelegramMessage(TenantModel):
    """A message of Telegram that is about a conversation: what a reply to it means. ``number`` is Telegram's id in the chat."""

    chat_ref = fields.UUIDField()
    number = fields.BigIntField()
    conversation_id = fields.UUIDField()
    message_id = fields.UUIDField(null=True)
    purpose = fields.CharField(max_length=20)

    class Meta:
        """The table."""

        table = "telegram_messages"
