"""Runs of scheduled jobs: one a moment and time zone, who works on it and how far it has come."""

from tortoise import fields, migrations
from tortoise.fields.db_defaults import Now
from tortoise.migrations import operations as ops

from core.domain.ids import uuid7
from db.named_sql import script


class Migration(migrations.Migration):
    """Two tables, columns, and SQL kept beside: ``db/sql/0015_jobs.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0014_pace")]
    operations = [
        ops.CreateModel(
            name="KnownJob",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("job", fields.CharField(unique=True, max_length=60)),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "known_jobs",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "Since when the installation has had a job: no moment before that is made up for.",
            },
            bases=["PlatformModel"],
        ),
        ops.CreateModel(
            name="JobMark",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("tenant_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(db_default=Now(), auto_now=False, auto_now_add=True)),
                ("job", fields.CharField(max_length=60)),
                ("upto", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("skipped", fields.BooleanField(default=False, db_default=False)),
            ],
            options={
                "table": "job_marks",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "How far a job has come with a tenant's rows, in the order of time.",
            },
            bases=["TenantModel"],
        ),
        ops.AddField(model_name="Tenant", name="timezone_since", field=fields.DatetimeField(db_default=Now())),
        ops.AddField(
            model_name="JobRun", name="zone", field=fields.CharField(max_length=64, default="", db_default="")
        ),
        ops.AddField(model_name="JobRun", name="only_tenant", field=fields.UUIDField(null=True)),
        ops.AddField(model_name="JobRun", name="by_hand", field=fields.BooleanField(default=False, db_default=False)),
        ops.AddField(model_name="JobRun", name="started_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="JobRun", name="outcome", field=fields.CharField(null=True, max_length=20)),
        ops.AddField(model_name="JobRun", name="token", field=fields.BigIntField(default=0, db_default=0)),
        ops.AddField(model_name="JobRun", name="lease_until", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="JobRun", name="attempts", field=fields.IntField(default=0, db_default=0)),
        ops.AddField(model_name="JobRun", name="cursor", field=fields.UUIDField(null=True)),
        ops.AddField(model_name="JobRun", name="failed", field=fields.JSONField(default=dict, db_default="{}")),
        ops.AddField(model_name="Lead", name="silent_since", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Lead", name="silent_steps", field=fields.SmallIntField(default=0, db_default=0)),
        ops.AlterModelOptions(
            name="JobRun",
            options={
                "table": "job_runs",
                "app": "reveza",
                "pk_attr": "id",
                "table_description": "One run of a scheduled job over the tenants of a time zone, or over one of them.",
            },
        ),
        ops.RunSQL(sql=[script("0015_jobs.up.sql")], reverse_sql=[script("0015_jobs.down.sql")]),
    ]
