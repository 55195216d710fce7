"""What the managers' screens wait for."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0014_pace.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0013_turns")]
    operations = [ops.RunSQL(sql=[script("0014_pace.up.sql")], reverse_sql=[script("0014_pace.down.sql")])]
