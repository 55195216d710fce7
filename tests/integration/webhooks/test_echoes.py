"""What we sent ourselves comes back as an echo: it never pauses the AI, and settles what nobody knew the outcome of."""

import asyncio
import unicodedata
from typing import Any

import pytest

from core.services.sealing import Sealer
from core.services.sends import SendJob, Sends, SendTimes
from tests.integration.webhooks.lines import INSTAGRAM, INSTAGRAM_PAGE, ZAPI, Line

TIMES = SendTimes(lease=30.0, settle=120.0, attempts=3)
TOLD_BACK = pytest.mark.parametrize(
    "line", [INSTAGRAM, INSTAGRAM_PAGE, ZAPI], ids=["instagram", "instagram-page", "zapi"], indirect=True
)
ON_INSTAGRAM = pytest.mark.parametrize("line", [INSTAGRAM], ids=["instagram"], indirect=True)
ON_ZAPI = pytest.mark.parametrize("line", [ZAPI], ids=["zapi"], indirect=True)
GONE = "UPDATE messages SET send_lease_until = now() - interval '1 s' WHERE status = 'sending'"
OVER = "UPDATE messages SET settle_by = now() - interval '1 s' WHERE status = 'unknown'"


@pytest.fixture
def sends(sealer: Sealer) -> Sends:
    """What the worker does with a message that is to leave."""
    return Sends(sealer, TIMES)


async def _claimed(line: Line, sends: Sends) -> SendJob:
    job = await sends.claim(await line.ref())
    assert isinstance(job, SendJob)
    return job


async def _untouched(line: Line, messages: int = 2) -> None:
    """The AI goes on, and nobody said anything that we did not say."""
    assert (len(await line.thread()), await line.stands()) == (messages, ("ai", True))


@TOLD_BACK
async def test_an_echo_after_the_answer_is_ours(line: Line, sends: Sends) -> None:
    """The send call told the id, and the echo names it."""
    await line.lead()
    await line.writes()
    await sends.sent(await _claimed(line, sends), "out-1")
    await line.echo()
    await line.echo()
    await _untouched(line)
    assert await line.sent() == [("sent", "out-1")]


@TOLD_BACK
async def test_an_echo_before_the_answer_is_ours(line: Line, sends: Sends) -> None:
    """Nobody knows the id yet: the words tell, and the answer changes nothing."""
    await line.lead()
    await line.writes()
    job = await _claimed(line, sends)
    await line.echo()
    await _untouched(line)
    await sends.sent(job, "out-1")
    await line.echo()
    await _untouched(line)
    assert await line.sent() == [("sent", "out-1")]


@TOLD_BACK
async def test_an_echo_after_a_crash_is_ours(line: Line, sends: Sends) -> None:
    """The sender died in the call; its message is settled, nobody waits for it, and what comes after it may leave."""
    await line.lead()
    await line.writes()
    await line.writes("E mais.", bubble=1)
    await _claimed(line, sends)
    await line.superuser.execute(GONE)
    assert await sends.mark_abandoned() == 1
    await line.echo()
    await line.superuser.execute(OVER)
    assert await sends.settle_overdue() == []
    assert (await _claimed(line, sends)).text == "E mais."
    await _untouched(line, messages=3)


@TOLD_BACK
async def test_an_echo_that_comes_too_late_is_ours_all_the_same(line: Line, sends: Sends) -> None:
    """The message was given up and a person called; it was sent after all, and is not said a second time by anybody."""
    await line.lead()
    await line.writes()
    await _claimed(line, sends)
    await line.superuser.execute(GONE)
    await sends.mark_abandoned()
    await line.superuser.execute(OVER)
    await sends.settle_overdue()
    await line.echo()
    notes = [author for (author,) in await line.thread("author")]
    assert (notes, await line.stands(), ("sent", "out-1") in await line.sent()) == (
        ["lead", "ai", "system"], ("waiting_human", False), True,
    )  # fmt: skip


@TOLD_BACK
async def test_two_with_the_same_words_are_settled_in_order(line: Line) -> None:
    """Each echo is one of them, the earliest first."""
    await line.lead()
    for bubble in range(2):
        await line.writes(status="unknown", bubble=bubble)
    await line.echo(message_id="out-1")
    assert await line.sent() == [("sent", "out-1"), ("unknown", None)]
    await line.echo(message_id="out-2")
    await _untouched(line, messages=3)
    assert await line.sent() == [("sent", "out-1"), ("sent", "out-2")]


