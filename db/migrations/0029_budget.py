"""What admins know of the AI's budget."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """Two columns, and SQL kept beside: ``db/sql/0029_budget.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0028_follow_ups")]
    operations = [
        ops.AddField(model_name="UsageMonth", name="budget_percent", field=fields.IntField(default=0, db_default=0)),
        ops.AddField(model_name="UsageMonth", name="budget_micros", field=fields.BigIntField(default=0, db_default=0)),
        ops.RunSQL(sql=[script("0029_budget.up.sql")], reverse_sql=[script("0029_budget.down.sql")]),
    ]
