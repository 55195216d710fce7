"""One more reason why people have a conversation: what was due in a backup that was restored."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from core.domain.conversation import HandOffReason


class Migration(migrations.Migration):
    """The column's description; the database holds any reason already."""

    dependencies = [("reveza", "0015_jobs")]
    operations = [
        ops.AlterField(
            model_name="HandOff",
            name="reason",
            field=fields.CharEnumField(
                description="INTENT: intent\nMODEL_ASKED: model_asked\nLOW_CONFIDENCE: low_confidence\nHOT_LEAD: hot_lead\nLEAD_ASKED: lead_asked\nGUARD: guard\nNO_PROGRESS: no_progress\nUNREADABLE: unreadable\nINVALID_REPLY: invalid_reply\nMODEL_DOWN: model_down\nBUDGET: budget\nTURN_FAILED: turn_failed\nSEND_FAILED: send_failed\nSEND_UNSETTLED: send_unsettled\nTAKEN: taken\nSILENT: silent\nLEFT: left\nAUTOMATIC: automatic\nRESTORED: restored",
                enum_type=HandOffReason,
                max_length=40,
            ),
        ),
    ]
