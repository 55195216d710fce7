"""What the pipeline is looked at by: tags of leads, and digests of conversations."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """Two tables, two columns, and SQL kept beside: ``db/sql/0011_pipeline.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0010_providers")]
    operations = [
        ops.CreateModel(
            name="ConversationDigest",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("conversation_id", fields.UUIDField()),
                ("lead_id", fields.UUIDField()),
                ("channel_account_id", fields.UUIDField()),
                ("upto_seq", fields.IntField()),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("first_of_lead", fields.BooleanField()),
                ("first_answer_seconds", fields.IntField(null=True)),
                ("first_answer_by", fields.CharField(null=True, max_length=20)),
                ("answers_ai", fields.IntField(default=0, db_default=0)),
                ("answers_people", fields.IntField(default=0, db_default=0)),
                ("sought", fields.TextField(unique=False)),
            ],
            options={
                "table": "conversation_digests",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "One conversation up to a message of its. ``words`` is kept by the database.",
            },
            bases=["TenantModel"],
        ),
        ops.CreateModel(
            name="DigestMark",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("upto", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "digest_marks",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "Until when all of a tenant's conversations have their digests.",
            },
            bases=["TenantModel"],
        ),
        ops.AddField(model_name="Lead", name="tags", field=fields.JSONField(default=list, db_default="[]")),
        ops.AddField(
            model_name="Conversation", name="is_latest", field=fields.BooleanField(default=True, db_default=True)
        ),
        ops.RunSQL(sql=[script("0011_pipeline.up.sql")], reverse_sql=[script("0011_pipeline.down.sql")]),
    ]
