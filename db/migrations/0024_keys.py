"""A data key for each tenant."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """One table, and SQL kept beside: ``db/sql/0024_keys.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0023_waiting")]
    operations = [
        ops.CreateModel(
            name="TenantKey",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("key_id", fields.BinaryField()),
                ("sealed", fields.BinaryField()),
            ],
            options={
                "table": "tenant_keys",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "What a tenant's credentials are sealed under, sealed itself under the installation's key.",
            },
            bases=["TenantModel"],
        ),
        ops.RunSQL(sql=[script("0024_keys.up.sql")], reverse_sql=[script("0024_keys.down.sql")]),
    ]
