"""What failed for good, tried again or dropped."""

import asyncio
from uuid import UUID

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role, TurnOutcome
from core.domain.errors import Conflict, NotFound, SendRefused
from core.domain.ids import uuid7
from core.services.ai_pause import pause_ai
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from core.services.dead_letters import DeadLetters
from core.services.sends import SendJob
from tests.fakes import decided
from tests.integration.services.desk import ATTEMPTS, Desk


async def buried_turn(desk: Desk) -> UUID:
    """A turn that failed every attempt; its letter."""
    await desk.hears("Quanto custa?")
    await desk.run("UPDATE conversations SET turn_attempts = $1", ATTEMPTS)
    await desk.answers()
    return await only_letter(desk)


async def buried_message(desk: Desk) -> UUID:
    """A message the provider refused; its letter."""
    await desk.queued("Olá")
    job = await desk.sends.claim(desk.ref)
    assert isinstance(job, SendJob)
    await desk.sends.failed(job, SendRefused("no"))
    return await only_letter(desk)


async def only_letter(desk: Desk) -> UUID:
    """The one dead letter there is."""
    letter = await desk.value("SELECT id FROM dead_letters")
    assert isinstance(letter, UUID)
    return letter


async def test_open_letters_are_listed(desk: Desk) -> None:
    """With what failed, how often and why."""
    letter = await buried_turn(desk)
    listed = await DeadLetters(desk.jobs).open_letters(desk.ref.tenant_id)
    assert [(one.id, one.kind, one.subject_id, one.attempts) for one in listed] == [
        (letter, "turn", desk.thread.conversation_id, ATTEMPTS)
    ]


async def test_a_retried_turn_answers_the_lead(desk: Desk) -> None:
    """What was only confirmed with the generic message gets its answer now."""
    letter = await buried_turn(desk)
    await DeadLetters(desk.jobs).retry(desk.ref.tenant_id, letter, actor="operator")
    desk.model.answers = [decided("Custa R$ 120,00.")]
    committed = await desk.answers()
    assert (committed.outcome, (await desk.said())[-1][2]) == (TurnOutcome.ANSWERED, "Custa R$ 120,00.")
    assert "Quanto custa?" in desk.model.prompts[0].variable.partition("</history>")[2]


async def test_a_retried_turn_is_the_ais_again(desk: Desk) -> None:
    """The conversation is the AI's, its hand-off over, the queue nudged, the deed in the audit log."""
    letter = await buried_turn(desk)
    await DeadLetters(desk.jobs).retry(desk.ref.tenant_id, letter, actor="operator")
    assert (await desk.conversation("status"), await desk.letters(), len(desk.jobs.turns)) == (
        "ai", [("turn", "retried")], 1,
    )  # fmt: skip
    assert await desk.rows("SELECT return_reason FROM hand_offs") == [("retried",)]
    assert await desk.rows("SELECT actor, action FROM audit_log") == [("operator", "dead_letter.retried")]


async def test_a_turn_a_person_has_is_not_retried(desk: Desk) -> None:
    """Somebody took the conversation: there is nothing left to try, and the letter stays open."""
    letter = await buried_turn(desk)
    await desk.phone_writes()
    with pytest.raises(Conflict):
        await DeadLetters(desk.jobs).retry(desk.ref.tenant_id, letter, actor="operator")
    assert await desk.letters() == [("turn", "open")]


async def test_a_turn_that_a_later_one_answered_is_not_retried(desk: Desk) -> None:
    """The AI took the conversation up again and answered: the old words are dealt with."""
    letter = await buried_turn(desk)
    await desk.run("UPDATE conversations SET status = 'ai'")
    await desk.hears("E aí?")
    await desk.answers()
    with pytest.raises(Conflict):
        await DeadLetters(desk.jobs).retry(desk.ref.tenant_id, letter, actor="operator")


async def test_a_retried_message_is_sent(desk: Desk) -> None:
    """Queued from the start, with all its attempts."""
    letter = await buried_message(desk)
    await DeadLetters(desk.jobs).retry(desk.ref.tenant_id, letter, actor="operator")
    job = await desk.sends.claim(desk.ref)
    assert isinstance(job, SendJob)
    assert (job.text, job.attempts, desk.jobs.sends) == ("Olá", 1, [desk.ref])


