"""Sending as PostgreSQL keeps it: in order, one at a time, every outcome once."""

import asyncio
from uuid import uuid4

from core.domain.conversation import Author
from core.domain.errors import ChannelStopped, SendRefused, SendRetry, SendUnknown
from core.domain.ports import ConversationRef
from core.services.sends import NothingToSend, SendJob
from tests.integration.services.desk import Desk


async def taken(desk: Desk) -> SendJob:
    """The next message, claimed."""
    job = await desk.sends.claim(desk.ref)
    assert isinstance(job, SendJob)
    return job


async def test_a_job_holds_all_that_sending_needs(desk: Desk) -> None:
    """The text, the address, the account with its opened token."""
    await desk.queued("Olá")
    job = await taken(desk)
    assert (job.text, job.to.value, job.account.external_id, job.account.secrets) == (
        "Olá", desk.thread.address, desk.business.external_id, {"access_token": "access-token"},
    )  # fmt: skip


async def test_messages_leave_in_order(desk: Desk) -> None:
    """The first that was said is the first that is sent."""
    for text in ("um", "dois", "três"):
        await desk.queued(text)
    left = []
    for number in range(3):
        job = await taken(desk)
        left.append(job.text)
        await desk.sends.sent(job, f"wamid.{number}")
    assert left == ["um", "dois", "três"]


async def test_one_at_a_time(desk: Desk) -> None:
    """However many claim at once, one message of a conversation is on its way."""
    for text in ("um", "dois", "três"):
        await desk.queued(text)
    claims = await asyncio.gather(*(desk.sends.claim(desk.ref) for _ in range(20)))
    assert [claim.text for claim in claims if isinstance(claim, SendJob)] == ["um"]


async def test_a_retry_holds_back_what_follows(desk: Desk) -> None:
    """While the first waits for its next try, the second is not sent before it."""
    await desk.queued("um")
    await desk.queued("dois")
    await desk.sends.put_back(await taken(desk), 60.0, counted=True)
    waiting = await desk.sends.claim(desk.ref)
    assert isinstance(waiting, NothingToSend)
    assert 50 < (waiting.due_in or 0) <= 60


async def test_nothing_queued(desk: Desk) -> None:
    """A nudge for an empty conversation finds nothing; so does one for none at all."""
    nobody = ConversationRef(desk.ref.tenant_id, uuid4())
    assert [await desk.sends.claim(ref) for ref in (desk.ref, nobody)] == [NothingToSend(None)] * 2


async def test_an_unknown_one_holds_back_the_ais_words(desk: Desk) -> None:
    """Until it is settled the AI says nothing more: it might be repeating itself."""
    await desk.queued("um")
    await desk.queued("dois")
    await desk.sends.unknown(await taken(desk), SendUnknown("no answer"))
    assert await desk.sends.claim(desk.ref) == NothingToSend(None)


async def test_an_unknown_one_does_not_hold_back_a_person(desk: Desk) -> None:
    """An attendant's words go out whatever became of the AI's."""
    await desk.queued("um")
    await desk.sends.unknown(await taken(desk), SendUnknown("no answer"))
    await desk.queued("dois")
    await desk.queued("da equipe", author=Author.ATTENDANT, purpose="attendant", turn_id=None)
    assert (await taken(desk)).text == "da equipe"


async def test_sent_is_recorded(desk: Desk) -> None:
    """The provider's id and the moment stand with the message."""
    message = await desk.queued()
    await desk.sends.sent(await taken(desk), "wamid.1")
    assert await desk.rows("SELECT status, external_id, sent_at IS NOT NULL FROM messages WHERE id = $1", message) == [
        ("sent", "wamid.1", True)
    ]


