"""What is known of each tenant's log of deeds, for its people to see."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """Two columns, and SQL kept beside: ``db/sql/0033_log_watch.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0032_incidents")]
    operations = [
        ops.AddField(model_name="Tenant", name="audit_looked_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Tenant", name="audit_fault", field=fields.BigIntField(null=True)),
        ops.RunSQL(sql=[script("0033_log_watch.up.sql")], reverse_sql=[script("0033_log_watch.down.sql")]),
    ]
