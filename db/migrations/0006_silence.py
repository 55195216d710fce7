"""Who has a conversation and stays silent is noticed."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0006_silence.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0005_groups")]
    operations = [ops.RunSQL(sql=[script("0006_silence.up.sql")], reverse_sql=[script("0006_silence.down.sql")])]
