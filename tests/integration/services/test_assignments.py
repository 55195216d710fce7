"""Taking turns: who has a conversation, and what the AI may still say in it."""

import asyncio
from uuid import UUID

import pytest

from core.domain.actor import Actor
from core.domain.conversation import ConversationStatus, Role, TurnOutcome
from core.domain.errors import AlreadyTaken, Conflict, NotFound, NotOwner
from core.domain.ids import uuid7
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from core.services.turn_state import Claim
from tests.fakes import decided
from tests.integration.services.desk import Desk


class Team:
    """Members of the desk's business, and what they do."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.pauses = 0
        self.assignments = Assignments(desk.jobs, self._pause)
        self.attendance = Attendance({desk.channel.name: desk.channel}, desk.jobs)

    async def _pause(self, _seconds: float) -> None:
        self.pauses += 1

    async def member(self, name: str, role: Role = Role.ATTENDANT) -> Actor:
        """Somebody new."""
        member_id = await self.desk.seed.member(self.desk.business.tenant_id, role=role, name=name)
        return Actor(self.desk.business.tenant_id, member_id, role)

    async def take(self, actor: Actor) -> None:
        """Take the desk's conversation."""
        await self.assignments.take(actor, self.conversation)

    async def say(self, actor: Actor, text: str = "Aqui é a Bia.") -> None:
        """Write to the lead."""
        await self.attendance.say(actor, self.conversation, text, message_id=uuid7())

    @property
    def conversation(self) -> UUID:
        """The desk's."""
        return self.desk.thread.conversation_id


@pytest.fixture
def team(desk: Desk) -> Team:
    return Team(desk)


async def waiting(desk: Desk) -> None:
    """A lead who asked for a person."""
    await desk.hears("Quero um humano")
    await desk.answers()


async def test_taken_from_the_queue(desk: Desk, team: Team) -> None:
    """The conversation and its hand-off say who has it; nobody waits any more."""
    await waiting(desk)
    bia = await team.member("Bia")
    await team.take(bia)
    assert [await desk.conversation(column) for column in ("status", "assignee_id", "waiting_until")] == [
        "human", bia.member_id, None,
    ]  # fmt: skip
    assert await desk.rows("SELECT claimed_by, claimed_at IS NULL FROM hand_offs") == [(bia.member_id, False)]


async def test_of_fifty_taps_one_wins(desk: Desk, team: Team) -> None:
    """However many take it at once, one has it, and the others are told who."""
    await waiting(desk)
    members = [await team.member(f"Member {number}") for number in range(50)]
    results = await asyncio.gather(*(team.take(one) for one in members), return_exceptions=True)
    refused = [result for result in results if isinstance(result, AlreadyTaken)]
    assert (results.count(None), len(refused)) == (1, 49)
    assert {error.holder for error in refused} == {f"Member {results.index(None)}"}


async def test_a_second_tap_of_the_same_member_changes_nothing(desk: Desk, team: Team) -> None:
    """Who has it already still has it: one hand-off, one audit entry."""
    await waiting(desk)
    bia = await team.member("Bia")
    await team.take(bia)
    before = await desk.notified()
    await team.take(bia)
    assert await desk.notified() == before
    assert await desk.rows("SELECT action FROM audit_log") == [("conversation.taken",)]


async def test_taken_from_the_ai_unasked(desk: Desk, team: Team) -> None:
    """A member may step in at any time; the history tells of it as of every hand-off."""
    await desk.hears()
    bia = await team.member("Bia")
    await team.take(bia)
    assert (await desk.hand_offs(), await desk.conversation("turn_due_at")) == (["taken"], None)


async def test_taken_from_the_phone(desk: Desk, team: Team) -> None:
    """What the owner answered on the business's phone anyone may take."""
    await desk.hears()
    await desk.phone_writes()
    bia = await team.member("Bia")
    await team.take(bia)
    assert await desk.conversation("assignee_id") == bia.member_id


