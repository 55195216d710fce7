"""Who is let in, and what each role has in front of it."""

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.crew import ADMIN, ATTENDANT, MANAGER, STRANGER
from tests.acceptance.browser.panel.world import World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ALL = ["Conversas", "Funil", "Painel", "Ajustes"]
SECTIONS = {ADMIN: ALL, MANAGER: ALL, ATTENDANT: ["Conversas", "Funil", "Ajustes"]}


@pytest.mark.parametrize("who", SECTIONS, ids=["admin", "manager", "attendant"])
def test_each_role_has_its_sections(opens: Opens, who: int) -> None:
    """Figures of the business are for those who lead it."""
    panel = opens(who)
    expect(panel.page.get_by_role("navigation").get_by_role("link")).to_have_text(SECTIONS[who])
    panel.is_at("/leads")


def test_who_is_of_no_team_is_told_so(opens: Opens) -> None:
    """And what to do about it."""
    panel = opens(STRANGER)
    panel.may_be_refused(403)
    expect(panel.page.get_by_text("Você ainda não faz parte de uma equipe")).to_be_visible()


def test_a_reload_stays_signed_in(opens: Opens) -> None:
    """A launch is good for one session, which a reload goes on with, and stays on its page."""
    panel = opens()
    panel.go("/settings/team")
    expect(panel.page.get_by_text("Gestora (você)")).to_be_visible()
    panel.page.reload()
    expect(panel.page.get_by_text("Gestora (você)")).to_be_visible()
    panel.is_at("/settings/team")


def test_a_launch_opens_one_session(opens: Opens, world: World) -> None:
    """Whoever gets hold of a used one gets nothing."""
    address = world.launch(MANAGER)
    expect(opens(address=address).page.get_by_role("navigation")).to_be_visible()
    second = opens(address=address)
    second.may_be_refused(409)
    expect(second.page.get_by_text("Abra o app de novo")).to_be_visible()


def test_a_browser_without_telegram_sees_the_way(opens: Opens, world: World) -> None:
    """Nobody has said who it is."""
    panel = opens(address=f"{world.web_url}/miniapp/")
    expect(panel.page.get_by_text("Abra pelo Telegram")).to_be_visible()
