"""What tenants pay for: the operators' plans, and under which of them each month was counted."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """A table, columns, and SQL kept beside: ``db/sql/0019_plans.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0018_audit")]
    operations = [
        ops.CreateModel(
            name="Plan",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("key", fields.CharField(unique=True, max_length=40)),
                ("name", fields.CharField(max_length=100)),
                ("leads", fields.IntField()),
                ("attendants", fields.IntField()),
                ("price_cents", fields.BigIntField(default=0, db_default=0)),
                ("excess_cents", fields.BigIntField(default=0, db_default=0)),
                ("currency", fields.CharField(default="BRL", db_default="BRL", max_length=3)),
                ("archived", fields.BooleanField(default=False, db_default=False)),
            ],
            options={
                "table": "plans",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "What a tenant may pay for.",
            },
            bases=["PlatformModel"],
        ),
        ops.AddField(model_name="UsageMonth", name="plan", field=fields.CharField(max_length=40, null=True)),
        ops.AddField(model_name="UsageMonth", name="plan_leads", field=fields.IntField(null=True)),
        ops.AddField(model_name="UsageMonth", name="price_cents", field=fields.BigIntField(null=True)),
        ops.AddField(model_name="UsageMonth", name="excess_cents", field=fields.BigIntField(null=True)),
        ops.AddField(model_name="UsageMonth", name="currency", field=fields.CharField(max_length=3, null=True)),
        ops.AddField(model_name="UsageMonth", name="told_percent", field=fields.IntField(default=0, db_default=0)),
        ops.RunSQL(sql=[script("0019_plans.up.sql")], reverse_sql=[script("0019_plans.down.sql")]),
    ]
