"""The people who write, and where they stand in the pipeline."""

from tortoise import fields

from db.models.base import TenantModel


class Stage(TenantModel):
    """A column of the tenant's pipeline. ``min_score``: reached by itself at this score, forward only."""

    key = fields.CharField(max_length=40)
    name = fields.CharField(max_length=80)
    position = fields.IntField()
    min_score = fields.IntField(null=True)
    outcome = fields.CharField(max_length=10, default="open", db_default="open")

    class Meta:
        """The table."""

        table = "stages"


class Lead(TenantModel):
    """A person who writes to a tenant.

    In the silence that began at ``silent_since``, his last word, he has lost points ``silent_steps`` times.
    """

    name = fields.TextField(null=True)
    phone = fields.TextField(null=True)
    stage_key = fields.CharField(max_length=40, default="new", db_default="new")
    score = fields.IntField(default=0, db_default=0)
    facts = fields.JSONField[dict[str, object]](default=dict, db_default="{}")
    source = fields.JSONField[dict[str, object]](null=True)
    opted_out_at = fields.DatetimeField(null=True)
    tags = fields.JSONField[list[str]](default=list, db_default="[]")
    silent_since = fields.DatetimeField(null=True)
    silent_steps = fields.SmallIntField(default=0, db_default=0)

    class Meta:
        """The table."""

        table = "leads"


class ContactIdentity(TenantModel):
    """One name a channel has for a lead.

    ``match_key`` is what two spellings of the same number share; ``address`` what the channel
    gave and wants back. ``scope`` is empty for phone numbers, which are the person's everywhere,
    and the channel account's id for names that mean something only there.
    """

    lead_id = fields.UUIDField()
    kind = fields.CharField(max_length=20)
    scope = fields.CharField(max_length=40, default="", db_default="")
    match_key = fields.TextField()
    address = fields.TextField()

    class Meta:
        """The table."""

        table = "contact_identities"


class LeadMonth(TenantModel):
    """A lead counted in a month, once, with the message that counted it."""

    month = fields.DateField()
    lead_id = fields.UUIDField()
    first_message_id = fields.UUIDField()

    class Meta:
        """The table."""

        table = "lead_months"


class ScoreChange(TenantModel):
    """Why a lead's score is what it is."""

    lead_id = fields.UUIDField()
    before = fields.IntField()
    after = fields.IntField()
    reason = fields.CharField(max_length=200)
    turn_id = fields.UUIDField(null=True)

    class Meta:
        """The table."""

        table = "score_changes"


class StageChange(TenantModel):
    """A lead's way through the pipeline."""

    lead_id = fields.UUIDField()
    before = fields.CharField(max_length=40)
    after = fields.CharField(max_length=40)
    reason = fields.CharField(max_length=200)

    class Meta:
        """The table."""

        table = "stage_changes"
