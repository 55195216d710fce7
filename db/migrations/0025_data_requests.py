"""What people ask of whoever keeps their data, each with its term."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.data_request import RequestKind, RequestOrigin, RequestState
from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """One table, and SQL kept beside: ``db/sql/0025_data_requests.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0024_keys")]
    operations = [
        ops.CreateModel(
            name="DataRequest",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("lead_id", fields.UUIDField()),
                ("kind", fields.CharEnumField(RequestKind, max_length=20)),
                ("origin", fields.CharEnumField(RequestOrigin, max_length=20)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "state",
                    fields.CharEnumField(
                        RequestState, max_length=20, default=RequestState.OPEN, db_default=RequestState.OPEN.value
                    ),
                ),
                ("reason", fields.TextField(null=True)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("closed_by", fields.UUIDField(null=True)),
                ("reminded_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("overdue_told_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "data_requests",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "Somebody asked to see, to have corrected or to have erased what is kept about him.",
            },
            bases=["TenantModel"],
        ),
        ops.RunSQL(sql=[script("0025_data_requests.up.sql")], reverse_sql=[script("0025_data_requests.down.sql")]),
    ]
