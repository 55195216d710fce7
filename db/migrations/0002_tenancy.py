"""Keys, roles' grants and row-level security."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0002_tenancy.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0001_initial")]
    operations = [ops.RunSQL(sql=[script("0002_tenancy.up.sql")], reverse_sql=[script("0002_tenancy.down.sql")])]
