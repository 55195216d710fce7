"""Follow-ups in the panel: who will be written to unasked, and that somebody of the team stops it."""

from collections.abc import Iterator, Mapping
from typing import Final

import pytest
from playwright.sync_api import expect

from app.demo import SLUG
from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.looks import flaws, keep, violations
from tests.acceptance.browser.panel.test_client import SMALL
from tests.acceptance.browser.panel.themes import DARK
from tests.acceptance.browser.panel.world import Member, Phone, World
from tests.acceptance.project import Project

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ON: Final[Mapping[str, object]] = {
    "is_on": True,
    "steps": [{"after_hours": 1, "kind": "text", "text": "Oi, {nome}! Ainda posso ajudar?"}],
    "hours": {str(day): ["00:00-00:00"] for day in range(7)},
}


def _set(admin: Member, follow_up: Mapping[str, object]) -> Mapping[str, object]:
    """The business follows up so from now on; how it did before."""
    settings = admin.ask("GET", "/settings/business")
    before: Mapping[str, object] = settings["follow_up"]
    admin.ask("PUT", "/settings/business", {**settings, "follow_up": {**before, **follow_up}})
    return before


@pytest.fixture
def phone(installation: Project, world: World, admin: Member) -> Iterator[Phone]:
    """A lead who has fallen silent, and who is planned; nobody else is followed up once the test is over."""
    phone = world.phone("Silenciosa")
    phone.says("Quanto custa a avaliação?")
    phone.gets("R$ 120,00")
    before = _set(admin, ON)
    installation.told("job", "follow-up", "--tenant", SLUG)
    yield phone
    _set(admin, before)


def test_what_is_planned_is_stopped(opens: Opens, admin: Member, phone: Phone) -> None:
    """In the list with its words; stopped there, it is told at the lead why it was not said."""
    panel = opens()
    panel.go("/settings/followUpResults")
    stop = panel.page.get_by_role("button", name=f"Cancelar retomada: {phone.name}")
    expect(stop).to_be_visible()
    expect(panel.page.get_by_text("Oi, Silenciosa! Ainda posso ajudar?").first).to_be_visible()
    keep(panel.page, "follow-ups-desk")
    assert flaws(panel.page) == []
    assert violations(panel.page) == []
    lead = f"/leads/{admin.row(phone)['id']}"
    panel.go(lead)
    expect(panel.page.get_by_text("Próxima: passo 1")).to_be_visible()
    keep(panel.page, "follow-ups-lead")
    assert violations(panel.page) == []
    panel.go("/settings/followUpResults")
    stop.click()
    panel.button("Cancelar retomada").click()
    expect(panel.toast).to_contain_text("Retomada cancelada")
    expect(stop).to_have_count(0)
    panel.go(lead)
    expect(panel.page.get_by_text("Alguém da equipe cancelou")).to_be_visible()


def test_it_can_be_read_on_a_phone_by_night(opens: Opens, phone: Phone) -> None:
    """Nothing is cut, and axe has nothing to say."""
    panel = opens(theme=DARK, **SMALL)
    panel.go("/settings/followUpResults")
    expect(panel.page.get_by_role("button", name=f"Cancelar retomada: {phone.name}")).to_be_visible()
    keep(panel.page, "follow-ups-phone")
    assert flaws(panel.page) == []
    assert violations(panel.page) == []
