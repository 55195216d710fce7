"""Conversations, their messages, and the raw events they came from."""

from tortoise import fields

from core.domain.conversation import Author, ConversationStatus, Direction, HandOffReason, MessageStatus, Purpose
from db.models.base import TenantModel


class Conversation(TenantModel):
    """The thread with one lead on one channel account, and the state of the AI's turn in it.

    ``message_seq`` numbers all messages, ``inbound_seq`` is the number of the lead's latest,
    ``answered_seq`` the latest one that an answer took into account. A turn is due when
    ``turn_due_at`` is set; it is running while ``turn_lease_until`` lies ahead, under ``turn_token``.
    At ``waiting_due_at`` somebody looks what comes next while a lead waits for the team; ``waiting_step`` is the last of it
    that has happened (see ``core.domain.waiting.Rung``), ``waiting_until`` when the tenant's choice is due.
    It sleeps until ``asleep_until``, if that is set, and slept last until ``woken_at``; asleep, none of these clocks run.
    At ``silent_due_at`` somebody looks whether whoever has the conversation answers; at ``silent_told_at`` the team was
    told that he does not. ``automatic_run`` counts messages in a row that look like a machine's.
    At ``listen_due_at`` somebody listens to what the lead said where no turn heard it; up to ``heard_seq`` that was done.
    """

    lead_id = fields.UUIDField()
    channel_account_id = fields.UUIDField()
    status = fields.CharEnumField(
        ConversationStatus, max_length=20, default=ConversationStatus.AI, db_default=ConversationStatus.AI.value
    )
    reply_kind = fields.CharField(max_length=20)
    reply_address = fields.TextField()
    message_seq = fields.IntField(default=0, db_default=0)
    inbound_seq = fields.IntField(default=0, db_default=0)
    answered_seq = fields.IntField(default=0, db_default=0)
    context_from_seq = fields.IntField(default=0, db_default=0)
    previous_id = fields.UUIDField(null=True)
    assignee_id = fields.UUIDField(null=True)
    first_unanswered_at = fields.DatetimeField(null=True)
    last_inbound_at = fields.DatetimeField(null=True)
    last_activity_at = fields.DatetimeField()
    turn_due_at = fields.DatetimeField(null=True)
    turn_token = fields.BigIntField(default=0, db_default=0)
    turn_lease_until = fields.DatetimeField(null=True)
    turn_attempts = fields.IntField(default=0, db_default=0)
    waiting_since = fields.DatetimeField(null=True)
    waiting_until = fields.DatetimeField(null=True)
    waiting_due_at = fields.DatetimeField(null=True)
    waiting_step = fields.SmallIntField(default=0, db_default=0)
    idle_turns = fields.IntField(default=0, db_default=0)
    unreadable_run = fields.IntField(default=0, db_default=0)
    automatic_run = fields.IntField(default=0, db_default=0)
    asleep_until = fields.DatetimeField(null=True)
    woken_at = fields.DatetimeField(null=True)
    silent_due_at = fields.DatetimeField(null=True)
    silent_told_at = fields.DatetimeField(null=True)
    heard_seq = fields.IntField(default=0, db_default=0)
    listen_due_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    is_latest = fields.BooleanField(default=True, db_default=True)
    """Of its lead's conversations; kept by the database."""

    class Meta:
        """The table."""

        table = "conversations"


class Message(TenantModel):
    """One message, in or out, or a note that never leaves."""

    conversation_id = fields.UUIDField()
    lead_id = fields.UUIDField()
    channel_account_id = fields.UUIDField()
    seq = fields.IntField()
    direction = fields.CharEnumField(Direction, max_length=3)
    author = fields.CharEnumField(Author, max_length=20)
    purpose = fields.CharEnumField(Purpose, max_length=20, null=True)
    bubble = fields.IntField(default=0, db_default=0)
    type = fields.CharField(max_length=40, default="text", db_default="text")
    text = fields.TextField(null=True)
    media = fields.JSONField[dict[str, object]](null=True)
    status = fields.CharEnumField(MessageStatus, max_length=20)
    external_id = fields.TextField(null=True)
    ref_external_id = fields.TextField(null=True)
    provider_ts = fields.DatetimeField(null=True)
    turn_id = fields.UUIDField(null=True)
    member_id = fields.UUIDField(null=True)
    attempts = fields.IntField(default=0, db_default=0)
    next_attempt_at = fields.DatetimeField(null=True)
    send_token = fields.BigIntField(default=0, db_default=0)
    send_lease_until = fields.DatetimeField(null=True)
    settle_by = fields.DatetimeField(null=True)
    error_code = fields.CharField(max_length=40, null=True)
    error_detail = fields.TextField(null=True)
    sent_at = fields.DatetimeField(null=True)
    delivered_at = fields.DatetimeField(null=True)
    read_at = fields.DatetimeField(null=True)
    edited_at = fields.DatetimeField(null=True)
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        """The table."""

        table = "messages"


class RawEvent(TenantModel):
    """One event as it came, and the key that lets it in only once."""

    channel_account_id = fields.UUIDField()
    kind = fields.CharField(max_length=40)
    external_id = fields.TextField()
    variant = fields.TextField(default="", db_default="")
    body = fields.BinaryField()

    class Meta:
        """The table."""

        table = "raw_events"


class EarlyReceipt(TenantModel):
    """A delivery status for a message whose send call has not returned yet."""

    channel_account_id = fields.UUIDField()
    external_id = fields.TextField()
    status = fields.CharEnumField(MessageStatus, max_length=20)
    error_code = fields.CharField(max_length=40, null=True)
    at = fields.DatetimeField(null=True)

    class Meta:
        """The table."""

        table = "early_receipts"


class HandOff(TenantModel):
    """The AI gave a conversation to the team: why, who took it, when it went back."""

    conversation_id = fields.UUIDField()
    lead_id = fields.UUIDField()
    turn_id = fields.UUIDField(null=True)
    reason = fields.CharEnumField(HandOffReason, max_length=40)
    detail = fields.TextField(default="", db_default="")
    summary = fields.TextField(null=True)
    summary_due_at = fields.DatetimeField(null=True)
    summary_attempts = fields.IntField(default=0, db_default=0)
    claimed_by = fields.UUIDField(null=True)
    claimed_at = fields.DatetimeField(null=True)
    returned_at = fields.DatetimeField(null=True)
    return_reason = fields.CharField(max_length=40, null=True)

    class Meta:
        """The table."""

        table = "hand_offs"