async def test_early_receipts_are_applied(desk: Desk) -> None:
    """A status that was faster than the call's answer is not lost."""
    message = await desk.queued()
    job = await taken(desk)
    await desk.told(message, "delivered", external_id="wamid.1", status_message_id=None)
    await desk.sends.sent(job, "wamid.1")
    assert (await desk.status(message), await desk.value("SELECT count(*) FROM early_receipts")) == ("delivered", 0)


async def test_a_receipt_in_mid_call_stays(desk: Desk) -> None:
    """A callback that names our message settles it at once; the call's answer takes nothing back."""
    message = await desk.queued()
    job = await taken(desk)
    await desk.told(message, "read", external_id="wamid.1")
    await desk.sends.sent(job, "wamid.1")
    assert await desk.status(message) == "read"


async def test_a_refusal_fails_for_good(desk: Desk) -> None:
    """Failed, dead letter, hand-off, and the note stays inside."""
    message = await desk.queued()
    await desk.sends.failed(await taken(desk), SendRefused("no such user", provider_code="131026"))
    assert (await desk.status(message), await desk.letters(), await desk.hand_offs()) == (
        "failed", [("send", "open")], ["send_failed"],
    )  # fmt: skip
    assert [(purpose, status) for purpose, status, _ in await desk.said()] == [
        ("answer", "failed"),
        ("note", "internal"),
    ]
    assert sorted(await desk.notified()) == ["dead_letter", "hand_off_card"]


async def test_a_failure_with_a_person_there_hands_nothing_off(desk: Desk) -> None:
    """Who has the conversation keeps it; the letter is for the admins."""
    await desk.queued()
    await desk.run("UPDATE conversations SET status = 'human'")
    await desk.sends.failed(await taken(desk), SendRefused("no"))
    assert (await desk.hand_offs(), await desk.letters()) == ([], [("send", "open")])


async def test_a_stopped_channel_stops_its_account_once(desk: Desk) -> None:
    """The account is marked and the admins are told, once however many messages meet it."""
    for text in ("um", "dois"):
        await desk.queued(text)
        await desk.sends.failed(await taken(desk), ChannelStopped("token expired", provider_code="190"))
    assert await desk.rows("SELECT status FROM channel_accounts") == [("stopped",)]
    assert (await desk.notified()).count("channel_stopped") == 1


async def test_another_tenants_account_goes_on(desk: Desk) -> None:
    """One tenant's stopped account is nobody else's affair."""
    other = await desk.seed.business("other")
    await desk.queued()
    await desk.sends.failed(await taken(desk), ChannelStopped("token expired"))
    assert await desk.value("SELECT status FROM channel_accounts WHERE id = $1", other.account_id) == "active"


async def test_an_abandoned_message_is_unknown(desk: Desk) -> None:
    """Its sender vanished in mid-call: it may have left."""
    message = await desk.queued()
    await taken(desk)
    await desk.run("UPDATE messages SET send_lease_until = now() - interval '1 second' WHERE id = $1", message)
    assert (await desk.sends.mark_abandoned(), await desk.status(message)) == (1, "unknown")


async def test_a_message_on_its_way_is_not_abandoned(desk: Desk) -> None:
    """Within its lease it is left to its sender."""
    message = await desk.queued()
    await taken(desk)
    assert (await desk.sends.mark_abandoned(), await desk.status(message)) == (0, "sending")


async def test_a_status_settles_an_unknown_one(desk: Desk) -> None:
    """The provider gives our id back: the message left, and the AI may go on."""
    message = await desk.queued("um")
    await desk.queued("dois")
    await desk.sends.unknown(await taken(desk), SendUnknown("no answer"))
    await desk.told(message, "delivered")
    assert (await desk.status(message), (await taken(desk)).text) == ("delivered", "dois")
    assert await desk.sends.settle_overdue() == []


