"""The panel in a browser, as the team's people open it, each in a window of his own."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIRequestContext, Browser, Playwright, expect

from app.embedded.keeping import LOOPBACK
from app.emulated import TEAM
from tests.acceptance.browser.conftest import WIDE, installed
from tests.acceptance.browser.panel.crew import ADMIN, MANAGER, joined
from tests.acceptance.browser.panel.panel import Panel
from tests.acceptance.browser.panel.themes import LIGHT
from tests.acceptance.browser.panel.world import Member, World
from tests.acceptance.browser.visit import PATIENCE_MS
from tests.acceptance.faults.proxy import Proxy
from tests.acceptance.project import Project

Opens = Callable[..., Panel]


@pytest.fixture(scope="package")
def installation(browser_path: str) -> Iterator[Project]:
    """A running installation for the tests of this folder alone: what they set and teach would confuse others."""
    assert browser_path
    with installed() as project:
        yield project


@pytest.fixture(scope="package")
def page_url(installation: Project) -> str:
    """Where its page is."""
    return str(installation.run["page_url"])


@pytest.fixture(scope="package")
def http(playwright: Playwright) -> Iterator[APIRequestContext]:
    """Requests beside the browser's."""
    context = playwright.request.new_context()
    yield context
    context.dispose()


@pytest.fixture(scope="package")
def world(installation: Project, http: APIRequestContext) -> World:
    """What is outside the panel; the crew has come in."""
    run = installation.run
    world = World(http, run["emulators"], run["web_url"])
    joined(world, Member.signed_in(world, ADMIN))
    return world


@pytest.fixture(scope="package")
def admin(world: World) -> Member:
    """The business's admin, at the API."""
    return Member.signed_in(world, ADMIN)


@pytest.fixture(scope="package")
def attendant(world: World) -> Member:
    """The first attendant, at the API."""
    return Member.signed_in(world, TEAM[0].telegram_user_id)


@pytest.fixture
def line(world: World) -> Iterator[Proxy]:
    """A line to the panel that can be cut."""
    made = Proxy(urlsplit(world.web_url).port or 0)
    yield made
    made.close()


@pytest.fixture
def opens(browser: Browser, world: World) -> Iterator[Opens]:
    """Open the panel as somebody; what his browser complains of fails the test, unless it is expected."""
    opened: list[Panel] = []

    def open_as(
        who: int = MANAGER,
        *,
        address: str = "",
        start: str = "",
        theme: Mapping[str, str] = LIGHT,
        over: Proxy | None = None,
        **window: Any,
    ) -> Panel:
        context = browser.new_context(**{"viewport": WIDE, "locale": "pt-BR", "reduced_motion": "reduce", **window})
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        panel = Panel(context.new_page())
        panel.listen()
        opened.append(panel)
        address = address or world.launch(who, start_param=start, theme_params=dict(theme))
        if over is not None:
            address = urlsplit(address)._replace(netloc=f"{LOOPBACK}:{over.port}").geturl()
        panel.page.goto(address)
        return panel

    yield open_as
    for panel in opened:
        panel.page.context.close()
    assert [panel.unexpected for panel in opened] == [[] for _ in opened]
