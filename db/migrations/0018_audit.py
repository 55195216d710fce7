"""The audit log as a chain."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """Two columns, and SQL kept beside: ``db/sql/0018_audit.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0017_erasures")]
    operations = [
        ops.AddField(model_name="AuditEntry", name="number", field=fields.BigIntField(default=0, db_default=0)),
        ops.AddField(model_name="AuditEntry", name="hash", field=fields.BinaryField(null=True)),
        ops.RunSQL(sql=[script("0018_audit.up.sql")], reverse_sql=[script("0018_audit.down.sql")]),
    ]
