"""A lead who waits for the team is told of again, then to those who lead it, before the tenant's choice happens."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """Two columns, and SQL kept beside: ``db/sql/0023_waiting.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0022_deletion")]
    operations = [
        ops.AddField(model_name="Conversation", name="waiting_due_at", field=fields.DatetimeField(null=True)),
        ops.AddField(
            model_name="Conversation", name="waiting_step", field=fields.SmallIntField(default=0, db_default=0)
        ),
        ops.RunSQL(sql=[script("0023_waiting.up.sql")], reverse_sql=[script("0023_waiting.down.sql")]),
    ]
