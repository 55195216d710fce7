"""A turn that failed every attempt: given to a person, in the caller's one transaction."""

from core.domain.changes import ChangeKind
from core.domain.conversation import Author, HandOffReason, Purpose, TurnOutcome
from core.domain.ids import uuid7
from core.domain.notification import NotificationKind
from core.domain.waiting import minutes_to_fallback
from core.services import wording
from core.services.fitting import Fitting
from core.services.hand_offs import open_hand_off
from core.services.tenants import load_profile
from core.services.turn_state import Claim, Committed
from core.services.written_words import Words, write_words
from db.models import DeadLetter, Notification, Turn
from db.tenancy import TenantScope


async def bury_turn(scope: TenantScope, claim: Claim, error: str, fitting: Fitting) -> Committed:
    """Write the generic message, the hand-off, its card and the dead letter of a locked conversation."""
    tenant_id, conversation_id = claim.ref.tenant_id, claim.ref.conversation_id
    tenant, at = await load_profile(scope, tenant_id)
    row = await scope.row("give_up_turn", tenant_id, conversation_id, minutes_to_fallback(tenant, at))
    assert row is not None, "the conversation is locked"  # noqa: S101 - the caller's lock guarantees it
    turn = await Turn.create(
        id=uuid7(), tenant_id=tenant_id, conversation_id=conversation_id, token=claim.token,
        from_seq=row["from_seq"], to_seq=row["to_seq"], restarts=0, outcome=TurnOutcome.DEAD,
    )  # fmt: skip
    generic = fitting.pieces(row["channel"], wording.message(tenant, "generic"))
    words = Words(generic, Author.AI, Purpose.GENERIC, leave_at=at, turn_id=turn.id)
    await write_words(scope, claim.ref, row, words)
    hand_off_id = await open_hand_off(
        scope, claim.ref, HandOffReason.TURN_FAILED, lead_id=row["lead_id"], announced_at=at, detail=error, turn_id=turn.id
    )  # fmt: skip
    letter = await DeadLetter.create(
        tenant_id=tenant_id, kind="turn", subject_id=conversation_id, error=error, attempts=claim.attempts - 1,
        payload={"conversation_id": str(conversation_id), "from_seq": row["from_seq"], "to_seq": row["to_seq"]},
    )  # fmt: skip
    scope.changed(ChangeKind.CONVERSATION, conversation_id, lead_id=row["lead_id"])
    scope.changed(ChangeKind.DEAD_LETTER, letter.id, conversation_id=conversation_id)
    await Notification.create(tenant_id=tenant_id, kind=NotificationKind.DEAD_LETTER, subject_id=letter.id, due_at=at)
    return Committed(TurnOutcome.DEAD, hand_off_id=hand_off_id, sends=True)
