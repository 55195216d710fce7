"""One ``reveza up`` for all tests of this folder, and a browser that looks at its page."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, ViewportSize, expect, sync_playwright

from app.browser import VARIABLE, find_browser
from app.embedded.keeping import LOOPBACK
from tests.acceptance.browser.visit import PATIENCE_MS, Visit
from tests.acceptance.faults.proxy import Proxy
from tests.acceptance.project import Project, own_project

WIDE: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture(scope="package")
def browser_path() -> str:
    """A browser's program. Without one: a failure where everything has to run, else a skip that says what is missing."""
    found = find_browser()
    if found is None:
        reason = f"no Chromium or Chrome here: install one (Debian: apt install chromium), or name it in {VARIABLE}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """The browser's driver; for this folder alone, for it keeps a loop that others' tests would trip over."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright, browser_path: str) -> Iterator[Browser]:
    """The browser itself. As root its own sandbox does not start."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    opened = playwright.chromium.launch(executable_path=browser_path, args=arguments)
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def installation(browser_path: str) -> Iterator[Project]:
    """A running installation, for the tests of this folder."""
    assert browser_path
    with installed() as project:
        yield project


@contextmanager
def installed() -> Iterator[Project]:
    """A running installation of one's own, until the block ends."""
    with own_project("reveza-page-") as project:
        project.up()
        yield project


@pytest.fixture(scope="package")
def page_url(installation: Project) -> str:
    """Where its page is."""
    return str(installation.run["page_url"])


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window of its own; whatever it complains of fails the test. ``indirect`` parameters are the context's."""
    choices = {"viewport": WIDE, "color_scheme": "light", "locale": "pt-BR", **getattr(request, "param", {})}
    context = browser.new_context(**choices)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    opened = context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        complaints.append(f"{message.type}: {message.text}")

    opened.on("console", note)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture
def line(page_url: str) -> Iterator[Proxy]:
    """A line to the page that can be cut."""
    made = Proxy(urlsplit(page_url).port or 0)
    yield made
    made.close()


@pytest.fixture
def over_the_line(browser: Browser, page_url: str, line: Proxy) -> Iterator[Visit]:
    """Somebody else opens the page, over that line; of its cuts the browser may complain, the page's own code may not fail."""
    context = browser.new_context(viewport=WIDE, locale="pt-BR")
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield Visit.begin(opened, urlsplit(page_url)._replace(netloc=f"{LOOPBACK}:{line.port}").geturl())
    context.close()
    assert errors == []


@pytest.fixture
def visit(page: Page, page_url: str) -> Visit:
    """Somebody opens the page."""
    return Visit.begin(page, page_url)
