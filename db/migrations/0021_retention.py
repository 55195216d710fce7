"""Holds, and figures that outlive what they were counted from."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """One table, three columns, and SQL kept beside: ``db/sql/0021_retention.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0020_reasons")]
    operations = [
        ops.CreateModel(
            name="RetentionHold",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("lead_id", fields.UUIDField(null=True)),
                ("reason", fields.CharField(max_length=500)),
                ("until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("placed_by", fields.CharField(max_length=80)),
                ("lifted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lifted_by", fields.CharField(null=True, max_length=80)),
            ],
            options={
                "table": "retention_holds",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "Somebody wants a lead, or all of the tenant, kept: nothing of it expires or is erased until it is lifted or over.",
            },
            bases=["TenantModel"],
        ),
        ops.AddField(model_name="ConversationDigest", name="expired", field=fields.IntField(default=0, db_default=0)),
        ops.AddField(
            model_name="ConversationDigest", name="expired_ai", field=fields.IntField(default=0, db_default=0)
        ),
        ops.AddField(
            model_name="ConversationDigest", name="expired_people", field=fields.IntField(default=0, db_default=0)
        ),
        ops.RunSQL(sql=[script("0021_retention.up.sql")], reverse_sql=[script("0021_retention.down.sql")]),
    ]
