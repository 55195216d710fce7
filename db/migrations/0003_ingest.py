"""The function the webhooks call."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0003_ingest.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0002_tenancy")]
    operations = [ops.RunSQL(sql=[script("0003_ingest.up.sql")], reverse_sql=[script("0003_ingest.down.sql")])]
