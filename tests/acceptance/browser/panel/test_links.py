"""Links from Telegram lead to a lead of one business: whoever works in several is led into that one."""

import pytest
from playwright.sync_api import expect

from core.domain.ids import uuid7
from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.crew import MANAGER, enter
from tests.acceptance.browser.panel.world import Member, Phone, World
from tests.acceptance.project import Project

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
IN_BOTH = 5_000_000_016


@pytest.fixture(scope="module")
def in_both(installation: Project, world: World, admin: Member) -> int:
    """Somebody who works in this business, and was last in another."""
    world.control("telegram", "users", {"id": IN_BOTH, "first_name": "Sócia", "language_code": "pt-br"})
    enter(world, admin.ask("POST", "/team/invitations", {"role": "manager"})["link"], IN_BOTH)
    installation.told("tenants", "create", "filial", "--name", "Filial")
    enter(world, installation.told("tenants", "invite", "filial").split()[0], IN_BOTH)
    return IN_BOTH


@pytest.fixture(scope="module")
def phone(world: World, admin: Member) -> Phone:
    """Whoever waits for somebody, in this business."""
    return admin.waits(world.phone("Do link"))


@pytest.fixture(scope="module")
def lead(phone: Phone, admin: Member) -> str:
    """As the links name him."""
    return str(admin.row(phone)["id"]).replace("-", "")


def test_a_link_leads_into_its_business(opens: Opens, in_both: int, phone: Phone, lead: str, admin: Member) -> None:
    """Whichever the person was in last."""
    business = str(admin.ask("GET", "/me")["tenant_id"]).replace("-", "")
    expect(opens(in_both).page.get_by_text("Ninguém escreveu ainda")).to_be_visible()
    panel = opens(in_both, start=f"lead_{lead}_{business}")
    expect(panel.page.get_by_role("heading", name=phone.name)).to_be_visible()


def test_a_link_without_a_business_still_leads_to_its_lead(opens: Opens, phone: Phone, lead: str) -> None:
    """Cards that were sent before say no more than this."""
    panel = opens(MANAGER, start=f"lead_{lead}")
    expect(panel.page.get_by_role("heading", name=phone.name)).to_be_visible()


def test_who_is_nobody_there_is_told_so(opens: Opens, phone: Phone, lead: str) -> None:
    """And may go on to his own business, where that lead is nowhere."""
    panel = opens(MANAGER, start=f"lead_{lead}_{uuid7().hex}")
    panel.may_be_refused(403)
    expect(panel.page.get_by_text("Este link é de outra empresa")).to_be_visible()
    panel.page.get_by_role("button", name="Ir para").click()
    panel.is_at("/leads")
    expect(panel.lead(phone.name)).to_be_visible()
