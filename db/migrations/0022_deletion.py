"""When a business that is deleted goes."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """One column, and SQL kept beside: ``db/sql/0022_deletion.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0021_retention")]
    operations = [
        ops.AddField(
            model_name="Tenant",
            name="deletion_due_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunSQL(sql=[script("0022_deletion.up.sql")], reverse_sql=[script("0022_deletion.down.sql")]),
    ]
