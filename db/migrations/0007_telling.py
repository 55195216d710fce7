"""What is told to the team does not grow for ever, is told by known kinds, and gives up what it cannot show."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """Columns, and SQL kept beside: ``db/sql/0007_telling.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0006_silence")]
    operations = [
        ops.RemoveField(model_name="TelegramPost", name="lease_until"),
        ops.AddField(model_name="TelegramPost", name="faults", field=fields.IntField(default=0, db_default=0)),
        ops.RunSQL(sql=[script("0007_telling.up.sql")], reverse_sql=[script("0007_telling.down.sql")]),
    ]
