"""What every table shares."""

from uuid import UUID

from tortoise import fields
from tortoise.fields.db_defaults import Now
from tortoise.models import Model

from core.domain.ids import uuid7


class PlatformModel(Model):
    """A row of the installation itself; each such table is listed with its reason in ``db.catalog``."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid7)
    created_at = fields.DatetimeField(auto_now_add=True, db_default=Now())

    class Meta:
        """Not a table of its own."""

        abstract = True


class TenantModel(Model):
    """A row that belongs to exactly one tenant; row-level security keeps it there.

    Other tenant rows are referenced by their id alone: the foreign keys are composite,
    ``(tenant_id, id)``, which the migrations add, so that a row can never point into another tenant.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=uuid7)
    tenant_id: UUID = fields.UUIDField()
    created_at = fields.DatetimeField(auto_now_add=True, db_default=Now())

    class Meta:
        """Not a table of its own."""

        abstract = True
