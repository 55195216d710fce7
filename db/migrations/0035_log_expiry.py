"""The log of deeds gets shorter at its old end, and what is left is still proven."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """One table, and SQL kept beside: ``db/sql/0035_log_expiry.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0034_leaving")]
    operations = [
        ops.CreateModel(
            name="AuditAnchor",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("number", fields.BigIntField()),
                ("hash", fields.BinaryField()),
            ],
            options={
                "table": "audit_anchors",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "What the audit log begins after: the number and the hash of the last entry that was taken from its old end.",
            },
            bases=["TenantModel"],
        ),
        ops.RunSQL(sql=[script("0035_log_expiry.up.sql")], reverse_sql=[script("0035_log_expiry.down.sql")]),
    ]
