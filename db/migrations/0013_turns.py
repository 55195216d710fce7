"""A turn's way through the database, a round trip a step."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0013_turns.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0012_managing")]
    operations = [ops.RunSQL(sql=[script("0013_turns.up.sql")], reverse_sql=[script("0013_turns.down.sql")])]
