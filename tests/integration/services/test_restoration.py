"""What was due in a past that is back: nobody is answered twice, and somebody looks."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.conversation import ConversationStatus
from core.domain.ids import uuid7
from core.services.restoration import Restoration, Settled
from core.services.sends import NothingToSend
from core.services.silences import Silences
from core.services.update_inbox import NewUpdate, UpdateInbox
from core.services.waiting import WaitingRoom
from tests.integration.services.desk import Desk

_PAST = datetime.now(UTC) - timedelta(hours=3)
_SETTLE = 120.0
_BOT = 5


async def _restored() -> Settled:
    return await Restoration(_SETTLE).settle()


async def test_an_answer_that_was_owed_is_a_persons_to_give(desk: Desk) -> None:
    """The AI may have given it since: a card, and no clock that gives the conversation back."""
    await desk.hears("Quanto custa?")
    assert await _restored() == Settled(turns=1)
    assert await desk.rows("SELECT status, turn_due_at, waiting_until FROM conversations") == [
        ("waiting_human", None, None)
    ]
    assert await desk.rows("SELECT reason FROM hand_offs") == [("restored",)]
    assert await desk.rows("SELECT kind FROM notifications") == [("hand_off_card",)]


async def test_nobody_answers_it_then(desk: Desk) -> None:
    """Not even when everybody who looks for what is overdue has looked."""
    await desk.hears("Quanto custa?")
    await _restored()
    await WaitingRoom(desk.jobs, desk.fitting).look_overdue()
    due = await desk.turns.overdue(0.0, 10)
    assert (due, desk.jobs.turns, desk.jobs.sends) == ([], [], [])


async def test_an_answer_under_way_is_lost(desk: Desk) -> None:
    """A turn that was claimed when the backup was made commits nothing any more."""
    await desk.hears("Quanto custa?")
    claim = await desk.claimed()
    await _restored()
    committed = await desk.runner.run(claim)
    assert (committed is None or not committed.sends, await desk.conversation("status")) == (True, "waiting_human")


@pytest.mark.parametrize("status", ["queued", "sending"])
async def test_a_message_on_its_way_is_not_sent(desk: Desk, status: str) -> None:
    """It may have left since: its provider may tell, and if nobody tells a person looks."""
    message = await desk.queued("Olá")
    await desk.run("UPDATE messages SET status = $1, send_lease_until = now() WHERE id = $2", status, message)
    assert await _restored() == Settled(sends=1)
    assert await desk.sends.claim(desk.ref) == NothingToSend(None)
    await desk.run("UPDATE messages SET settle_by = now()")
    await desk.sends.settle_overdue()
    assert await desk.rows("SELECT kind, error FROM dead_letters") == [("send", "send_unsettled: restored")]
    assert await desk.conversation("status") == "waiting_human"


async def test_a_message_that_had_left_is_recognised(desk: Desk) -> None:
    """The status that its provider still sends settles it."""
    message = await desk.queued("Olá")
    await _restored()
    await desk.told(message, "delivered")
    assert await desk.value("SELECT status FROM messages WHERE id = $1", message) == "delivered"


async def test_an_unsettled_message_has_its_time_once_more(desk: Desk) -> None:
    """Its provider's word may come now as well as then."""
    message = await desk.queued("Olá")
    await desk.run("UPDATE messages SET status = 'unknown', settle_by = $1 WHERE id = $2", _PAST, message)
    await _restored()
    assert await desk.sends.settle_overdue() == []


async def test_who_waited_then_goes_on_waiting(desk: Desk) -> None:
    """No apology for hours during which somebody may have come."""
    await desk.run("UPDATE conversations SET status = 'waiting_human', waiting_until = $1", _PAST)
    await _restored()
    assert await WaitingRoom(desk.jobs, desk.fitting).look_overdue() == 0


async def test_whoever_has_a_conversation_keeps_it(desk: Desk) -> None:
    """A silence of the past is nobody's silence now."""
    member = desk.business.member_id
    await desk.run(
        "UPDATE conversations SET status = 'human', assignee_id = $1, inbound_seq = 1, silent_due_at = $2,"
        " silent_told_at = $2", member, _PAST,
    )  # fmt: skip
    await desk.run("UPDATE conversations SET silent_due_at = $1, silent_told_at = $1", _PAST)
    await _restored()
    assert await Silences(desk.jobs).look_overdue() == 0
    assert await desk.conversation("assignee_id") == member


async def test_what_was_only_told_of_is_not_fetched(desk: Desk) -> None:
    """It may be answered already: a dead letter asks."""
    fetch = await desk.seed.insert(
        "message_fetches", tenant_id=desk.business.tenant_id, channel_account_id=desk.business.account_id,
        external_id="mid.told", due_at=_PAST,
    )  # fmt: skip
    assert await _restored() == Settled(fetches=1)
    assert await desk.rows("SELECT due_at FROM message_fetches WHERE id = $1", fetch) == [(None,)]
    assert await desk.rows("SELECT kind, error, subject_id FROM dead_letters") == [("fetch", "restored", fetch)]


async def test_what_was_said_in_telegram_is_not_done_again(desk: Desk) -> None:
    """Words that a colleague wrote to a lead may have gone out since."""
    inbox = UpdateInbox(_BOT)
    await inbox.store([NewUpdate(1, 7, b"{}")])
    assert await _restored() == Settled(updates=1)
    assert await inbox.claim() == []


async def test_a_session_and_an_invitation_are_over(desk: Desk) -> None:
    """Who was shut out since, and who has used the invitation, has no way in."""
    business = desk.business
    later = datetime.now(UTC) + timedelta(days=1)
    member = {"tenant_id": business.tenant_id, "member_id": business.member_id}
    await desk.seed.insert("app_sessions", launch=uuid7().bytes, renewed_at=_PAST, **member)
    await desk.seed.insert(
        "invites", tenant_id=business.tenant_id, token_hash="hash", role="attendant", expires_at=later
    )
    await _restored()
    assert await desk.rows("SELECT end_reason FROM app_sessions") == [("ended",)]
    assert await desk.rows("SELECT 1 FROM invites WHERE expires_at > now()") == []


async def test_conversations_that_owe_nothing_are_left(desk: Desk) -> None:
    """Whoever was answered goes on with the AI; and the audit log of each business says what happened."""
    await desk.hears("Oi")
    await desk.answers()
    await desk.run("UPDATE messages SET status = 'sent', next_attempt_at = NULL WHERE direction = 'out'")
    settled = await _restored()
    assert (settled, await desk.conversation("status")) == (Settled(), ConversationStatus.AI.value)
    assert await desk.rows("SELECT actor, action FROM audit_log") == [("operator", "backup.restored")]
