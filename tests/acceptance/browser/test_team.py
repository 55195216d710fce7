"""The whole story on the page: a lead, the AI and the team take turns."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser.visit import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
QUESTION = "Quanto custa a avaliação?"
PRICE = re.compile(r"R\$ 120,00")
PERSON = "Quero falar com um atendente"
HIS = "A conversa é sua: escreva e vai para o lead."


def asks_for_a_person(visit: Visit, *, before: int = 0) -> None:
    """The lead asks; he gets the answer and then the word that a person comes."""
    visit.says(PERSON)
    expect(visit.answers).to_have_count(before + 2)
    expect(visit.answers.nth(before)).to_contain_text("vou chamar")
    expect(visit.answers.nth(before + 1)).to_contain_text("Já chamei alguém da equipe")


def handed_over(visit: Visit, channel: str = "WhatsApp · Meta") -> str:
    """A new lead waits for a person, and his topic is open."""
    name = visit.new_lead(channel)
    asks_for_a_person(visit)
    visit.open_topic(name)
    expect(visit.messages.first).to_contain_text(f"{name} espera por alguém")
    return name


def test_they_take_turns_in_the_group(visit: Visit) -> None:
    """Answer, card, take-over, the team's words with their ticks, back to the AI, a close, and the lead writes again."""
    name = visit.new_lead()
    visit.says(QUESTION)
    visit.answered(PRICE, count=1)
    asks_for_a_person(visit, before=1)
    visit.open_topic(name)
    visit.button("Assumir").click()
    expect(visit.button("Devolver à IA")).to_be_visible()

    visit.writes("Oi! Aqui é da equipe.")
    visit.answered("Oi! Aqui é da equipe.", count=4)
    expect(visit.page.locator(".message.own .reactions button").last).to_have_text("👀")

    visit.says("Vocês abrem no sábado?")
    expect(visit.messages.last).to_contain_text("Vocês abrem no sábado?")
    visit.writes("Abrimos, sim.")
    visit.answered("Abrimos, sim.", count=5)

    visit.button("Devolver à IA").click()
    expect(visit.toast).to_contain_text("A IA continua")
    visit.says(QUESTION)
    visit.answered(PRICE, count=6)

    asks_for_a_person(visit, before=6)
    visit.button("Encerrar").click()
    expect(visit.toast).to_contain_text("Conversa encerrada")
    visit.says("Qual o horário?")
    visit.answered("segunda a sexta", count=9)


def test_the_first_tap_wins(visit: Visit) -> None:
    """Whoever is second is told who has it, and what he writes reaches nobody."""
    handed_over(visit)
    visit.button("Assumir").click()
    expect(visit.button("Devolver à IA")).to_be_visible()
    visit.become("Atendente 2")
    visit.writes("Eu também posso!")
    expect(visit.messages.last).to_contain_text("Nada foi enviado: Atendente 1 está com")
    expect(visit.answers).to_have_count(2)


def test_two_taps_at_the_same_moment(visit: Visit) -> None:
    """Both saw the button; one of them gets the lead, the other a word."""
    handed_over(visit)
    told = visit.page.evaluate(TWO_TAPS)
    texts = sorted(answer["answer"]["text"] for answer in told)
    assert HIS in texts
    texts.remove(HIS)
    assert re.fullmatch(r"Atendente [12] já está com esta conversa\.", *texts)
    expect(visit.button("Devolver à IA")).to_have_count(1)


TWO_TAPS = """async () => {
  const { post } = await import("/page/scripts/api.js");
  const { state } = await import("/page/scripts/store.js");
  const chat = [...state.chats.values()].find((one) => one.type !== "private");
  const card = chat.messages.filter((one) => one.message_thread_id === state.team.topic && one.reply_markup).at(-1);
  const button = card.reply_markup.inline_keyboard[0][0].callback_data;
  return Promise.all(state.scene.telegram.users.slice(0, 2).map((user) =>
    post("telegram/tap", { user_id: user.id, chat_id: chat.id, message_id: card.message_id, button, wait_ms: 10000 })));
}"""
"""Two members tap the open topic's first button at once, by the page's own calls."""


def test_a_note_stays_inside(visit: Visit) -> None:
    """What begins with // is for the team."""
    handed_over(visit)
    visit.button("Assumir").click()
    expect(visit.button("Devolver à IA")).to_be_visible()
    visit.writes("// cliente antigo")
    visit.writes("Bom dia!")
    visit.answered("Bom dia!", count=3)


def test_telegram_away_delays_the_card_and_loses_nothing(visit: Visit) -> None:
    """The lead is answered meanwhile; the card comes when Telegram is back."""
    name = visit.new_lead()
    visit.switch("Telegram fora do ar")
    visit.page.keyboard.press("Escape")
    asks_for_a_person(visit)
    expect(visit.entry(name)).to_have_count(0)
    visit.switch("Telegram fora do ar")
    visit.page.keyboard.press("Escape")
    visit.open_topic(name)
    expect(visit.button("Assumir")).to_be_visible()


@pytest.fixture
def without_group(visit: Visit) -> Iterator[Visit]:
    """The team works in private chats for once."""
    _in_general(visit, "/desvincular", "não é mais de")
    yield visit
    _in_general(visit, "/vincular", "agora é de")


def _in_general(visit: Visit, command: str, answer: str) -> None:
    visit.become("Gerente")
    visit.entry("Geral").click()
    visit.writes(command)
    expect(visit.messages.last).to_contain_text(answer)


def test_they_take_turns_in_private(without_group: Visit) -> None:
    """Everybody gets the card; whoever takes the lead writes to him from the chat with the bot."""
    visit = without_group
    name = visit.new_lead()
    visit.says(QUESTION)
    visit.answered(PRICE, count=1)
    asks_for_a_person(visit, before=1)
    visit.become("Atendente 1")
    visit.open_private()
    expect(visit.messages.last).to_contain_text(f"{name} espera por alguém")
    visit.button("Assumir").click()
    expect(visit.button("Devolver à IA")).to_be_visible()

    visit.become("Atendente 2")
    expect(visit.page.locator(".message", has_text=f"{name} está em atendimento").last).to_contain_text("Atendente 1")

    visit.become("Atendente 1")
    visit.writes("Oi! Falo do chat privado.")
    visit.answered("Oi! Falo do chat privado.", count=4)
    expect(visit.page.locator(".message.own .reactions button").last).to_have_text("👀")

    visit.button("Devolver à IA").click()
    visit.says(QUESTION)
    visit.answered(PRICE, count=5)
