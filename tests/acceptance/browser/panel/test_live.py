"""What changes is seen by everybody who looks, and whoever was cut off catches up."""

import pytest
from playwright.sync_api import expect

from app.embedded.processes import wait_until
from app.emulated import TEAM
from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.crew import ADMIN, ATTENDANT, COLLEAGUE, LEAVING, MANAGER
from tests.acceptance.browser.panel.world import Member, World
from tests.acceptance.faults.proxy import Proxy
from tests.patience import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LOST = "Sem conexão ao vivo"
_CUTS = 50


def test_three_see_the_same(opens: Opens, world: World, admin: Member) -> None:
    """Two at the conversation, one at the board: what the lead writes is in front of all three."""
    phone = admin.waits(world.phone("De todos"))
    chat = admin.chat(phone)
    manager, attendant, board = opens(MANAGER), opens(ATTENDANT), opens(COLLEAGUE)
    for panel in (manager, attendant):
        panel.open_chat(chat)
    board.go("/pipeline")
    board.search(phone.name)
    card = board.page.locator("li").filter(has_text=phone.name)
    expect(card).to_be_visible()
    phone.says("Alguém aí?")
    for panel in (manager, attendant):
        expect(panel.message("Alguém aí?")).to_have_count(1)
    expect(card).to_contain_text("Alguém aí?")


def test_who_was_cut_off_catches_up(opens: Opens, world: World, admin: Member, line: Proxy) -> None:
    """He is told that what he sees may be old; what was said meanwhile is there afterwards, once."""
    phone = admin.waits(world.phone("Da linha"))
    panel = opens(ADMIN, over=line)
    panel.may_lose_the_line()
    panel.open_chat(admin.chat(phone))
    expect(panel.page.get_by_text(LOST)).to_have_count(0)
    line.cut()
    expect(panel.page.get_by_text(LOST)).to_be_visible()
    for words in ("Primeira", "Segunda"):
        phone.says(words)
    assert wait_until(lambda: admin.row(phone)["last_text"] == "Segunda", PATIENCE)
    expect(panel.message("Segunda")).to_have_count(0)
    line.mend()
    panel.page.evaluate("dispatchEvent(new Event('online'))")
    expect(panel.message("Segunda")).to_have_count(1)
    expect(panel.message("Primeira")).to_have_count(1)
    expect(panel.page.get_by_text(LOST)).to_have_count(0)


def test_words_written_without_a_line_are_said_once(opens: Opens, world: World, admin: Member, line: Proxy) -> None:
    """They stand in the thread with a way to try again, and come to the lead by that."""
    phone = admin.has(world.phone("Do túnel"))
    panel = opens(ADMIN, over=line)
    panel.may_lose_the_line()
    panel.open_chat(admin.chat(phone))
    line.cut()
    panel.writes("Dito no túnel.")
    unsent = panel.message("Dito no túnel.")
    expect(unsent.get_by_role("alert")).to_contain_text("Não conseguimos falar com o servidor")
    line.mend()
    unsent.get_by_role("button", name="Tentar de novo").click()
    phone.gets("Dito no túnel.")
    expect(panel.message("Dito no túnel.")).to_have_count(1)
    expect(panel.message("Dito no túnel.").get_by_role("alert")).to_have_count(0)


def test_who_leaves_the_team_is_shown_the_door(opens: Opens, admin: Member) -> None:
    """While he looks, without a reload."""
    panel = opens(LEAVING)
    panel.may_be_refused(401)
    panel.may_be_refused(403)
    expect(panel.page.get_by_role("navigation")).to_be_visible()
    members = admin.ask("GET", "/team")["members"]
    gone = next(member["id"] for member in members if member["name"] == "Temporário")
    admin.ask("DELETE", f"/team/{gone}")
    expect(panel.page.get_by_role("navigation")).to_have_count(0)
    expect(panel.page.get_by_text("Sua sessão terminou")).to_be_visible()


def test_another_role_is_had_at_once(opens: Opens, admin: Member) -> None:
    """The figures come into the navigation of whoever leads from now on."""
    panel = opens(COLLEAGUE)
    figures = panel.page.get_by_role("navigation").get_by_role("link", name="Painel", exact=True)
    expect(panel.page.get_by_role("link", name="Funil")).to_be_visible()
    expect(figures).to_have_count(0)
    members = admin.ask("GET", "/team")["members"]
    colleague = next(member["id"] for member in members if member["name"] == TEAM[1].name)
    admin.ask("PATCH", f"/team/{colleague}", {"role": "manager"})
    try:
        expect(figures).to_be_visible()
    finally:
        admin.ask("PATCH", f"/team/{colleague}", {"role": "attendant"})


@pytest.mark.slow
def test_a_line_cut_fifty_times_loses_and_doubles_nothing(
    opens: Opens, world: World, admin: Member, line: Proxy
) -> None:
    """Somebody writes on while the stream of who looks breaks again and again: he ends with every word, once, in order."""
    phone = admin.waits(world.phone("Do trem"))
    panel = opens(ADMIN, over=line)
    panel.may_lose_the_line()
    panel.open_chat(admin.chat(phone))
    said = [f"Palavra {number:02}." for number in range(1, _CUTS + 1)]
    for words in said:
        line.cut()
        phone.says(words)
        # The next cut is to be of a stream that stands.
        with panel.page.expect_response(lambda answer: answer.url.endswith("/events")):
            line.mend()
            panel.page.evaluate("dispatchEvent(new Event('online'))")
    expect(panel.message(said[-1])).to_have_count(1)
    shown = [words for words in panel.messages.locator("p").all_inner_texts() if words.startswith("Palavra")]
    assert shown == said
