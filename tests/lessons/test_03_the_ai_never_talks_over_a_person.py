"""Whoever takes a conversation is not talked over: the AI's draft, its queued words and its next turn give way."""

from core.domain.actor import Actor
from core.domain.conversation import Role, TurnOutcome
from core.domain.errors import SendRetry
from core.services.assignments import Assignments
from core.services.turn_state import NotNow
from tests.integration.services.desk import Desk


async def _pause(_seconds: float) -> None:
    return


async def _takes(desk: Desk) -> None:
    member = await desk.seed.member(desk.ref.tenant_id, name="Ana")
    actor = Actor(desk.ref.tenant_id, member, Role.ATTENDANT)
    await Assignments(desk.jobs, pause=_pause).take(actor, desk.ref.conversation_id)


async def test_taken_while_the_model_thinks(desk: Desk) -> None:
    """The draft is kept for the person, and nothing is sent."""
    await desk.hears("Oi")
    desk.model.meanwhile = [lambda: _takes(desk)]
    committed = await desk.answers()
    await desk.deliverer.run(desk.ref)
    assert (committed.outcome, desk.channel.sent) == (TurnOutcome.SUPERSEDED, [])
    assert await desk.said() == [("suggestion", "internal", "Claro!")]


async def test_taken_between_the_answer_and_its_send(desk: Desk) -> None:
    """What is queued stays unsaid."""
    await desk.hears("Oi")
    await desk.answers()
    await _takes(desk)
    await desk.deliverer.run(desk.ref)
    assert (desk.channel.sent, await desk.said()) == ([], [("answer", "cancelled", "Claro!")])


async def test_taken_while_the_provider_refuses_for_now(desk: Desk) -> None:
    """A message that is to be tried again is not tried again over a person."""
    await desk.hears("Oi")
    await desk.answers()
    desk.channel.refusals = [SendRetry("slow down")]
    desk.channel.meanwhile = [lambda _: _takes(desk)]
    await desk.deliverer.run(desk.ref)
    await desk.run("UPDATE messages SET next_attempt_at = now() WHERE status = 'queued'")
    await desk.deliverer.run(desk.ref)
    assert (desk.channel.sent, await desk.said()) == ([], [("answer", "cancelled", "Claro!")])


async def test_taken_given_back_and_the_old_turn_wakes(desk: Desk) -> None:
    """A turn that slept through a person's whole stay says nothing, although the AI has the conversation again."""
    await desk.hears("Oi")

    async def a_whole_stay() -> None:
        await _takes(desk)
        member = await desk.conversation("assignee_id")
        actor = Actor(desk.ref.tenant_id, member, Role.ATTENDANT)
        await Assignments(desk.jobs, pause=_pause).give_back(actor, desk.ref.conversation_id)

    desk.model.meanwhile = [a_whole_stay]
    committed = await desk.answers()
    assert committed.outcome is TurnOutcome.LOST
    assert [status for _, status, _ in await desk.said()] == []


async def test_what_the_lead_says_to_a_person_is_no_turn(desk: Desk) -> None:
    """While a person has it the AI is not even asked."""
    await _takes(desk)
    await desk.hears("Oi?")
    assert await desk.turns.claim(desk.ref) == NotNow(None)
    assert (desk.model.prompts, await desk.notified()) == ([], ["lead_message"])
