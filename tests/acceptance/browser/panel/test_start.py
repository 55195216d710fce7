"""How the panel comes up, for whoever has a slow line: nothing is waited for that could have been asked before."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Response, Route, expect

from tests.acceptance.browser.panel.crew import MANAGER
from tests.acceptance.browser.panel.panel import Panel
from tests.acceptance.browser.panel.test_client import SMALL
from tests.acceptance.browser.panel.world import Member, World

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LARGEST_BYTES = 200 * 1024
"""Of everything, compressed, until a page shows what it is for."""
MOST_REQUESTS = 30


@pytest.fixture(scope="module")
def lead(world: World, admin: Member) -> str:
    """Somebody who has written."""
    return str(admin.row(admin.waits(world.phone("De longe")))["id"])


def _window(browser: Browser) -> Page:
    how: dict[str, Any] = {"locale": "pt-BR", **SMALL}
    panel = Panel(browser.new_context(**how).new_page())
    panel.listen()
    return panel.page


@pytest.fixture
def opened(browser: Browser, world: World, lead: str) -> "tuple[Page, list[Response]]":
    """The panel at a lead, on a phone with nothing cached, and all that came until he was shown."""
    page = _window(browser)
    came: list[Response] = []

    def note(response: Response) -> None:
        came.append(response)

    page.on("response", note)
    page.goto(world.launch(MANAGER, start_param=f"lead_{lead.replace('-', '')}"))
    expect(page.get_by_role("heading", level=2).first).to_contain_text("De longe")
    return page, [*came]


def test_it_asks_before_the_app_is_there(browser: Browser, world: World, lead: str) -> None:
    """Sign-in, who one is and what the page shows are asked while the app's own code is still on its way."""
    page = _window(browser)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/assets/(libraries|shared|main)-.*\.js"), hold)
    wanted = {"/session", "/me", "/leads", f"/leads/{lead}", f"/leads/{lead}/timeline"}
    asked: set[str] = set()

    def note(request: Request) -> None:
        asked.add(urlsplit(request.url).path.removeprefix("/api/v1"))

    page.on("request", note)
    page.goto(world.launch(MANAGER, start_param=f"lead_{lead.replace('-', '')}"), wait_until="commit")
    while not wanted <= asked:
        page.wait_for_event("request")
    assert held != []
    assert page.get_by_role("navigation").count() == 0
    for one in held:
        one.continue_()
    page.unroute_all()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("De longe")


def test_nothing_is_asked_twice_until_it_is_shown(opened: tuple[Page, list[Response]], lead: str) -> None:
    """What was asked ahead is what the page takes; only the stream, which begins with a reset, has it asked anew."""
    _, came = opened
    asked = sorted((one.request for one in came), key=lambda one: one.timing["startTime"])
    paths = [*(urlsplit(one.url).path for one in asked), "/events"]
    paths = paths[: paths.index("/events")]
    assert [paths.count(f"/api/v1{one}") for one in ("/session", f"/leads/{lead}")] == [1, 1]


def test_few_and_small_things_come_first(opened: tuple[Page, list[Response]]) -> None:
    """All of them ours, none of them large, and no more than fit on one slow line."""
    page, came = opened
    assert {urlsplit(one.url).netloc for one in came} == {urlsplit(page.url).netloc}
    assert len(came) <= MOST_REQUESTS
    assert sum(one.request.sizes()["responseBodySize"] for one in came if "/events" not in one.url) < LARGEST_BYTES


def test_code_comes_compressed_and_stays(opened: tuple[Page, list[Response]]) -> None:
    """A second visit fetches none of it again."""
    _, came = opened
    assets = [one.headers for one in came if "/assets/" in one.url]
    large = [one for one in assets if int(one.get("content-length", "0")) > 1000]
    assert {one["cache-control"] for one in assets} == {"public, max-age=31536000, immutable"}
    assert {one.get("content-encoding") for one in large} <= {"br", "gzip"}
    assert {_encoding(one) for one in came if urlsplit(one.url).path == "/api/v1/leads"} <= {"gzip", "deflate", ""}


def test_the_document_names_what_the_app_is_made_of(opened: tuple[Page, list[Response]]) -> None:
    """It is fetched beside the first script, which imports it later; no script of anybody else's is waited for."""
    page, _ = opened
    document = page.request.get(page.url).text()
    named = re.findall(r'<link rel="modulepreload" crossorigin href="/miniapp/assets/(\w+)-', document)
    assert {"main", "libraries", "shared"} <= set(named)
    assert re.findall(r"<script(?! type=\"module\")", document) == []


def _encoding(response: Response) -> str:
    headers: Mapping[str, str] = response.headers
    return headers.get("content-encoding", "")
