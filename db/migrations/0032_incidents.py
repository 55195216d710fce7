"""What was caught alerts whoever answers for a business."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0032_incidents.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0031_hearing")]
    operations = [ops.RunSQL(sql=[script("0032_incidents.up.sql")], reverse_sql=[script("0032_incidents.down.sql")])]
