"""Who is signed in to the Mini App, and what he has asked for."""

from tortoise import fields

from db.models.base import TenantModel


class AppSession(TenantModel):
    """A member's Mini App on one device, from a launch of Telegram's until it ends.

    ``launch`` is the launch's fingerprint: each opens one session. ``number`` is how often it was renewed: the refresh
    token with that number is the only one that is good.
    """

    member_id = fields.UUIDField()
    launch = fields.BinaryField()
    number = fields.IntField(default=0, db_default=0)
    renewed_at = fields.DatetimeField()
    client = fields.CharField(max_length=200, default="", db_default="")
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharField(max_length=20, null=True)

    class Meta:
        """The table."""

        table = "app_sessions"


class IdempotencyKey(TenantModel):
    """A request that was carried out, and what came of it, for whoever repeats it.

    ``id`` is the key that its client made up; ``fingerprint`` tells the request from every other.
    """

    member_id = fields.UUIDField()
    fingerprint = fields.BinaryField()
    answer = fields.JSONField[list[str]](default=list, db_default="[]")

    class Meta:
        """The table."""

        table = "idempotency_keys"
