"""Leads who were forgotten."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """One table, and SQL kept beside: ``db/sql/0017_erasures.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0016_restored")]
    operations = [
        ops.CreateModel(
            name="Erasure",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("lead_id", fields.UUIDField()),
                ("erased_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "erasures",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "A lead was erased; the tombstone of the same id stands outside the database. Rows are only ever added.",
            },
            bases=["TenantModel"],
        ),
        ops.RunSQL(sql=[script("0017_erasures.up.sql")], reverse_sql=[script("0017_erasures.down.sql")]),
    ]
