"""What Telegram shows of those who were forgotten is taken back."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from core.domain.team import PostKind
from db.named_sql import script


class Migration(migrations.Migration):
    """SQL kept beside: ``db/sql/0026_taken_back.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0025_data_requests")]
    operations = [
        ops.AlterField(
            model_name="TelegramPost",
            name="kind",
            field=fields.CharEnumField(
                description="CARD: card\nRELAY: relay\nTICK: tick\nNOTICE: notice\nREPLY: reply\nTAKE_BACK: take_back",
                enum_type=PostKind,
                max_length=20,
            ),
        ),
        ops.RunSQL(sql=[script("0026_taken_back.up.sql")], reverse_sql=[script("0026_taken_back.down.sql")]),
    ]