@TOLD_BACK
async def test_echoes_at_the_same_instant_are_one_message_each(line: Line) -> None:
    """However they race, none of them counts as a person's."""
    await line.lead()
    for bubble in range(8):
        await line.writes(status="unknown", bubble=bubble)
    await asyncio.gather(*(line.echo(message_id=f"out-{number}") for number in range(8)))
    await _untouched(line, messages=9)
    assert sorted(await line.sent()) == [("sent", f"out-{number}") for number in range(8)]


@TOLD_BACK
async def test_the_answer_knows_better_than_an_echo(line: Line, sends: Sends) -> None:
    """An echo was taken for an earlier message with the same words: the answer says whose it is, and that one is unknown again."""
    await line.lead()
    await line.writes(status="unknown", author="attendant", purpose="attendant")
    await line.writes(author="attendant", purpose="attendant")
    job = await _claimed(line, sends)
    await line.echo(message_id="out-2")
    assert await line.sent() == [("sent", "out-2"), ("sending", None)]
    await sends.sent(job, "out-2")
    assert await line.sent() == [("unknown", None), ("sent", "out-2")]
    assert await line.superuser.fetchval("SELECT count(*) FROM messages WHERE settle_by > now()") == 1


@ON_INSTAGRAM
async def test_what_was_told_of_the_echo_goes_with_its_id(line: Line, sends: Sends) -> None:
    """It was read: so it is the message that the answer names which was."""
    await line.lead()
    await line.writes(status="unknown", author="attendant", purpose="attendant")
    await line.writes(author="attendant", purpose="attendant")
    job = await _claimed(line, sends)
    await line.echo(message_id="out-2")
    await line.superuser.execute("UPDATE messages SET status = 'read', read_at = now() WHERE external_id = 'out-2'")
    await sends.sent(job, "out-2")
    assert await line.sent() == [("unknown", None), ("read", "out-2")]


@ON_INSTAGRAM
async def test_an_answer_whose_id_is_taken_is_sent_without(line: Line, sends: Sends) -> None:
    """Words that the provider gave back changed were taken for a person's: ours is sent, and is not tried again."""
    await line.lead()
    await line.writes()
    job = await _claimed(line, sends)
    await line.owner("Custa dez reais.", "out-1")
    await sends.sent(job, "out-1")
    assert await line.sent() == [("sent", None), ("sent", "out-1")]


@TOLD_BACK
async def test_words_are_known_however_they_are_written(line: Line) -> None:
    """Providers trim, fold white space, and take letters apart."""
    await line.lead()
    await line.writes("Não há  horário\n\nàs 10 h. 😊 ", "unknown")
    await line.echo(unicodedata.normalize("NFD", "Não há horário\nàs 10 h. 😊"))
    await _untouched(line)
    assert await line.sent() == [("sent", "out-1")]


@TOLD_BACK
async def test_what_was_told_before_the_echo_applies(line: Line) -> None:
    """A receipt under an id that nobody knew waits until somebody does."""
    await line.lead()
    message = await line.writes(status="unknown")
    row = {
        "channel_account_id": await line.superuser.fetchval("SELECT id FROM channel_accounts"),
        "external_id": "out-1",
    }
    tenant = await line.superuser.fetchval("SELECT tenant_id FROM messages WHERE id = $1", message)
    for status in ("delivered", "read"):
        await line.seed.insert("early_receipts", tenant_id=tenant, status=status, **row)
    await line.echo()
    assert (await line.sent(), await line.superuser.fetchval("SELECT count(*) FROM early_receipts")) == (
        [("read", "out-1")], 0,
    )  # fmt: skip


@ON_INSTAGRAM
async def test_words_that_nobody_of_ours_said_are_a_persons(line: Line) -> None:
    """Whatever else is on its way."""
    await line.lead()
    await line.writes("Outra coisa.", "sending")
    await line.owner("Custa R$ 10.")
    assert (await line.thread("author"), await line.stands()) == (
        [("lead",), ("ai",), ("attendant",)],
        ("human", False),
    )


