"""A Telegram group belongs to one business."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0005_groups.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0004_team")]
    operations = [ops.RunSQL(sql=[script("0005_groups.up.sql")], reverse_sql=[script("0005_groups.down.sql")])]
