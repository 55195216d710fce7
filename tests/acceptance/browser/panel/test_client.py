"""What the app and Telegram's client say to each other: colours, buttons, links."""

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.crew import ADMIN
from tests.acceptance.browser.panel.themes import DARK
from tests.acceptance.browser.panel.world import Member, World
from tests.acceptance.browser.visit import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SMALL = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
GROUND = "getComputedStyle(document.body).backgroundColor"


def test_another_theme_is_another_look(opens: Opens) -> None:
    """At once, and the client's own bars go along."""
    panel = opens()
    expect(panel.page.locator("html")).to_have_attribute("data-theme", "light")
    before = panel.page.evaluate(GROUND)
    panel.client.tells("theme_changed", theme_params=dict(DARK))
    expect(panel.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(panel.page.locator("body")).not_to_have_css("background-color", before)
    panel.client.is_asked("web_app_set_header_color")


def test_telegrams_back_button_closes_what_is_open(opens: Opens, world: World, admin: Member) -> None:
    """First the sheet, then the conversation; in the list there is nothing to go back to."""
    phone = world.phone("De volta")
    phone.says("Bom dia")
    admin.row(phone)
    panel = opens(**SMALL)
    panel.client.shows_back(shown=False)
    panel.lead(phone.name).get_by_role("link").click()
    expect(panel.message("Bom dia")).to_be_visible()
    panel.client.shows_back(shown=True)
    panel.page.get_by_role("button", name="O que fazer").click()
    expect(panel.page.locator("dialog")).to_have_count(1)
    panel.client.presses("back")
    expect(panel.page.locator("dialog")).to_have_count(0)
    panel.client.presses("back")
    panel.is_at("/leads")
    panel.client.shows_back(shown=False)


def test_telegrams_main_button_saves(opens: Opens, world: World, admin: Member) -> None:
    """On a phone it is the one way to save, above the keyboard; and it goes when that is done."""
    phone = world.phone("Do botão")
    phone.says("Bom dia")
    panel = opens(ADMIN, start=f"lead_{admin.row(phone)['id'].replace('-', '')}", **SMALL)
    panel.page.get_by_role("button", name="Nome", exact=True).click()
    panel.in_front.get_by_label("Como o lead se chama").fill(f"Salva {phone.name}")
    panel.client.shows_main("Salvar")
    panel.client.presses("main")
    expect(panel.page.get_by_role("heading", name=f"Salva {phone.name}")).to_be_visible()
    panel.client.hides_main()


@pytest.mark.parametrize(("kind", "path"), [("lead", "/leads"), ("chat", "/chats")])
def test_a_link_opens_where_it_leads(opens: Opens, world: World, admin: Member, kind: str, path: str) -> None:
    """A card's button opens the panel at its lead, or at his conversation."""
    phone = world.phone("Do link")
    phone.says("Cheguei pelo link")
    row = admin.row(phone)
    there = row["id"] if kind == "lead" else row["conversation_id"]
    panel = opens(start=f"{kind}_{there.replace('-', '')}", **SMALL)
    panel.is_at(f"{path}/{there}")
    expect(panel.page.get_by_role("heading", name=phone.name).first).to_be_visible()
    panel.client.shows_back(shown=True)


def test_in_the_pages_frame_a_lead_is_taken_over(visit: Visit) -> None:
    """In the try-it page's phone: from the list to the lead's own phone."""
    name = visit.new_lead()
    visit.says("Quero falar com um atendente")
    expect(visit.answers).to_have_count(2)
    visit.page.locator("#panel-button").click()
    visit.page.locator("#panel-people button", has_text="Atendente 1").click()
    panel = visit.page.frame_locator("#panel-screen iframe")
    panel.get_by_role("listitem").filter(has_text=name).get_by_role("link").click()
    panel.get_by_role("button", name="Assumir a conversa").click()
    panel.get_by_role("textbox", name="Mensagem", exact=True).fill("Oi! Falo do painel.")
    panel.get_by_role("button", name="Enviar").click()
    visit.answered("Oi! Falo do painel.", count=3)


def test_it_is_put_on_the_home_screen(opens: Opens) -> None:
    """By the phone, which asks its owner: who declines is offered it again, who agrees is not."""
    panel = opens(ADMIN, **SMALL)
    panel.go("/settings")
    offer = panel.page.get_by_role("button", name="Pôr na tela inicial")
    offer.click()
    panel.client.is_asked("web_app_add_to_home_screen")
    panel.client.tells("home_screen_failed")
    expect(panel.toast).to_contain_text("não foi posto")
    offer.click()
    panel.client.tells("home_screen_added")
    expect(panel.toast).to_contain_text("está na tela inicial")
    expect(offer).to_have_count(0)


@pytest.mark.parametrize(("status", "version"), [("added", "9.1"), ("unsupported", "9.1"), ("missed", "7.10")])
def test_it_is_not_offered_where_it_is_of_no_use(opens: Opens, world: World, status: str, version: str) -> None:
    """It is there already, the phone takes none, or Telegram is too old to be asked."""
    panel = opens(address=world.launch(ADMIN, version=version), **SMALL)
    panel.client.has_home_screen(status)
    panel.go("/settings")
    expect(panel.page.get_by_text("De plantão", exact=True)).to_be_visible()
    if version != "7.10":
        panel.client.is_asked("web_app_check_home_screen")
    expect(panel.page.get_by_role("button", name="Pôr na tela inicial")).to_have_count(0)