@ON_INSTAGRAM
async def test_a_file_by_hand_is_not_our_text(line: Line) -> None:
    """Without words only the same kind of file can be meant."""
    await line.lead()
    await line.writes("", "unknown")
    body = INSTAGRAM.owner("x", "m_1").replace(
        b'"text": "x"', b'"attachments": [{"type": "image", "payload": {"url": "https://cdn.example/a.jpg"}}]'
    )
    assert await line.post(body) == 200
    assert (await line.sent(), await line.stands()) == ([("unknown", None), ("sent", "m_1")], ("human", False))


@pytest.mark.parametrize("line", [INSTAGRAM_PAGE], ids=["instagram-page"], indirect=True)
async def test_our_apps_echo_is_no_persons_even_if_nothing_is_known_of_it(line: Line) -> None:
    """Other software of the business sends through the same app."""
    await line.lead()
    await line.echo("Seu pedido saiu para entrega.")
    await _untouched(line, messages=1)


@ON_ZAPI
async def test_the_apis_echo_is_no_persons_even_if_nothing_is_known_of_it(line: Line) -> None:
    """Other software of the business sends through the same instance."""
    await line.lead()
    await line.echo("Seu pedido saiu para entrega.")
    await _untouched(line, messages=1)


@ON_ZAPI
async def test_a_hand_on_the_phone_settles_nothing(line: Line) -> None:
    """Not even with the very words of what we are waiting for."""
    await line.lead()
    await line.writes(status="unknown")
    await line.owner("Custa R$ 10.")
    assert (await line.sent(), await line.stands()) == ([("unknown", None), ("sent", "own-1")], ("human", False))


async def _reported(line: Line, message_id: str = "out-1", **more: Any) -> None:
    """Z-API's word on a message that a program gave it."""
    told = {"type": "DeliveryCallback", "phone": "5511987650001", "messageId": message_id}
    assert await line.tells(**told, **more) == 200


@ON_ZAPI
@pytest.mark.parametrize("status", ["sending", "unknown"])
async def test_a_report_settles_the_only_one_it_can_mean(line: Line, status: str) -> None:
    """It has no words, but is of a program's message to this person."""
    await line.lead()
    await line.writes(status=status)
    await _reported(line)
    assert await line.sent() == [("sent", "out-1")]


@ON_ZAPI
async def test_the_answer_knows_better_than_a_report(line: Line, sends: Sends) -> None:
    """It was of another program's message: ours has the id that its own send call brings."""
    await line.lead()
    await line.writes()
    job = await _claimed(line, sends)
    await _reported(line, "theirs-1")
    await sends.sent(job, "out-1")
    assert await line.sent() == [("sent", "out-1")]


@ON_ZAPI
async def test_a_report_of_failure_settles_too(line: Line, sends: Sends) -> None:
    """What Z-API gave up is failed, and a person gets the conversation."""
    await line.lead()
    await line.writes(status="unknown")
    await _reported(line, error="number not found", errorCode="NOT_FOUND")
    assert await line.sent() == [("failed", "out-1")]
    await sends.settle_overdue()
    assert await line.stands() == ("waiting_human", False)


@ON_ZAPI
async def test_a_report_of_failure_does_not_end_a_call_under_way(line: Line, sends: Sends) -> None:
    """Its answer will say which message failed; until then the report waits."""
    await line.lead()
    await line.writes()
    job = await _claimed(line, sends)
    await _reported(line, error="number not found")
    assert await line.sent() == [("sending", None)]
    await sends.sent(job, "out-1")
    assert await line.sent() == [("failed", "out-1")]


@ON_ZAPI
async def test_a_report_settles_none_of_two(line: Line) -> None:
    """It might mean either: it waits until an echo tells."""
    await line.lead()
    await line.writes("um", "unknown")
    await line.writes("dois", "unknown", bubble=1)
    await _reported(line)
    assert await line.sent() == [("unknown", None), ("unknown", None)]
    await line.echo("dois")
    assert await line.sent() == [("unknown", None), ("sent", "out-1")]


@ON_ZAPI
async def test_a_status_settles_nothing_by_itself(line: Line) -> None:
    """It is told of what was typed by hand, too: it waits for the echo, and then applies."""
    await line.lead()
    await line.writes(status="unknown")
    await line.tells(type="MessageStatusCallback", phone="5511987650001", ids=["out-1"], status="READ")
    assert await line.sent() == [("unknown", None)]
    await line.echo()
    assert await line.sent() == [("read", "out-1")]
