"""Every page as it looks: by day and by night, on a phone and at a desk, in both languages."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.acceptance.browser.conftest import WIDE
from tests.acceptance.browser.panel.crew import ADMIN, ENGLISH
from tests.acceptance.browser.panel.looks import flaws, keep, violations
from tests.acceptance.browser.panel.panel import Panel
from tests.acceptance.browser.panel.test_client import SMALL
from tests.acceptance.browser.panel.test_settings import PLACES
from tests.acceptance.browser.panel.themes import DARK, LIGHT
from tests.acceptance.browser.panel.world import Member, World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SIZES: Mapping[str, Mapping[str, Any]] = {"phone": SMALL, "desk": {"viewport": WIDE}}
THEMES = {"day": LIGHT, "night": DARK}
PEOPLE = {"pt-BR": ADMIN, "en": ENGLISH}
LOOKS = list(product(SIZES, THEMES, PEOPLE))
WAITING = "[class*=skeleton], [class*=spinner], [aria-busy=true]"
"""What is left standing while something loads."""


@pytest.fixture(scope="module")
def scene(world: World, admin: Member, attendant: Member) -> Mapping[str, str]:
    """Leads in every state, with what the pages show of them; where the pages are."""
    asking, waiting, held = world.phone("Clara Nogueira de Albuquerque"), world.phone("Davi"), world.phone("Estela")
    asking.says("Bom dia! Quanto custa a avaliação? E vocês atendem aos sábados?")
    admin.waits(waiting)
    attendant.has(held)
    asking.gets("R$ 120,00")
    lead = admin.row(held)["id"]
    tags = ["retorno", "convênio"]
    facts = [{"key": "plano", "value": "particular"}, {"key": "horário", "value": "prefere de manhã, depois das nove"}]
    admin.ask("PATCH", f"/leads/{lead}", {"tags": tags, "facts": facts})
    admin.ask("POST", f"/leads/{lead}/data-requests", {"kind": "access"})
    admin.ask("POST", "/holds", {"lead_id": lead, "reason": "Processo em curso", "until": "2999-12-31T12:00:00Z"})
    return {
        "leads": "/leads",
        "lead": f"/leads/{lead}",
        "chat-ai": f"/chats/{admin.chat(asking)}",
        "chat-waiting": f"/chats/{admin.chat(waiting)}",
        "chat-held": f"/chats/{admin.chat(held)}",
        "pipeline": "/pipeline",
        "dashboard": "/dashboard",
        "settings": "/settings",
        **{f"settings-{name}": f"/settings/{name}" for name in PLACES},
    }


@pytest.fixture(scope="module", params=LOOKS, ids="-".join)
def look(request: pytest.FixtureRequest, browser: Browser, world: World, scene: object) -> Iterator[tuple[str, Panel]]:
    """A window that looks so; its pages follow one another in it."""
    assert scene
    size, theme, language = request.param
    context = browser.new_context(**{"reduced_motion": "reduce", "locale": language, **SIZES[size]})
    panel = Panel(context.new_page())
    panel.listen()
    panel.page.goto(world.launch(PEOPLE[language], theme_params=dict(THEMES[theme])))
    yield "-".join(request.param), panel
    context.close()


@pytest.mark.parametrize(
    "name",
    [
        "leads",
        "lead",
        "chat-ai",
        "chat-waiting",
        "chat-held",
        "pipeline",
        "dashboard",
        "settings",
        *(f"settings-{name}" for name in PLACES),
    ],
)
def test_a_page_can_be_read_by_everybody(look: tuple[str, Panel], scene: Mapping[str, str], name: str) -> None:
    """Nothing overflows, is cut, is left loading or untranslated; axe and the console have nothing to say."""
    how, panel = look
    panel.go(scene[name])
    expect(panel.page.get_by_role("heading", level=1).last).to_be_visible()
    expect(panel.page.locator(WAITING)).to_have_count(0)
    keep(panel.page, f"{name}-{how}")
    assert flaws(panel.page) == []
    assert violations(panel.page) == []
    assert panel.unexpected == []
