"""The figures: as many as happened."""

import pytest
from playwright.sync_api import expect

from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.panel import Panel
from tests.acceptance.browser.panel.world import Member, World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def figure(panel: Panel, label: str) -> int:
    """What a tile says."""
    tile = panel.page.locator("dl").filter(has_text=label)
    return int(tile.locator("dd").first.inner_text().replace(".", ""))


def test_figures_are_what_was_done(opens: Opens, world: World, admin: Member) -> None:
    """A lead who waits is one more of today, open and waiting; the open page says so by itself."""
    panel = opens()
    panel.go("/dashboard")
    expect(panel.page.locator("dl").filter(has_text="Leads hoje")).to_be_visible()
    before = {label: figure(panel, label) for label in ("Leads hoje", "Conversas abertas", "Esperando agora")}
    admin.waits(world.phone("Do painel"))
    for label, number in before.items():
        tile = panel.page.locator("dl").filter(has_text=label)
        expect(tile.locator("dd").first).to_have_text(str(number + 1))


@pytest.mark.parametrize(
    ("path", "figures", "name"),
    [
        ("/dashboard", "funnel", "Onde estão os leads do período"),
        ("/dashboard/funnel", "stages", "Funil dos leads do período"),
    ],
)
def test_pictures_are_tables_too(opens: Opens, admin: Member, path: str, figures: str, name: str) -> None:
    """Where leads are, and how far they ever came, as tables count what the API counts."""
    panel = opens()
    panel.go("/dashboard")
    table = panel.page.get_by_role("table", name=name)
    expect(table).to_be_visible()
    for stage in admin.ask("GET", path, days="30")[figures]:
        row = table.get_by_role("row").filter(has=panel.page.get_by_role("rowheader", name=stage["name"], exact=True))
        expect(row).to_contain_text(str(stage["leads"]))
