"""What conversations are found and counted by, written behind everybody's back once their words have settled."""

from tortoise import fields

from db.models.base import TenantModel


class ConversationDigest(TenantModel):
    """One conversation up to a message of its. ``words`` is kept by the database.

    ``first_of_lead``: with it the lead came. ``first_answer_by``: whoever answered the lead first, so many seconds after his first word.
    ``expired``: messages whose time was over, which still count, and how many of them were answers.
    """

    conversation_id = fields.UUIDField()
    lead_id = fields.UUIDField()
    channel_account_id = fields.UUIDField()
    upto_seq = fields.IntField()
    opened_at = fields.DatetimeField()
    first_of_lead = fields.BooleanField()
    first_answer_seconds = fields.IntField(null=True)
    first_answer_by = fields.CharField(max_length=20, null=True)
    answers_ai = fields.IntField(default=0, db_default=0)
    answers_people = fields.IntField(default=0, db_default=0)
    sought = fields.TextField()
    expired = fields.IntField(default=0, db_default=0)
    expired_ai = fields.IntField(default=0, db_default=0)
    expired_people = fields.IntField(default=0, db_default=0)

    class Meta:
        """The table."""

        table = "conversation_digests"


class DigestMark(TenantModel):
    """Until when all of a tenant's conversations have their digests."""

    upto = fields.DatetimeField()

    class Meta:
        """The table."""

        table = "digest_marks"