async def test_what_the_ai_had_queued_stays_unsaid(desk: Desk, team: Team) -> None:
    """Its answer and its transition words are cancelled."""
    await waiting(desk)
    await team.take(await team.member("Bia"))
    assert {status for _, status, _ in await desk.said()} == {"cancelled"}
    await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == []


async def test_a_turn_that_is_running_becomes_a_suggestion(desk: Desk, team: Team) -> None:
    """The model answers after the take-over: its words are kept for the member, and nothing is sent."""
    bia = await team.member("Bia")
    await desk.hears()
    desk.model.meanwhile.append(lambda: team.take(bia))
    committed = await desk.answers()
    assert committed.outcome is TurnOutcome.SUPERSEDED
    assert await desk.said() == [("suggestion", "internal", "Claro!")]


async def test_a_turn_from_before_does_not_come_back_with_the_ai(desk: Desk, team: Team) -> None:
    """Taken and given back while the model was thinking: the old draft knows nothing of the person's words."""
    bia = await team.member("Bia")
    await desk.hears()

    async def there_and_back() -> None:
        await team.take(bia)
        await team.say(bia, "Combinado às 15h.")
        await team.assignments.give_back(bia, team.conversation)

    desk.model.meanwhile.append(there_and_back)
    committed = await desk.answers()
    assert committed.outcome is TurnOutcome.LOST
    assert [purpose for purpose, _, _ in await desk.said()] == ["attendant"]


async def test_a_turn_from_before_the_phone_spoke_does_not_come_back_either(desk: Desk, team: Team) -> None:
    """The owner wrote on the phone and somebody gave it back while the model was thinking: the old draft is lost."""
    bia = await team.member("Bia")
    await desk.hears()

    async def there_and_back() -> None:
        await desk.phone_writes("Combinado às 15h.")
        await team.assignments.give_back(bia, team.conversation)

    desk.model.meanwhile.append(there_and_back)
    committed = await desk.answers()
    assert committed.outcome is TurnOutcome.LOST


async def test_waits_for_words_that_are_on_their_way(desk: Desk, team: Team) -> None:
    """A message that left before the take-over arrives before its confirmation."""
    bia = await team.member("Bia")
    await desk.queued("A caminho")
    seen: list[str] = []

    async def take(_callback: str) -> None:
        taking = asyncio.create_task(team.assignments.take(bia, team.conversation))
        while not team.pauses:
            await asyncio.sleep(0)
        seen.append("waited" if not taking.done() else "confirmed")
        taking.cancel()

    desk.channel.meanwhile.append(take)
    await desk.deliverer.run(desk.ref)
    assert (seen, desk.channel.sent) == (["waited"], ["A caminho"])


async def test_says_when_words_may_still_arrive(desk: Desk, team: Team) -> None:
    """A provider that does not answer does not keep the member waiting for ever."""
    message = await desk.queued()
    await desk.run(
        "UPDATE messages SET status = 'sending', next_attempt_at = NULL, send_lease_until = now() + interval '1 min'"
        " WHERE id = $1",
        message,
    )
    taken = await team.assignments.take(await team.member("Bia"), team.conversation)
    assert (taken.settled, team.pauses) == (False, 19)


@pytest.mark.parametrize(("ended", "due"), [("sent", True), ("failed", True), ("unknown", False)])
async def test_cards_are_shown_anew_once_the_ais_last_words_are_settled(
    desk: Desk, team: Team, *, ended: str, due: bool
) -> None:
    """A card that says that they may still come says so for as long as it is true, and no longer."""
    message = await desk.queued(status="sending")
    await team.take(await team.member("Bia"))
    chat = {"bot_id": 1, "chat_id": -1001, "kind": "group"}
    card = {"conversation_id": team.conversation, "kind": "card", "subject_id": uuid7(), "shown": "open"}
    chat_ref = await desk.seed.insert("telegram_chats", tenant_id=desk.ref.tenant_id, **chat)
    await desk.seed.insert("telegram_posts", tenant_id=desk.ref.tenant_id, chat_ref=chat_ref, **card)
    await desk.run("UPDATE messages SET status = $2 WHERE id = $1", message, ended)
    assert await desk.value("SELECT due_at IS NOT NULL FROM telegram_posts WHERE kind = 'card'") is due


