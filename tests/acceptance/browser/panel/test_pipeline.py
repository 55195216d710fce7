"""The pipeline: cards are moved by hand and by key, and stand where the server has them."""

import re

import pytest
from playwright.sync_api import Locator, expect

from app.embedded.processes import wait_until
from tests.acceptance.browser.panel.conftest import Opens
from tests.acceptance.browser.panel.panel import Panel
from tests.acceptance.browser.panel.world import Member, Phone, World
from tests.patience import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
STEPS = 12
TO_THE_NEXT = 30
"""Each press of an arrow carries a card ten pixels."""


@pytest.fixture
def phone(world: World) -> Phone:
    """A new lead."""
    phone = world.phone("Do funil")
    phone.says("Bom dia")
    phone.gets("Como posso ajudar?")
    return phone


@pytest.fixture
def panel(opens: Opens, phone: Phone) -> Panel:
    """The board, with his card alone."""
    panel = opens()
    panel.go("/pipeline")
    panel.search(phone.name)
    expect(panel.page.locator("li").filter(has_text=phone.name)).to_have_count(1)
    return panel


def column(panel: Panel, name: str) -> Locator:
    """A stage."""
    return panel.page.get_by_role("region", name=name, exact=True)


def is_in(panel: Panel, phone: Phone, name: str) -> None:
    """Wait until his card is there."""
    expect(column(panel, name).get_by_role("listitem").filter(has_text=phone.name)).to_be_visible()


def drag(panel: Panel, phone: Phone, to: str) -> None:
    """Drag his card by its middle into that column."""
    card = panel.page.locator("li").filter(has_text=phone.name).bounding_box()
    target = column(panel, to).bounding_box()
    assert card is not None
    assert target is not None
    mouse = panel.page.mouse
    mouse.move(card["x"] + card["width"] / 2, card["y"] + card["height"] / 2)
    mouse.down()
    mouse.move(target["x"] + target["width"] / 2, target["y"] + 120, steps=STEPS)
    mouse.up()


def test_a_card_is_dragged(panel: Panel, phone: Phone, admin: Member) -> None:
    """It stands in the other column at once, and at the server."""
    drag(panel, phone, "Em qualificação")
    is_in(panel, phone, "Em qualificação")
    assert wait_until(lambda: admin.row(phone)["stage_key"] == "qualifying", PATIENCE)


def test_a_card_is_moved_by_keys(panel: Panel, phone: Phone, admin: Member) -> None:
    """Lifted, carried and put down; each step is read out."""
    panel.page.get_by_role("link").filter(has_text=phone.name).focus()
    press = panel.page.keyboard.press
    press("Space")
    voice = panel.page.locator("[id^=dnd-kit-announcement]")
    expect(voice).to_contain_text(f"{phone.name} sobre Novo")
    for _ in range(TO_THE_NEXT):
        press("ArrowRight")
    expect(voice).to_contain_text("sobre Em qualificação")
    press("Space")
    is_in(panel, phone, "Em qualificação")
    assert wait_until(lambda: admin.row(phone)["stage_key"] == "qualifying", PATIENCE)


def test_a_card_is_moved_by_its_button(panel: Panel, phone: Phone) -> None:
    """For whoever would rather not drag."""
    panel.button(f"Mover {phone.name}").click()
    panel.in_front.get_by_role("button", name="Convertido").click()
    is_in(panel, phone, "Convertido")


def test_a_move_that_is_refused_is_undone(panel: Panel, phone: Phone) -> None:
    """The card goes back to where it was, and why is said."""
    panel.may_be_refused(503)
    body = '{"code": "unavailable", "title": "Unavailable", "status": 503}'
    panel.page.route(
        re.compile(r"/leads/[^/]+/stage$"),
        lambda route: route.fulfill(status=503, content_type="application/problem+json", body=body),
    )
    drag(panel, phone, "Convertido")
    expect(panel.toast).to_contain_text("indisponível")
    is_in(panel, phone, "Novo")


def test_what_somebody_else_moves_is_seen(panel: Panel, phone: Phone, admin: Member) -> None:
    """The card goes to its new column by itself."""
    admin.ask("POST", f"/leads/{admin.row(phone)['id']}/stage", {"stage_key": "lost"})
    is_in(panel, phone, "Perdido")
