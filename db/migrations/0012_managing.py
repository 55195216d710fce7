"""What the Mini App manages by: requests that may be repeated, quick replies, and which settings somebody has seen."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """Two tables, a column, and SQL kept beside: ``db/sql/0012_managing.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0011_pipeline")]
    operations = [
        ops.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("member_id", fields.UUIDField()),
                ("fingerprint", fields.BinaryField()),
                ("answer", fields.JSONField(default=list, db_default="[]")),
            ],
            options={
                "table": "idempotency_keys",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "A request that was carried out, and what came of it, for whoever repeats it.",
            },
            bases=["TenantModel"],
        ),
        ops.CreateModel(
            name="QuickReply",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("shortcut", fields.CharField(max_length=40)),
                ("text", fields.TextField(unique=False)),
            ],
            options={
                "table": "quick_replies",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "Words that the team writes often, by the short name under which they are found.",
            },
            bases=["TenantModel"],
        ),
        ops.AddField(model_name="Tenant", name="settings_version", field=fields.IntField(default=0, db_default=0)),
        ops.RunSQL(sql=[script("0012_managing.up.sql")], reverse_sql=[script("0012_managing.down.sql")]),
    ]
