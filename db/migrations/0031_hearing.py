"""What leads wish is heard where no turn of the AI hears it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """Two columns, and SQL kept beside: ``db/sql/0031_hearing.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0030_silence")]
    operations = [
        ops.AddField(model_name="Conversation", name="heard_seq", field=fields.IntField(default=0, db_default=0)),
        ops.AddField(model_name="Conversation", name="listen_due_at", field=fields.DatetimeField(null=True)),
        ops.RunSQL(sql=[script("0031_hearing.up.sql")], reverse_sql=[script("0031_hearing.down.sql")]),
    ]
