"""What the team sees in Telegram."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0004_team.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0003_ingest")]
    operations = [ops.RunSQL(sql=[script("0004_team.up.sql")], reverse_sql=[script("0004_team.down.sql")])]
