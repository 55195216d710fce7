"""What a lead wishes of whoever has him, in real chats: what is told, and how a mistake is put right."""

from core.services.hearing import Hearing
from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, FORUM
from tests.integration.team.counter import Counter
from tests.integration.team.office import Office

MISTAKEN = "↩️ Foi engano: pode receber mensagens"


async def test_it_is_told_under_the_card_and_a_tap_puts_it_right(office: Office, counter: Counter) -> None:
    """In the lead's topic, with what was understood and done; who was misunderstood may be written to again."""
    await office.group()
    ana = await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    card = await office.shows(FORUM, "espera por alguém")
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    await office.desk.hears("sair")
    await Hearing().listen_due()
    told = await office.shows(FORUM, "não quer mais receber mensagens")
    assert told["message_thread_id"] == card["message_thread_id"]
    assert told["reply_to_message"]["message_id"] == card["message_id"]
    assert buttons(told) == [MISTAKEN]
    assert "pode receber mensagens de novo" in await counter.tap(ANA, FORUM, told, MISTAKEN)
    assert await office.desk.lead("opted_out_at") is None


async def test_a_request_is_told_with_its_term(office: Office) -> None:
    """Whoever has him reads by when, that the AI says nothing here, and who ends what was no request."""
    await office.group()
    ana = await office.member(ANA, "Ana", private=False)
    await office.hand_off()
    await office.assignments.take(ana, office.desk.ref.conversation_id)
    await office.desk.hears("apaguem meus dados")
    await Hearing().listen_due()
    due = await office.desk.value(
        "SELECT to_char(due_at AT TIME ZONE 'America/Sao_Paulo', 'DD/MM/YYYY') FROM data_requests"
    )
    told = await office.shows(FORUM, "escreveu que quer: ser apagado")
    assert all(words in told["text"] for words in (due, "A IA não escreve nesta conversa", "no painel"))
