"""Leads who are written to unasked: one row a step of a silence."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.conversation import Purpose
from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """One table, and SQL kept beside: ``db/sql/0028_follow_ups.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0027_sleep")]
    operations = [
        ops.CreateModel(
            name="FollowUp",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("lead_id", fields.UUIDField()),
                ("conversation_id", fields.UUIDField()),
                ("silent_since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("step", fields.SmallIntField()),
                ("kind", fields.CharField(max_length=10)),
                ("state", fields.CharField(default="planned", db_default="planned", max_length=10)),
                ("reason", fields.CharField(null=True, max_length=40)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("leave_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("leave_by", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("lease_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("attempts", fields.SmallIntField(default=0, db_default=0)),
                ("message_id", fields.UUIDField(null=True)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("answered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "follow_ups",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "A step of what a silent lead is written unasked, once in each of his silences, which began at ``silent_since``.",
            },
            bases=["TenantModel"],
        ),
        ops.AlterField(
            model_name="Message",
            name="purpose",
            field=fields.CharEnumField(
                null=True,
                description="ANSWER: answer\nTRANSITION: transition\nGENERIC: generic\nAPOLOGY: apology\nATTENDANT: attendant\nSUGGESTION: suggestion\nNOTE: note\nFOLLOW_UP: follow_up",
                enum_type=Purpose,
                max_length=20,
            ),
        ),
        ops.RunSQL(sql=[script("0028_follow_ups.up.sql")], reverse_sql=[script("0028_follow_ups.down.sql")]),
    ]
