"""What silent leads are written unasked."""

from tortoise import fields

from db.models.base import TenantModel


class FollowUp(TenantModel):
    """A step of what a silent lead is written unasked, once in each of his silences, which began at ``silent_since``.

    Due at ``due_at``; the job gives it a place (``leave_at``) among those that leave; what is written may leave until ``leave_by``.
    """

    lead_id = fields.UUIDField()
    conversation_id = fields.UUIDField()
    silent_since = fields.DatetimeField()
    step = fields.SmallIntField()
    kind = fields.CharField(max_length=10)
    state = fields.CharField(max_length=10, default="planned", db_default="planned")
    reason = fields.CharField(max_length=40, null=True)
    due_at = fields.DatetimeField()
    leave_at = fields.DatetimeField(null=True)
    leave_by = fields.DatetimeField(null=True)
    lease_until = fields.DatetimeField(null=True)
    attempts = fields.SmallIntField(default=0, db_default=0)
    message_id = fields.UUIDField(null=True)
    sent_at = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        """The table."""

        table = "follow_ups"
