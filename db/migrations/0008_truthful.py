"""A take-over says truthfully what may come of the AI's; a message that came as the AI was resumed is answered.

Somebody who leaves the team is a reason to hand over.
"""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from core.domain.conversation import HandOffReason
from db.named_sql import script


class Migration(migrations.Migration):
    """A column, and SQL kept beside: ``db/sql/0008_truthful.up.sql`` and ``.down.sql``."""

    dependencies = [("reveza", "0007_telling")]
    operations = [
        ops.AlterField(
            model_name="HandOff",
            name="reason",
            field=fields.CharEnumField(
                description="INTENT: intent\nMODEL_ASKED: model_asked\nLOW_CONFIDENCE: low_confidence\nHOT_LEAD: hot_lead\nLEAD_ASKED: lead_asked\nGUARD: guard\nNO_PROGRESS: no_progress\nUNREADABLE: unreadable\nINVALID_REPLY: invalid_reply\nMODEL_DOWN: model_down\nBUDGET: budget\nTURN_FAILED: turn_failed\nSEND_FAILED: send_failed\nSEND_UNSETTLED: send_unsettled\nTAKEN: taken\nSILENT: silent\nLEFT: left\nAUTOMATIC: automatic",
                enum_type=HandOffReason,
                max_length=40,
            ),
        ),
        ops.AddField(model_name="Tenant", name="ai_resumed_at", field=fields.DatetimeField(null=True)),
        ops.RunSQL(sql=[script("0008_truthful.up.sql")], reverse_sql=[script("0008_truthful.down.sql")]),
    ]
