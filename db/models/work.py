"""The AI's work and what it cost, what waits to be told, and what went wrong."""

from tortoise import fields

from core.domain.conversation import TurnOutcome
from db.models.base import PlatformModel, TenantModel


class Turn(TenantModel):
    """One finished run of the AI over what the lead said since the last answer."""

    conversation_id = fields.UUIDField()
    token = fields.BigIntField()
    from_seq = fields.IntField()
    to_seq = fields.IntField()
    restarts = fields.IntField()
    outcome = fields.CharEnumField(TurnOutcome, max_length=20)
    decision = fields.JSONField[dict[str, object]](null=True)
    verdicts = fields.JSONField[dict[str, object]](default=dict, db_default="{}")
    prompt = fields.JSONField[dict[str, object]](default=dict, db_default="{}")
    duration_ms = fields.IntField(default=0, db_default=0)

    class Meta:
        """The table."""

        table = "turns"


class AiCall(TenantModel):
    """One call of a language model. Cost in millionths of a US dollar, at the price of the day."""

    turn_id = fields.UUIDField(null=True)
    conversation_id = fields.UUIDField(null=True)
    purpose = fields.CharField(max_length=20)
    model = fields.CharField(max_length=80)
    tokens_in = fields.IntField(default=0, db_default=0)
    tokens_out = fields.IntField(default=0, db_default=0)
    tokens_cache_read = fields.IntField(default=0, db_default=0)
    tokens_cache_write = fields.IntField(default=0, db_default=0)
    cost_micros = fields.BigIntField(default=0, db_default=0)
    latency_ms = fields.IntField()
    outcome = fields.CharField(max_length=40)
    request_id = fields.CharField(max_length=120, default="", db_default="")

    class Meta:
        """The table."""

        table = "ai_calls"


class Notification(TenantModel):
    """Something the team is to be told: a kind and ids; whoever tells it renders it."""

    kind = fields.CharField(max_length=40)
    subject_id = fields.UUIDField()
    payload = fields.JSONField[dict[str, object]](default=dict, db_default="{}")
    status = fields.CharField(max_length=20, default="queued", db_default="queued")
    due_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0, db_default=0)
    told_at = fields.DatetimeField(null=True)

    class Meta:
        """The table."""

        table = "notifications"


class SecurityIncident(TenantModel):
    """Something the guard or the validator caught, and which layer it was."""

    conversation_id = fields.UUIDField(null=True)
    turn_id = fields.UUIDField(null=True)
    layer = fields.CharField(max_length=20)
    verdict = fields.CharField(max_length=20)
    reasons = fields.JSONField[list[str]](default=list, db_default="[]")
    false_positive = fields.BooleanField(default=False, db_default=False)

    class Meta:
        """The table."""

        table = "security_incidents"


class DeadLetter(TenantModel):
    """What failed for good: its kind, its error, and what is needed to try it again."""

    kind = fields.CharField(max_length=20)
    subject_id = fields.UUIDField()
    error = fields.TextField()
    payload = fields.JSONField[dict[str, object]](default=dict, db_default="{}")
    attempts = fields.IntField(default=0, db_default=0)
    status = fields.CharField(max_length=20, default="open", db_default="open")
    resolved_at = fields.DatetimeField(null=True)

    class Meta:
        """The table."""

        table = "dead_letters"


class MessageFetch(TenantModel):
    """A message that its provider only told of, to be asked for by its id; gone once it is here."""

    channel_account_id = fields.UUIDField()
    external_id = fields.TextField()
    due_at = fields.DatetimeField(null=True)
    lease_until = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0, db_default=0)

    class Meta:
        """The table."""

        table = "message_fetches"


class KnownJob(PlatformModel):
    """Since when the installation has had a job: no moment before that is made up for."""

    job = fields.CharField(max_length=60, unique=True)
    since = fields.DatetimeField()

    class Meta:
        """The table."""

        table = "known_jobs"


class JobRun(PlatformModel):
    """One run of a scheduled job over the tenants of a time zone, or over one of them.

    It is under way while ``lease_until`` lies ahead, under ``token``; ``cursor`` is the last tenant that it has done with,
    ``failed`` how often each tenant's work has failed in it. ``attempts`` counts the claims since it last moved on.
    """

    job = fields.CharField(max_length=60)
    zone = fields.CharField(max_length=64, default="", db_default="")
    due_at = fields.DatetimeField()
    only_tenant = fields.UUIDField(null=True)
    by_hand = fields.BooleanField(default=False, db_default=False)
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=20, null=True)
    token = fields.BigIntField(default=0, db_default=0)
    lease_until = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0, db_default=0)
    cursor = fields.UUIDField(null=True)
    failed = fields.JSONField[dict[str, int]](default=dict, db_default="{}")
    counts = fields.JSONField[dict[str, object]](default=dict, db_default="{}")
    error = fields.TextField(null=True)

    class Meta:
        """The table."""

        table = "job_runs"


class JobMark(TenantModel):
    """How far a job has come with a tenant's rows, in the order of time.

    All of them are done ``upto`` a moment. The run of ``due_at`` has got to ``at``; ``skipped``: it left some out.
    """

    job = fields.CharField(max_length=60)
    upto = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    at = fields.DatetimeField(null=True)
    skipped = fields.BooleanField(default=False, db_default=False)

    class Meta:
        """The table."""

        table = "job_marks"


class TelegramUpdate(PlatformModel):
    """An update as Telegram gave it, stored before it is acknowledged; its tenant is not known yet.

    Updates of one ``lane`` (a chat, or a person) are processed in order. One that was processed keeps its number, not
    its words; one that was given up keeps both, with the error.
    """

    bot_id = fields.BigIntField()
    update_id = fields.BigIntField()
    lane = fields.BigIntField()
    body = fields.BinaryField()
    attempts = fields.IntField(default=0, db_default=0)
    lease_until = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)
    error = fields.TextField(null=True)

    class Meta:
        """The table."""

        table = "telegram_updates"


class ParkedPayload(PlatformModel):
    """A queue entry nobody here can read: another version, or not ours."""

    reason = fields.CharField(max_length=80)
    body = fields.BinaryField()

    class Meta:
        """The table."""

        table = "parked_payloads"
