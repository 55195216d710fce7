"""What people ask of whoever keeps their data, and what remains of those who were forgotten."""

from tortoise import fields

from core.domain.data_request import RequestKind, RequestOrigin, RequestState
from db.models.base import TenantModel


class Erasure(TenantModel):
    """A lead was erased; the tombstone of the same id stands outside the database. Rows are only ever added."""

    lead_id = fields.UUIDField()
    erased_at = fields.DatetimeField()

    class Meta:
        """The table."""

        table = "erasures"


class RetentionHold(TenantModel):
    """Somebody wants a lead, or all of the tenant, kept: nothing of it expires or is erased until it is lifted or over."""

    lead_id = fields.UUIDField(null=True)
    reason = fields.CharField(max_length=500)
    until = fields.DatetimeField(null=True)
    placed_by = fields.CharField(max_length=80)
    lifted_at = fields.DatetimeField(null=True)
    lifted_by = fields.CharField(max_length=80, null=True)

    class Meta:
        """The table."""

        table = "retention_holds"


class DataRequest(TenantModel):
    """Somebody asked to see, to have corrected or to have erased what is kept about him.

    ``reminded_at`` and ``overdue_told_at``: when admins were told that its term nears its end, and that it is over.
    """

    lead_id = fields.UUIDField()
    kind = fields.CharEnumField(RequestKind, max_length=20)
    origin = fields.CharEnumField(RequestOrigin, max_length=20)
    asked_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    state = fields.CharEnumField(
        RequestState, max_length=20, default=RequestState.OPEN, db_default=RequestState.OPEN.value
    )
    reason = fields.TextField(null=True)
    closed_at = fields.DatetimeField(null=True)
    closed_by = fields.UUIDField(null=True)
    reminded_at = fields.DatetimeField(null=True)
    overdue_told_at = fields.DatetimeField(null=True)

    class Meta:
        """The table."""

        table = "data_requests"
