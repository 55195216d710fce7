"""What the law gives a lead a right to, on his page and among the settings: what he asks is written down, and he is held."""

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.crew import ADMIN
from tests.acceptance.browser.panel.panel import Panel
from tests.acceptance.browser.panel.world import Member, Phone, World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def phone(world: World) -> Phone:
    """A lead who has written."""
    phone = world.phone("Dos direitos")
    phone.says("Bom dia")
    return phone


@pytest.fixture
def panel(opens: Opens, admin: Member, phone: Phone) -> Panel:
    """His page, in front of an admin."""
    panel = opens(ADMIN)
    panel.go(f"/leads/{admin.row(phone)['id']}")
    expect(panel.page.get_by_role("heading", name=phone.name)).to_be_visible()
    return panel


def _holds(admin: Member, lead: str) -> list[str]:
    return [one["reason"] for one in admin.ask("GET", "/holds", lead_id=lead)["holds"] if one["lead_id"] == lead]


def test_what_he_asked_by_another_way_is_written_down(panel: Panel, admin: Member, phone: Phone) -> None:
    """With its term, and led to where it is answered; asked again, the same one stands."""
    rights = panel.page.get_by_role("region", name="Dados da pessoa (LGPD)")
    for _ in range(2):
        rights.get_by_role("button", name="Anotar um pedido").click()
        panel.in_front.get_by_role("button", name="Quer corrigir seus dados").click()
        expect(panel.toast).to_contain_text("Pedido anotado")
        expect(rights.get_by_role("link", name="Quer corrigir seus dados")).to_have_count(1)
    asked = admin.ask("GET", "/data-requests", lead_id=str(admin.row(phone)["id"]))["items"]
    assert [(one["kind"], one["origin"], one["state"]) for one in asked] == [("correction", "member", "open")]


def test_he_is_held_on_his_page_and_let_go_among_all(panel: Panel, admin: Member, phone: Phone) -> None:
    """For a reason that has to be given; the list names him, and the hold is lifted after a question."""
    lead = str(admin.row(phone)["id"])
    panel.page.get_by_role("button", name="Reter").click()
    expect(panel.save).to_be_disabled()
    panel.in_front.get_by_label("Motivo").fill("Processo 123")
    panel.save.click()
    expect(panel.toast).to_contain_text("Retido")
    expect(panel.page.locator("dialog")).to_have_count(0)
    expect(panel.page.get_by_role("region", name="Dados da pessoa (LGPD)").get_by_text("Processo 123")).to_be_visible()
    assert _holds(admin, lead) == ["Processo 123"]
    panel.go("/settings/holds")
    expect(panel.page.get_by_role("main").get_by_role("link", name=phone.name)).to_be_visible()
    panel.page.get_by_text("Processo 123").locator("xpath=ancestor::*[.//button][1]").get_by_role("button").click()
    panel.button("Encerrar").click()
    expect(panel.toast).to_contain_text("Retenção encerrada")
    expect(panel.page.get_by_role("main").get_by_role("link", name=phone.name)).to_have_count(0)
    assert _holds(admin, lead) == []


def test_a_lead_is_found_to_be_held(opens: Opens, admin: Member, phone: Phone) -> None:
    """Among the settings, by what he is called: nothing is kept before somebody is chosen."""
    lead = str(admin.row(phone)["id"])
    panel = opens(ADMIN)
    panel.go("/settings/holds")
    panel.page.get_by_role("button", name="Nova retenção").click()
    panel.in_front.get_by_label("Motivo").fill("Auditoria 456")
    expect(panel.save).to_be_disabled()
    panel.in_front.get_by_label("Buscar lead por nome ou número").fill(phone.name)
    panel.in_front.get_by_role("button", name=phone.name).click()
    panel.save.click()
    expect(panel.toast).to_contain_text("Retido")
    expect(panel.page.get_by_role("main").get_by_role("link", name=phone.name)).to_be_visible()
    assert _holds(admin, lead) == ["Auditoria 456"]
