"""The sandbox's page as a stranger meets it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.browser.contrast import FAINT
from tests.acceptance.browser.visit import Visit
from tests.acceptance.faults.proxy import Proxy

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
QUESTION = "Quanto custa a avaliação?"
PRICE = re.compile(r"R\$ 120,00")
CHANNELS = ("WhatsApp · Meta", "WhatsApp · Z-API", "Instagram")
STILL = {"reduced_motion": "reduce"}
NARROW_PIXELS = 390
NARROW = {"viewport": {"width": NARROW_PIXELS, "height": 844}, "has_touch": True}


def test_a_stranger_sees_where_to_begin(visit: Visit) -> None:
    """The three channels, the team, the first step, and that all is up."""
    expect(visit.page.locator("#channels button")).to_have_text(list(CHANNELS))
    expect(visit.page.locator("#who button")).to_contain_text(["Atendente 1", "Atendente 2", "Gerente"])
    expect(visit.page.locator("#faults-button")).to_have_text("Tudo no ar")
    expect(visit.page.locator("#guide li").first).to_be_visible()


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_lead_is_answered(visit: Visit, channel: str) -> None:
    """From the page to the AI and back, on every channel, with ticks that come by themselves."""
    visit.new_lead(channel)
    visit.says(QUESTION)
    visit.answered(PRICE)
    expect(visit.own.locator(".tick")).to_have_class(re.compile("read"))


def test_a_suggestion_is_one_tap(visit: Visit) -> None:
    """Nobody has to think of what to ask."""
    visit.new_lead()
    visit.page.locator("#suggestions button").first.click()
    visit.answered(PRICE)


def test_the_drawer_explains(visit: Visit) -> None:
    """The decision with its reasons: intent, confidence, score, verdicts, knowledge, tokens and cost."""
    visit.new_lead()
    visit.says(QUESTION)
    visit.answered(PRICE)
    turn = visit.explain().first
    expect(turn).to_contain_text("Respondeu sozinha")
    for words in (
        QUESTION,
        "Intenção",
        "Confiança",
        "Score",
        "Proteção",
        "Validação",
        "caracteres fixos",
        "tokens",
        "US$",
    ):
        expect(turn).to_contain_text(words)
    turn.locator("summary", has_text="Conhecimento usado").click()
    expect(turn.locator(".titles li").first).to_be_visible()


def test_the_drawer_says_why_a_person_came(visit: Visit) -> None:
    """The reason of a hand-off, and that nobody has taken it."""
    visit.new_lead()
    visit.says("Quero falar com um atendente")
    expect(visit.explain().first.locator(".why")).to_contain_text("o lead pediu uma pessoa. Ninguém assumiu ainda.")


def test_what_a_provider_misses_comes_when_it_is_back(visit: Visit) -> None:
    """While it is down the lead waits and the page says so; once it is up the answer comes, once."""
    visit.new_lead("Instagram")
    visit.switch("Instagram fora do ar")
    expect(visit.page.locator("#faults-button")).to_have_text("1 falha ligada")
    expect(visit.page.locator("#channels button", has_text="Instagram")).to_contain_text("⚠")
    visit.page.keyboard.press("Escape")
    visit.says(QUESTION)
    expect(visit.explain().first).to_contain_text(QUESTION)
    expect(visit.answers).to_have_count(0)
    visit.page.locator("#faults-button").click()
    visit.page.locator("#faults-off").click()
    visit.answered(PRICE, count=1)
    expect(visit.page.locator("#faults-button")).to_have_text("Tudo no ar")


def test_without_claude_the_lead_gets_a_word_and_a_person(visit: Visit) -> None:
    """Never silence: the standard message goes out, and the drawer says what happened."""
    visit.new_lead()
    visit.switch("Claude sobrecarregado")
    visit.page.keyboard.press("Escape")
    try:
        visit.says(QUESTION)
        expect(visit.answers).to_have_count(1)
        expect(visit.explain().first.locator(".why")).to_contain_text("o Claude não respondeu")
    finally:
        visit.switch("Claude sobrecarregado")
        expect(visit.page.locator("#faults-button")).to_have_text("Tudo no ar")


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_owners_phone_silences_the_ai(visit: Visit, channel: str) -> None:
    """What he types is on the lead's phone; what the lead then says goes to the team, not to the AI."""
    visit.new_lead(channel)
    visit.says(QUESTION)
    visit.answered(PRICE)
    visit.owner_says("Oi, aqui é da clínica. Posso ajudar?")
    expect(visit.page.locator("#bubbles .by-owner")).to_have_text(re.compile("aqui é da clínica"))
    expect(visit.page.locator(".chat-entry", has_text="aqui é da clínica")).to_be_visible()
    visit.says(f"Obrigado, {channel}!")
    expect(visit.page.locator(".chat-entry", has_text=f"Obrigado, {channel}!")).to_be_visible()
    expect(visit.answers).to_have_count(2)


