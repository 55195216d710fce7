"""Conversations through real processes: what a lead sees, and what the model saw of him."""

from collections.abc import AsyncIterator

import pytest

from tests.acceptance.dialogue import QUESTION, Dialogue, until
from tests.acceptance.faults.run import opened
from tests.acceptance.faults.stage import Stage

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("conversations")]


@pytest.fixture
async def lead(house: Stage) -> AsyncIterator[Dialogue]:
    """Somebody who has never written before."""
    async with opened(house, 1, conversations=0) as run:
        yield Dialogue(run)


async def test_the_same_delivery_fifty_times_is_one_message_with_one_answer(lead: Dialogue) -> None:
    """Fifty copies at once over two web processes."""
    await lead.say(copies=50)
    await lead.quiet()

    messages = [(row.direction, row.status) for row in await lead.messages()]
    assert ([direction for direction, _ in messages], len(lead.run.history().accepted)) == (["in", "out"], 1)


async def test_a_burst_of_five_gets_one_answer_that_saw_them_all(lead: Dialogue) -> None:
    """The turn waits until the lead is quiet."""
    tokens = [await lead.say() for _ in range(5)]
    await lead.quiet()

    assert [sorted(ask.tokens) for ask in lead.asked()] == [tokens]
    assert len(lead.run.history().accepted) == 1


async def test_messages_during_the_model_call_restart_the_turn_twice_at_most(lead: Dialogue) -> None:
    """Two drafts are dropped unsent, the third is committed, and the newest message is answered by the next turn."""
    first = await lead.say()
    await lead.hold_model(first, times=3)
    for _ in range(3):
        await lead.held()
        await lead.say()
        await lead.let_go()
    await lead.answers(2)
    await lead.quiet()

    asked = [len(ask.tokens) for ask in lead.asked()]
    turns = [(turn.restarts, turn.outcome) for turn in await lead.turns()]
    assert (asked, turns, len(lead.run.history().accepted)) == ([1, 2, 3, 1], [(2, "answered"), (0, "answered")], 2)


async def test_a_conversation_closed_lately_is_reopened_with_its_last_five_messages(lead: Dialogue) -> None:
    """Six days after its end the same conversation goes on."""
    await _three_exchanges(lead)
    before = await lead.conversation()
    await lead.change("status = 'closed', closed_at = now() - interval '6 days 23 hours'")

    await lead.say()
    await lead.answers(4)

    after = await lead.conversation()
    assert (after["id"], after["status"]) == (before["id"], "ai")
    assert len(lead.asked()[-1].history.splitlines()) == 5


async def test_a_conversation_closed_long_ago_is_followed_by_a_new_one(lead: Dialogue) -> None:
    """Eight days after the end a new conversation begins, with the last three messages of the old one."""
    await _three_exchanges(lead)
    before = await lead.conversation()
    await lead.change("status = 'closed', closed_at = now() - interval '7 days 1 hour'")

    await lead.say()
    await lead.answers(4)

    after = await lead.conversation()
    assert (after["id"] != before["id"], after["previous_id"]) == (True, before["id"])
    assert len(lead.asked()[-1].history.splitlines()) == 3


async def test_a_stopping_worker_cuts_no_turn(lead: Dialogue) -> None:
    """SIGTERM while the model thinks: the turn is finished by the worker that had it, and the answer leaves once."""
    token = await lead.say()
    await lead.hold_model(token)
    # The first call is held as soon as it comes; whoever has it is asked to stop, with everybody else.
    await lead.held()
    workers = lead.run.stage.workers
    for worker in workers:
        worker.ask_to_stop()
    await lead.let_go()
    codes = [worker.stop() for worker in workers]
    for worker in workers:
        worker.start()
    await lead.quiet()

    assert (codes, len(lead.asked()), len(lead.run.history().accepted)) == ([0, 0], 1, 1)


async def test_a_hand_off_says_the_answer_then_the_transition(lead: Dialogue) -> None:
    """Who asks for a person is answered, then told who goes on; the conversation waits for the team."""
    await lead.say("Quero falar com um atendente, por favor")
    await lead.quiet()

    said = [row.purpose for row in await lead.messages() if row.direction == "out"]
    left = [send.callback for send in lead.run.history().accepted]
    stored = [str(row.id) for row in await lead.messages() if row.direction == "out"]
    assert (said, left) == (["answer", "transition"], stored)
    assert (await lead.conversation())["status"] == "waiting_human"


async def test_nobody_takes_it_and_the_ai_comes_back_with_an_apology(lead: Dialogue) -> None:
    """When the waiting is over the lead gets an apology, and an answer to what he said meanwhile."""
    await lead.say("Quero falar com um atendente, por favor")
    await lead.answers(2)
    await lead.quiet()
    await lead.say(QUESTION)
    await lead.change("waiting_until = now()")

    async def back() -> bool:
        return bool((await lead.conversation())["status"] == "ai")

    await until(back, "the AI's return")
    await lead.answers(4)
    await lead.quiet()

    said = [row.purpose for row in await lead.messages() if row.direction == "out"]
    assert said == ["answer", "transition", "apology", "answer"]


async def _three_exchanges(lead: Dialogue) -> None:
    for count in range(1, 4):
        await lead.say()
        await lead.answers(count)
        await lead.quiet()
