"""Who is silent, and what of it follow-ups look at, are judged better."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0030_silence.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0029_budget")]
    operations = [
        ops.RunSQL(sql=[script("0030_silence.up.sql")], reverse_sql=[script("0030_silence.down.sql")]),
    ]
