"""A take-over says truthfully what may come of the AI's; a message that came as the AI was resumed is answered."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from db.named_sql import script


class Migration(migrations.Migration):
    """A column, and SQL kept beside: ``db/sql/0008_truthful.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0007_telling")]
    operations = [
        ops.AddField(model_name="Tenant", name="ai_resumed_at", field=fields.DatetimeField(null=True)),
        ops.RunSQL(sql=[script("0008_truthful.up.sql")], reverse_sql=[script("0008_truthful.down.sql")]),
    ]
