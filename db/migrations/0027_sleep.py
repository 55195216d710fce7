"""Conversations that sleep until a time."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """Two columns, and SQL kept beside: ``db/sql/0027_sleep.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0026_taken_back")]
    operations = [
        ops.AddField(model_name="Conversation", name="asleep_until", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Conversation", name="woken_at", field=fields.DatetimeField(null=True)),
        ops.RunSQL(sql=[script("0027_sleep.up.sql")], reverse_sql=[script("0027_sleep.down.sql")]),
    ]
