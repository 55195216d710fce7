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


def test_pictures_are_tables_too(opens: Opens, world: World, admin: Member) -> None:
    """The funnel as a table counts what the API counts."""
    panel = opens()
    panel.go("/dashboard")
    figures = admin.ask("GET", "/dashboard", days="30")["funnel"]
    table = panel.page.get_by_role("table", name="Funil dos leads do período")
    for stage in figures:
        row = table.get_by_role("row").filter(has=panel.page.get_by_role("rowheader", name=stage["name"], exact=True))
        expect(row).to_contain_text(str(stage["leads"]))
