"""Reminders of who waits, in real chats: where they stand, what they say, and what their buttons do."""

from core.domain.conversation import Role
from core.services.sleep import Alarms
from core.services.waiting import WaitingRoom
from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA, FORUM
from tests.integration.services.test_waiting_ladder import passes
from tests.integration.team.counter import Counter
from tests.integration.team.office import Office


async def _waits(office: Office, minutes: float) -> None:
    """The lead has waited so much longer, and a worker looks."""
    await passes(office.desk, minutes)
    await WaitingRoom(office.desk.jobs, office.desk.fitting).look_overdue()


async def test_the_team_is_reminded_under_the_card_and_takes_him_there(office: Office, counter: Counter) -> None:
    """In the lead's topic, in answer to his card, with how long he has waited; a tap on it takes the lead."""
    await office.group()
    await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    await _waits(office, 12)
    reminder = await office.shows(FORUM, "Quem assume?")
    assert "há 12 min" in reminder["text"]
    assert reminder["message_thread_id"] == card["message_thread_id"]
    assert reminder["reply_to_message"]["message_id"] == card["message_id"]
    assert buttons(reminder) == ["🙋 Assumir", "👁 Ver conversa", "✅ Encerrar"]
    await counter.tap(ANA, FORUM, reminder, "🙋 Assumir")
    await office.shows(FORUM, "Com Ana")


async def test_those_who_lead_are_told_in_their_own_chats_or_by_name(office: Office) -> None:
    """The manager has a chat with the bot; the admin, who has none, is named in the group."""
    await office.group()
    await office.member(ANA, "Ana", private=False)
    await office.member(BIA, "Bia", role=Role.MANAGER)
    await office.desk.run("UPDATE members SET name = 'Dona Rosa' WHERE id = $1", office.desk.business.member_id)
    await office.hand_off()
    await _waits(office, 21)
    private = await office.shows(BIA, "Ninguém assumiu")
    named = await office.shows(FORUM, "Ninguém assumiu")
    assert ("há 21 min" in private["text"], "Dona Rosa" in private["text"]) == (True, False)
    assert named["text"].endswith("Dona Rosa")


async def test_a_conversation_is_put_to_sleep_by_a_button_and_comes_back(office: Office, counter: Counter) -> None:
    """The card says until when; at its time its holder has it back, in answer to the card."""
    ana = await office.member(ANA, "Ana")
    await office.hand_off()
    await office.shows(ANA, "espera por alguém")
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    card = await office.shows(ANA, "Com Ana")
    await counter.tap(ANA, ANA, card, "⏰ Adiar")
    question = await office.shows(ANA, "Até quando")
    assert (await counter.tap(ANA, ANA, question, "1 h")).startswith("Adiada até")
    asleep = await office.shows(ANA, "💤 Adiada até")
    assert "☀️ Acordar" in buttons(asleep)
    await office.desk.run("UPDATE conversations SET asleep_until = now()")
    await Alarms().ring_due()
    back = await office.shows(ANA, "está de volta")
    assert back["reply_to_message"]["message_id"] == card["message_id"]


async def test_words_say_until_when_and_what_is_no_time_is_told(office: Office, counter: Counter) -> None:
    """In the lead's topic, as people say it; what is over is refused in words."""
    await office.group()
    ana = await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    await counter.write(ANA, FORUM, "/adiar 2020-01-01", thread_id=card["message_thread_id"])
    await office.shows(FORUM, "Essa hora já passou")
    await counter.write(ANA, FORUM, "/adiar amanhã às 9", thread_id=card["message_thread_id"])
    await office.shows(FORUM, "Volta antes se o lead escrever")
    assert await office.desk.conversation("asleep_until") is not None