async def test_a_message_that_failed_later_gets_a_new_id(desk: Desk) -> None:
    """Sent, reported as failed, retried: the provider's new id is the message's."""
    message = await desk.queued()
    job = await desk.sends.claim(desk.ref)
    assert isinstance(job, SendJob)
    await desk.sends.sent(job, "wamid.old")
    await desk.told(message, "failed", external_id="wamid.old")
    await desk.sends.settle_overdue()
    await DeadLetters(desk.jobs).retry(desk.ref.tenant_id, await only_letter(desk), actor="operator")
    again = await desk.sends.claim(desk.ref)
    assert isinstance(again, SendJob)
    await desk.sends.sent(again, "wamid.new")
    assert await desk.rows("SELECT status, external_id FROM messages WHERE id = $1", message) == [("sent", "wamid.new")]


async def test_a_message_that_went_out_after_all_is_not_retried(desk: Desk) -> None:
    """A late receipt proves that it left."""
    letter = await buried_message(desk)
    await desk.told(await desk.value("SELECT id FROM messages WHERE purpose = 'answer'"), "delivered")
    with pytest.raises(Conflict):
        await DeadLetters(desk.jobs).retry(desk.ref.tenant_id, letter, actor="operator")


async def test_a_dropped_letter_is_dealt_with(desk: Desk) -> None:
    """Nothing is sent, and it is listed no more."""
    letter = await buried_message(desk)
    await DeadLetters(desk.jobs).drop(desk.ref.tenant_id, letter, actor="operator")
    assert (await desk.letters(), await DeadLetters(desk.jobs).open_letters(desk.ref.tenant_id), desk.jobs.sends) == (
        [("send", "dropped")], [], [],
    )  # fmt: skip


async def test_a_letter_is_dealt_with_once(desk: Desk) -> None:
    """Of two who retry at the same instant one is told that there is none."""
    letter = await buried_message(desk)
    tries = [DeadLetters(desk.jobs).retry(desk.ref.tenant_id, letter, actor="operator") for _ in range(2)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert [isinstance(outcome, NotFound | Conflict) for outcome in outcomes if outcome is not None] == [True]


async def test_another_tenants_letter_does_not_exist(desk: Desk) -> None:
    """Whose letter it is not is told that there is none."""
    letter = await buried_message(desk)
    other = await desk.seed.tenant()
    with pytest.raises(NotFound):
        await DeadLetters(desk.jobs).drop(other, letter, actor="operator")


async def test_a_turn_is_not_retried_while_the_ai_is_paused(desk: Desk) -> None:
    """It would answer nobody: the lead goes on waiting for the team."""
    letter = await buried_turn(desk)
    await pause_ai(Actor(desk.ref.tenant_id, desk.business.member_id, Role.ADMIN))
    with pytest.raises(Conflict):
        await DeadLetters(desk.jobs).retry(desk.ref.tenant_id, letter, actor="operator")
    assert (await desk.conversation("status"), await desk.letters()) == ("waiting_human", [("turn", "open")])


async def test_a_word_that_failed_is_tried_again_once_whoever_asks(desk: Desk) -> None:
    """The member at his word and the operator at its dead letter at once: one try, written down once."""
    bia = Actor(desk.ref.tenant_id, desk.business.member_id, Role.ATTENDANT)
    await Assignments(desk.jobs).take(bia, desk.ref.conversation_id)
    attendance = Attendance({desk.channel.name: desk.channel}, desk.jobs)
    (word,) = await attendance.say(bia, desk.ref.conversation_id, "Oi", message_id=uuid7())
    desk.channel.refusals = [SendRefused("no")]
    await desk.deliverer.run(desk.ref)
    letter = await only_letter(desk)
    results = await asyncio.gather(
        attendance.say_again(bia, word),
        DeadLetters(desk.jobs).retry(desk.ref.tenant_id, letter, actor="operator"),
        return_exceptions=True,
    )
    assert [isinstance(result, NotFound | Conflict) for result in results if result is not None] == [True]
    retried = "SELECT count(*) FROM audit_log WHERE action = 'dead_letter.retried'"
    assert (await desk.status(word), await desk.letters(), await desk.value(retried)) == (
        "queued", [("send", "retried")], 1,
    )  # fmt: skip