async def test_a_closed_conversation_is_not_taken(desk: Desk, team: Team) -> None:
    """It is over until the lead writes again."""
    bia = await team.member("Bia")
    await team.assignments.close(bia, team.conversation)
    with pytest.raises(Conflict):
        await team.take(bia)


async def test_given_back_after_the_persons_last_word(desk: Desk, team: Team) -> None:
    """The person answered everything: the AI has it and says nothing."""
    await waiting(desk)
    bia = await team.member("Bia")
    await team.take(bia)
    await team.say(bia)
    await team.assignments.give_back(bia, team.conversation)
    assert (await desk.conversation("status"), await desk.conversation("turn_due_at"), desk.jobs.turns) == (
        "ai",
        None,
        [],
    )
    assert await desk.rows("SELECT return_reason FROM hand_offs") == [("given_back",)]


async def test_given_back_with_a_question_open(desk: Desk, team: Team) -> None:
    """The lead spoke last: the AI answers that, and knows what the person said."""
    await waiting(desk)
    bia = await team.member("Bia")
    await team.take(bia)
    await team.say(bia, "O desconto é de 10 %.")
    await desk.hears("E o endereço?")
    await team.assignments.give_back(bia, team.conversation)
    assert [turn.conversation_id for turn in desk.jobs.turns] == [team.conversation]
    await desk.answers()
    history, _, new = desk.model.prompts[-1].variable.partition("</history>")
    assert "O desconto é de 10 %." in history
    assert ("E o endereço?" in new, "Quero um humano" in new) == (True, False)


async def test_given_back_while_the_ai_is_paused(desk: Desk, team: Team) -> None:
    """Nothing is due in a tenant whose AI is off."""
    await desk.hears()
    bia = await team.member("Bia")
    await team.take(bia)
    await desk.run("UPDATE tenants SET ai_paused = true")
    await team.assignments.give_back(bia, team.conversation)
    assert (await desk.conversation("turn_due_at"), desk.jobs.turns) == (None, [])


async def test_only_its_holder_or_a_manager_gives_it_back(desk: Desk, team: Team) -> None:
    """A colleague is told whose it is; a manager may."""
    await waiting(desk)
    await team.take(await team.member("Bia"))
    with pytest.raises(NotOwner) as refused:
        await team.assignments.give_back(await team.member("Caio"), team.conversation)
    assert refused.value.holder == "Bia"
    await team.assignments.give_back(await team.member("Dora", Role.MANAGER), team.conversation)
    assert await desk.conversation("status") == "ai"


async def test_what_the_ai_has_cannot_be_given_back(desk: Desk, team: Team) -> None:
    """There is nothing to give."""
    with pytest.raises(Conflict):
        await team.assignments.give_back(await team.member("Bia"), team.conversation)


async def test_passed_on_to_a_colleague(desk: Desk, team: Team) -> None:
    """The colleague has it and is told; the first can no longer write."""
    await waiting(desk)
    bia, caio = await team.member("Bia"), await team.member("Caio")
    await team.take(bia)
    await team.assignments.transfer(bia, team.conversation, caio.member_id)
    assert await desk.conversation("assignee_id") == caio.member_id
    assert "transferred" in await desk.notified()
    with pytest.raises(NotOwner):
        await team.say(bia)
    await team.say(caio)


