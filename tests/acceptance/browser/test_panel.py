"""The managers' panel, opened from the page as Telegram's client opens it."""

import re

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.acceptance.browser.visit import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PERSON = "Quero falar com um atendente"


def opened(visit: Visit, member: str = "Gerente") -> FrameLocator:
    """The panel, as that member of the team opens it."""
    visit.page.locator("#panel-button").click()
    chosen = visit.page.locator("#panel-people button", has_text=member)
    if chosen.get_attribute("aria-pressed") == "false":
        chosen.click()
    expect(visit.page.locator("#panel-screen")).to_have_attribute("aria-busy", "false")
    return visit.page.frame_locator("#panel-screen iframe")


def test_a_manager_sees_who_wrote(visit: Visit) -> None:
    """Signed in by what the emulated Telegram signed; the lead is there, with his words, and a second one comes by itself."""
    first = visit.new_lead()
    visit.says("Quanto custa a avaliação?")
    visit.answered(re.compile(r"R\$ 120,00"))
    panel = opened(visit)
    expect(panel.get_by_text(first).first).to_be_visible()
    second = visit.new_lead()
    visit.says("Qual o horário?")
    expect(panel.get_by_text(second).first).to_be_visible()


def test_telegrams_back_button_leads_back(visit: Visit) -> None:
    """It is the client's, not the page's: shown where there is somewhere to go, and pressed there."""
    name = visit.new_lead()
    visit.says("Quanto custa a avaliação?")
    panel = opened(visit)
    expect(visit.page.locator("#panel-back")).to_be_hidden()
    panel.get_by_text(name).first.click()
    expect(visit.page.locator("#panel-back")).to_be_visible()
    visit.page.locator("#panel-back").click()
    expect(visit.page.locator("#panel-back")).to_be_hidden()


def test_a_card_opens_the_panel_at_its_lead(visit: Visit) -> None:
    """From the group, by the link that Telegram allows there; as whoever tapped it."""
    name = visit.new_lead()
    visit.says(PERSON)
    visit.open_topic(name)
    visit.button("Abrir no painel").click()
    panel = visit.page.frame_locator("#panel-screen iframe")
    expect(panel.get_by_text(PERSON).first).to_be_visible()
    expect(visit.page.locator("#panel-people button[aria-pressed=true]")).to_have_text("Atendente 1")


def test_the_panel_goes_when_it_is_closed(visit: Visit) -> None:
    """With its frame, and opens anew with another signature."""
    opened(visit)
    before = visit.page.locator("#panel-screen iframe").get_attribute("src")
    visit.page.locator("#panel-close").click()
    expect(visit.page.locator("#panel-screen iframe")).to_have_count(0)
    opened(visit)
    assert visit.page.locator("#panel-screen iframe").get_attribute("src") != before


def test_the_bots_menu_opens_it_in_private(visit: Visit) -> None:
    """Beside the text field, for whoever's chat it is."""
    visit.become("Atendente 2")
    visit.open_private()
    visit.page.locator("#menu-button", has_text="Painel").click()
    expect(visit.page.locator("#panel-screen")).to_have_attribute("aria-busy", "false")
    expect(visit.page.locator("#panel-people button[aria-pressed=true]")).to_have_text("Atendente 2")


def test_a_lead_is_dragged_to_another_stage(visit: Visit) -> None:
    """By the mouse, as wide as on a computer; one tap takes it back."""
    name = visit.new_lead()
    visit.says("Quanto custa a avaliação?")
    panel = opened(visit)
    visit.page.locator("#panel-wide").click()
    panel.get_by_role("link", name="Funil", exact=True).click()
    there = panel.get_by_role("region", name="Em qualificação")
    held, place = panel.get_by_role("link", name=name).bounding_box(), there.bounding_box()
    assert held is not None
    assert place is not None
    mouse = visit.page.mouse
    mouse.move(held["x"] + 60, held["y"] + 40)
    mouse.down()
    mouse.move(held["x"] + 90, held["y"] + 60, steps=5)
    mouse.move(place["x"] + 80, place["y"] + 120, steps=20)
    expect(there).to_have_attribute("data-target", "true")
    mouse.up()
    expect(there.get_by_text(name)).to_be_visible()
    panel.get_by_role("button", name="Desfazer").click()
    expect(panel.get_by_role("region", name="Novo").get_by_text(name)).to_be_visible()


def test_settings_are_kept(visit: Visit) -> None:
    """Telegram's main button keeps them, while there is something to keep."""
    panel = opened(visit)
    panel.get_by_role("link", name="Ajustes").click()
    panel.get_by_role("link", name="Quando chamar a equipe").click()
    hot = panel.get_by_label("Lead quente a partir de")
    expect(visit.page.locator("#panel-main")).to_be_hidden()
    hot.fill("65")
    visit.page.locator("#panel-main", has_text="Salvar").click()
    expect(visit.page.locator("#panel-main")).to_be_hidden()
    expect(hot).to_have_value("65")
