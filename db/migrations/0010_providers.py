"""What providers are asked for beside sending: messages that they only told of, and to empty their queues."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """A table, a column, and SQL kept beside: ``db/sql/0010_providers.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0009_sessions")]
    operations = [
        ops.CreateModel(
            name="MessageFetch",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("channel_account_id", fields.UUIDField()),
                ("external_id", fields.TextField(unique=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lease_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0, db_default=0)),
            ],
            options={
                "table": "message_fetches",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "A message that its provider only told of, to be asked for by its id; gone once it is here.",
            },
            bases=["TenantModel"],
        ),
        ops.AddField(model_name="ChannelAccount", name="purge_due_at", field=fields.DatetimeField(null=True)),
        ops.RunSQL(sql=[script("0010_providers.up.sql")], reverse_sql=[script("0010_providers.down.sql")]),
    ]