async def test_not_passed_on_to_who_left(desk: Desk, team: Team) -> None:
    """Somebody who is no longer in the team gets nothing."""
    bia, gone = await team.member("Bia"), await team.member("Caio")
    await desk.run("UPDATE members SET removed_at = now() WHERE id = $1", gone.member_id)
    await team.take(bia)
    with pytest.raises(NotFound):
        await team.assignments.transfer(bia, team.conversation, gone.member_id)


async def test_closed_and_written_again(desk: Desk, team: Team) -> None:
    """After the end the lead is the AI's again, with the hand-off closed."""
    await waiting(desk)
    bia = await team.member("Bia")
    await team.take(bia)
    await team.assignments.close(bia, team.conversation)
    assert await desk.rows("SELECT return_reason FROM hand_offs") == [("closed",)]
    await desk.hears("Voltei")
    assert await desk.conversation("status") == "ai"
    assert isinstance(await desk.turns.claim(desk.ref), Claim)


async def test_another_tenants_conversation_does_not_exist(desk: Desk, team: Team) -> None:
    """Nobody reaches what is not his business's."""
    theirs = await desk.seed.thread(await desk.seed.business("other"), status=ConversationStatus.WAITING_HUMAN)
    bia = await team.member("Bia")
    for act in (team.assignments.take, team.assignments.give_back, team.assignments.close):
        with pytest.raises(NotFound):
            await act(bia, theirs.conversation_id)
    with pytest.raises(NotFound):
        await team.attendance.say(bia, theirs.conversation_id, "oi", message_id=uuid7())


async def test_the_members_words_reach_the_lead(desk: Desk, team: Team) -> None:
    """They are queued in order, sent, and nothing of the AI's goes between."""
    desk.model.answers = [decided("Um momento.", should_handoff=True)]
    await waiting(desk)
    bia = await team.member("Bia")
    await team.take(bia)
    await team.say(bia, "Aqui é a Bia.")
    await team.say(bia, "Posso ajudar?")
    assert desk.jobs.sends[-1] == desk.ref
    await desk.deliverer.run(desk.ref)
    await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == ["Aqui é a Bia.", "Posso ajudar?"]


async def test_words_told_twice_are_said_once(desk: Desk, team: Team) -> None:
    """An update that is processed again after a kill makes no second message."""
    bia = await team.member("Bia")
    await team.take(bia)
    message_id = uuid7()
    for _ in range(3):
        await team.attendance.say(bia, team.conversation, "Oi!", message_id=message_id)
    assert await desk.said() == [("attendant", "queued", "Oi!")]


async def test_long_words_told_twice_are_the_same_messages(desk: Desk, team: Team) -> None:
    """Every part is named again, and nothing of what was said after them."""
    desk.channel.text_limit = 20
    bia, word = await team.member("Bia"), uuid7()
    await team.take(bia)
    long = "Primeira parte. Segunda parte. Terceira parte."
    first = await team.attendance.say(bia, team.conversation, long, message_id=word)
    await team.say(bia, "E mais uma coisa, que é longa.")
    again = await team.attendance.say(bia, team.conversation, long, message_id=word)
    assert len(first) > 1
    assert again == first


async def test_long_words_are_several_messages(desk: Desk, team: Team) -> None:
    """What the channel does not take at once goes out in pieces, in order."""
    bia = await team.member("Bia")
    await team.take(bia)
    await team.say(bia, "Uma frase. " * 600)
    assert [len(text) <= 4096 for _, _, text in await desk.said()] == [True, True]


async def test_a_note_stays_inside(desk: Desk, team: Team) -> None:
    """Anyone may leave one, also about a conversation that is a colleague's; it is never sent."""
    await waiting(desk)
    await team.take(await team.member("Bia"))
    caio = await team.member("Caio")
    await team.attendance.note(caio, team.conversation, "  Cliente antigo ", message_id=uuid7())
    assert (await desk.said())[-1] == ("note", "internal", "Cliente antigo")
    await desk.deliverer.run(desk.ref)
    assert desk.channel.sent == []