async def test_what_nothing_settles_goes_to_a_person(desk: Desk) -> None:
    """After the time to settle: failed, never sent again, with a note for the team."""
    message = await desk.queued()
    await desk.sends.unknown(await taken(desk), SendUnknown("no answer"))
    assert await desk.sends.settle_overdue() == []
    await desk.run("UPDATE messages SET settle_by = now() WHERE id = $1", message)
    assert await desk.sends.settle_overdue() == [desk.ref]
    assert (await desk.status(message), await desk.hand_offs(), await desk.letters()) == (
        "failed", ["send_unsettled"], [("send", "open")],
    )  # fmt: skip


async def test_what_is_settled_is_settled_once(desk: Desk) -> None:
    """A second sweep finds nothing."""
    message = await desk.queued()
    await desk.sends.unknown(await taken(desk), SendUnknown("no answer"))
    await desk.run("UPDATE messages SET settle_by = now() WHERE id = $1", message)
    await desk.sends.settle_overdue()
    assert (await desk.sends.settle_overdue(), len(await desk.letters())) == ([], 1)


async def test_a_failed_status_after_sent_hands_off(desk: Desk) -> None:
    """The provider took it and could not deliver it: somebody has to know."""
    message = await desk.queued()
    await desk.sends.sent(await taken(desk), "wamid.1")
    await desk.told(message, "failed", external_id="wamid.1", error_code="131047")
    await desk.sends.settle_overdue()
    assert (await desk.hand_offs(), await desk.value("SELECT error FROM dead_letters")) == (
        ["send_failed"], "send_failed: 131047",
    )  # fmt: skip


async def test_one_tenants_trouble_does_not_stop_the_others(desk: Desk) -> None:
    """A tenant whose row breaks the work keeps nobody else's messages unsettled."""
    other = await desk.seed.business("other")
    thread = await desk.seed.thread(other)
    theirs = await desk.seed.message(thread, author=Author.AI, status="unknown")
    ours = await desk.queued()
    await desk.run("UPDATE messages SET status = 'unknown', settle_by = now() WHERE id = $1", ours)
    await desk.run("UPDATE messages SET settle_by = now() - interval '1 hour' WHERE id = $1", theirs)
    # The number that the note for the team would get is taken.
    await desk.run("UPDATE conversations SET message_seq = 0 WHERE id = $1", thread.conversation_id)
    assert (await desk.sends.settle_overdue(), await desk.status(ours)) == ([desk.ref], "failed")


async def test_overdue_sends_are_found(desk: Desk) -> None:
    """A queued message whose nudge was lost is found by the sweeper; one that waits for its retry is not."""
    await desk.queued()
    assert await desk.sends.due(0.0, 10) == [desk.ref]
    await desk.sends.put_back(await taken(desk), 60.0, counted=True, error=SendRetry("busy"))
    assert await desk.sends.due(0.0, 10) == []


async def test_a_retry_that_does_not_count(desk: Desk) -> None:
    """What certainly did not leave, for a reason of ours, is no attempt."""
    await desk.queued()
    await desk.sends.put_back(await taken(desk), 0.0, counted=False)
    assert (await taken(desk)).attempts == 1


async def test_a_head_that_waits_hides_nobody(desk: Desk) -> None:
    """A conversation whose next message is to be tried later does not take the place of one that is due."""
    await desk.queued("answer", next_attempt_at=await desk.value("SELECT now() + interval '200 s'"))
    await desk.queued("transition", next_attempt_at=await desk.value("SELECT now() - interval '60 s'"))
    assert await desk.sends.due(0.0, 10) == []


async def test_secrets_that_do_not_open_go_to_a_person(desk: Desk) -> None:
    """A key that is missing is told as what it is; the message does not lie about as half sent."""
    message = await desk.queued()
    await desk.run("UPDATE channel_accounts SET sealed = decode('01020304', 'hex')")
    await desk.deliverer.run(desk.ref)
    code = await desk.value("SELECT error_code FROM messages WHERE id = $1", message)
    assert (await desk.status(message), code, await desk.letters()) == (
        "failed",
        "account_unusable",
        [("send", "open")],
    )
