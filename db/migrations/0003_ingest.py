"""The function the webhooks call."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0003_ingest.up.sql`` and ``0003_settling.up.sql``, each with its ``.down.sql``."""

    dependencies = [("reveza", "0002_tenancy")]
    operations = [
        ops.RunSQL(sql=[script("0003_ingest.up.sql")], reverse_sql=[script("0003_ingest.down.sql")]),
        ops.RunSQL(sql=[script("0003_settling.up.sql")], reverse_sql=[script("0003_settling.down.sql")]),
    ]
