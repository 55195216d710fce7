"""A business: its facts, its people, its accounts, its plan's usage."""

from tortoise import fields
from tortoise.fields.db_defaults import Now

from core.domain.conversation import Role
from db.models.base import PlatformModel, TenantModel


class Tenant(PlatformModel):
    """One business. ``settings`` is read through ``core.domain.tenant.TenantSettings``."""

    slug = fields.CharField(max_length=63, unique=True)
    name = fields.CharField(max_length=200)
    status = fields.CharField(max_length=20, default="active", db_default="active")
    plan = fields.CharField(max_length=40, default="starter", db_default="starter")
    timezone = fields.CharField(max_length=64, default="America/Sao_Paulo", db_default="America/Sao_Paulo")
    timezone_since = fields.DatetimeField(db_default=Now())
    """Kept by the database."""
    locale = fields.CharField(max_length=10, default="pt-BR", db_default="pt-BR")
    debounce_seconds = fields.FloatField(default=4.0, db_default=4.0)
    ai_paused = fields.BooleanField(default=False, db_default=False)
    ai_resumed_at = fields.DatetimeField(null=True)
    """When the AI went on, until what a webhook was writing just then has been looked for."""
    settings = fields.JSONField[dict[str, object]](default=dict, db_default="{}")
    settings_version = fields.IntField(default=0, db_default=0)
    """How often what stands above was changed; counted by the database."""
    deletion_due_at = fields.DatetimeField(null=True)
    """From when on all of it goes."""
    audit_looked_at = fields.DatetimeField(null=True)
    audit_fault = fields.BigIntField(null=True)
    """The first entry of its log of deeds that did not fit then; null: the log was whole."""

    class Meta:
        """The table."""

        table = "tenants"


class Plan(PlatformModel):
    """What a tenant may pay for."""

    key = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=100)
    leads = fields.IntField()
    attendants = fields.IntField()
    price_cents = fields.BigIntField(default=0, db_default=0)
    excess_cents = fields.BigIntField(default=0, db_default=0)
    """The price of each lead beyond it."""
    currency = fields.CharField(max_length=3, default="BRL", db_default="BRL")
    archived = fields.BooleanField(default=False, db_default=False)
    """Nobody more is put on it."""

    class Meta:
        """The table."""

        table = "plans"


class CredentialSet(PlatformModel):
    """What verifies deliveries to one ``account_key``; several tenants' accounts may be bound to it."""

    account_key = fields.CharField(max_length=120, unique=True)
    channel = fields.CharField(max_length=40)
    label = fields.CharField(max_length=200, default="", db_default="")
    sealed = fields.BinaryField()

    class Meta:
        """The table."""

        table = "credential_sets"


class ChannelAccount(TenantModel):
    """A tenant's connection to one provider."""

    credential_set_id = fields.UUIDField()
    channel = fields.CharField(max_length=40)
    external_id = fields.CharField(max_length=200)
    business_id = fields.CharField(max_length=200, null=True)
    label = fields.CharField(max_length=200, default="", db_default="")
    status = fields.CharField(max_length=20, default="active", db_default="active")
    stopped_reason = fields.TextField(null=True)
    purge_due_at = fields.DatetimeField(null=True)
    """When its provider's queue is to be emptied, for its phone is away; whoever is at it moves this on."""
    sealed = fields.BinaryField()

    class Meta:
        """The table."""

        table = "channel_accounts"


class TenantKey(TenantModel):
    """What a tenant's credentials are sealed under, sealed itself under the installation's key."""

    key_id = fields.BinaryField()
    sealed = fields.BinaryField()

    class Meta:
        """The table."""

        table = "tenant_keys"


class Member(TenantModel):
    """A Telegram user in a tenant."""

    telegram_user_id = fields.BigIntField()
    name = fields.CharField(max_length=200)
    role = fields.CharEnumField(Role, max_length=20)
    language = fields.CharField(max_length=10, default="pt-BR", db_default="pt-BR")
    on_duty = fields.BooleanField(default=True, db_default=True)
    acts_since = fields.DatetimeField(null=True)
    """Since when he acts here in his private chat; of several tenants the latest counts."""
    active_conversation_id = fields.UUIDField(null=True)
    """Whom he writes to there without replying to anything."""
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        """The table."""

        table = "members"


class Invite(TenantModel):
    """A way in for one new member: it expires and works once. Only the token's hash is kept."""

    token_hash = fields.CharField(max_length=64)
    role = fields.CharEnumField(Role, max_length=20)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    created_by = fields.UUIDField(null=True)

    class Meta:
        """The table."""

        table = "invites"


class KnowledgeEntry(TenantModel):
    """One thing the AI may say: a question with its answer, or free text. ``search`` is kept by the database."""

    title = fields.TextField()
    content = fields.TextField()
    source = fields.CharField(max_length=200, default="", db_default="")
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        """The table."""

        table = "knowledge_entries"


class QuickReply(TenantModel):
    """Words that the team writes often, by the short name under which they are found."""

    shortcut = fields.CharField(max_length=40)
    text = fields.TextField()

    class Meta:
        """The table."""

        table = "quick_replies"


class UsageMonth(TenantModel):
    """What a tenant used in one calendar month of its own time zone. Cost in millionths of a US dollar.

    ``plan`` and what follows: what the month was counted under, once it is over; until then the tenant's plan counts.
    ``told_percent``: how full of the plan the admins know it to be, 80 or 100; ``budget_percent``: how much of the AI's
    budget they know to be used up, which was ``budget_micros`` then.
    """

    month = fields.DateField()
    leads = fields.IntField(default=0, db_default=0)
    ai_cost_micros = fields.BigIntField(default=0, db_default=0)
    ai_tokens = fields.BigIntField(default=0, db_default=0)
    plan = fields.CharField(max_length=40, null=True)
    plan_leads = fields.IntField(null=True)
    price_cents = fields.BigIntField(null=True)
    excess_cents = fields.BigIntField(null=True)
    currency = fields.CharField(max_length=3, null=True)
    told_percent = fields.IntField(default=0, db_default=0)
    budget_percent = fields.IntField(default=0, db_default=0)
    budget_micros = fields.BigIntField(default=0, db_default=0)

    class Meta:
        """The table."""

        table = "usage_months"


class AuditEntry(TenantModel):
    """Who did what; rows are only ever added."""

    actor = fields.CharField(max_length=80)
    action = fields.CharField(max_length=80)
    subject = fields.CharField(max_length=120, default="", db_default="")
    details = fields.JSONField[dict[str, object]](default=dict, db_default="{}")
    number = fields.BigIntField(default=0, db_default=0)
    hash = fields.BinaryField(null=True)
    """Both given by the database: they chain an entry to the one before."""

    class Meta:
        """The table."""

        table = "audit_log"


class AuditAnchor(TenantModel):
    """What the audit log begins after: the number and the hash of the last entry that was taken from its old end.

    Written by the database, whenever entries are taken.
    """

    number = fields.BigIntField()
    hash = fields.BinaryField()

    class Meta:
        """The table."""

        table = "audit_anchors"
