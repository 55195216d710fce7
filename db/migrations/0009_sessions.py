"""Who is signed in to the Mini App."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """A table, and SQL kept beside: ``db/sql/0009_sessions.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0008_truthful")]
    operations = [
        ops.CreateModel(
            name="AppSession",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("member_id", fields.UUIDField()),
                ("launch", fields.BinaryField()),
                ("number", fields.IntField(default=0, db_default=0)),
                ("renewed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("client", fields.CharField(default="", db_default="", max_length=200)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("end_reason", fields.CharField(null=True, max_length=20)),
            ],
            options={
                "table": "app_sessions",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "A member's Mini App on one device, from a launch of Telegram's until it ends.",
            },
            bases=["TenantModel"],
        ),
        ops.RunSQL(sql=[script("0009_sessions.up.sql")], reverse_sql=[script("0009_sessions.down.sql")]),
    ]
