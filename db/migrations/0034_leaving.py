"""A business's people are told that it is to be deleted."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0034_leaving.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0033_log_watch")]
    operations = [ops.RunSQL(sql=[script("0034_leaving.up.sql")], reverse_sql=[script("0034_leaving.down.sql")])]