def test_both_languages(visit: Visit) -> None:
    """Every word of the page changes, and it is remembered."""
    visit.page.locator("#language").click()
    expect(visit.page.locator("#leads-title")).to_have_text("The lead's phone")
    visit.page.reload()
    expect(visit.page.locator("#decisions-button")).to_contain_text("Why did the AI do that?")
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    visit.page.locator("#language").click()
    expect(visit.page.locator("#leads-title")).to_have_text("Celular do lead")


def test_the_keyboard_is_enough(visit: Visit) -> None:
    """From the first Tab to an answer, a switch turned and turned back, and the drawer."""
    visit.new_lead()
    visit.page.reload()
    expect(visit.page.locator("#leads .person").first).to_be_visible()
    press = visit.page.keyboard.press
    press("Tab")
    expect(visit.page.locator(".skips a").first).to_be_focused()
    press("Enter")
    visit.page.keyboard.type(QUESTION)
    press("Enter")
    visit.answered(PRICE)
    visit.page.locator("#faults-button").focus()
    press("Enter")
    expect(visit.page.locator(".switch").first).to_be_focused()
    for state in ("true", "false"):
        press("Space")
        expect(visit.page.locator(".switch").first).to_have_attribute("aria-checked", state)
        expect(visit.page.locator(".switch").first).to_be_focused()
    press("Escape")
    expect(visit.page.locator("#faults-button")).to_be_focused()
    press("Tab")
    press("Enter")
    expect(visit.explain().first).to_be_visible()


@pytest.mark.parametrize("page", [NARROW], indirect=True)
def test_it_fits_a_phone(visit: Visit) -> None:
    """One panel at a time, nothing wider than the screen, and every part in reach."""
    for view, panel in (("Lead", "#leads-panel"), ("Equipe", "#team-panel"), ("Decisões da IA", "#decisions")):
        visit.page.locator("#views button", has_text=view).click()
        expect(visit.page.locator(panel)).to_be_visible()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= NARROW_PIXELS, view
    visit.page.locator("#views button", has_text="Lead").click()
    visit.new_lead()
    visit.says(QUESTION)
    visit.answered(PRICE)


@pytest.mark.parametrize("page", [{"color_scheme": scheme, **STILL} for scheme in ("light", "dark")], indirect=True)
def test_every_word_can_be_read(visit: Visit, page: Page) -> None:
    """Contrast of 4.5 and more (large words 3), by day and by night, with all of it open."""
    visit.new_lead()
    visit.says("Quero falar com um atendente")
    expect(visit.answers).to_have_count(2)
    visit.owner_says("Já vou!")
    expect(visit.page.locator("#bubbles .by-owner")).to_be_visible()
    expect(visit.explain().first.locator(".why")).to_be_visible()
    page.locator("#faults-button").click()
    assert page.evaluate(FAINT) == []


def test_the_page_comes_back_by_itself(visit: Visit, over_the_line: Visit, line: Proxy) -> None:
    """While the line is cut the page says so; what happened meanwhile is there when it is back."""
    lead, lost = visit.new_lead(), over_the_line.page.locator("#lost")
    over_the_line.take_phone(lead)
    expect(lost).to_be_hidden()
    line.cut()
    expect(lost).to_be_visible()
    visit.says(QUESTION)
    visit.answered(PRICE)
    expect(over_the_line.own).to_have_count(0)
    line.mend()
    expect(lost).to_be_hidden()
    expect(over_the_line.own).to_contain_text(QUESTION)
    over_the_line.answered(PRICE)
