"""The managers' pages over HTTP: what a browser gets, keeps and may do with it."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from miniapp.site.files import load_files
from miniapp.site.pages import Pages

_PAGE = "http://127.0.0.1:8099"
_INDEX = '<!doctype html><meta name="style-nonce" nonce="{{style-nonce}}"><script type="module" src="/miniapp/assets/app-1a2b.js"></script>'
_SCRIPT = "export const words = 'olá';\n" * 40
_FOR_EVER = "public, max-age=31536000, immutable"
_Client = TestClient[Request, Application]


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A build: an index, a script with what is compressed beside it, a picture, and what a tool left."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(_INDEX)
    (tmp_path / "assets/app-1a2b.js").write_text(_SCRIPT)
    (tmp_path / "assets/app-1a2b.js.gz").write_bytes(gzip.compress(_SCRIPT.encode()))
    (tmp_path / "assets/app-1a2b.js.br").write_bytes(b"as brotli")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / ".built-from").write_text("sources")
    return tmp_path


async def _client(dist: Path) -> _Client:
    application = Application()
    application.add_routes(Pages((_PAGE,), lambda: load_files(dist)).routes())
    client = TestClient(TestServer(application), auto_decompress=False)
    await client.start_server()
    return client


@pytest.fixture
async def client(dist: Path) -> AsyncIterator[_Client]:
    """A browser before that build."""
    made = await _client(dist)
    yield made
    await made.close()


@pytest.mark.parametrize("path", ["/miniapp/", "/miniapp/leads", "/miniapp/settings/team", "/miniapp/index.html"])
async def test_every_page_is_the_one_document(client: _Client, path: str) -> None:
    """The app reads the address itself; the document is asked for anew each time."""
    async with client.get(path) as answer:
        told = (answer.status, answer.content_type, answer.headers["Cache-Control"], await answer.text())
    assert told[:3] == (200, "text/html", "no-store")
    assert "/miniapp/assets/app-1a2b.js" in told[3]


async def test_each_document_may_add_styles_of_its_own(client: _Client) -> None:
    """By a nonce that comes once; a script is never let in by one."""
    nonces = set()
    for _ in range(2):
        async with client.get("/miniapp/") as answer:
            found = re.search(r'nonce="([\w-]{20,})"', await answer.text())
            rules = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
        assert found is not None
        assert (rules["style-src"], rules["script-src"]) == (f"'self' 'nonce-{found[1]}'", "'self'")
        nonces.add(found[1])
    assert len(nonces) == 2


async def test_the_address_without_its_slash_leads_there(client: _Client) -> None:
    """With everything that was asked."""
    async with client.get("/miniapp?tgWebAppStartParam=lead", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (308, "/miniapp/?tgWebAppStartParam=lead")


async def test_an_asset_is_kept_for_ever(client: _Client) -> None:
    """Its name changes with its content."""
    async with client.get("/miniapp/assets/app-1a2b.js") as answer:
        assert (answer.headers["Cache-Control"], answer.headers["Content-Type"]) == (
            _FOR_EVER,
            "text/javascript; charset=utf-8",
        )


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br; q=0.0", None),
        ("zstd", None),
        ("", None),
    ],
)
async def test_it_comes_as_small_as_it_is_taken(client: _Client, accepted: str, encoding: str | None) -> None:
    """Compressed once, when it was built; a cache is told what the answer depends on."""
    bodies = {"br": b"as brotli", "gzip": gzip.compress(_SCRIPT.encode()), None: _SCRIPT.encode()}
    async with client.get("/miniapp/assets/app-1a2b.js", headers={"Accept-Encoding": accepted}) as answer:
        told = (answer.headers.get("Content-Encoding"), answer.headers["Vary"], await answer.read())
    expected = gzip.decompress(bodies["gzip"]) if encoding == "gzip" else bodies[encoding]
    assert told[:2] == (encoding, "Accept-Encoding")
    assert (gzip.decompress(told[2]) if encoding == "gzip" else told[2]) == expected


async def test_what_is_known_is_not_sent_again(client: _Client) -> None:
    """By its mark, which differs with the encoding."""
    async with client.get("/miniapp/icon.svg") as first:
        mark = first.headers["ETag"]
    async with client.get("/miniapp/icon.svg", headers={"If-None-Match": mark}) as again:
        assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", mark)
    async with client.get("/miniapp/icon.svg", headers={"If-None-Match": '"another"'}) as other:
        assert other.status == 200


async def test_the_mark_tells_the_encodings_apart(client: _Client) -> None:
    """Bytes under one mark are the same bytes."""
    marks = set()
    for accepted in ("br", "gzip", "identity"):
        async with client.get("/miniapp/assets/app-1a2b.js", headers={"Accept-Encoding": accepted}) as answer:
            marks.add(answer.headers["ETag"])
    assert len(marks) == 3


async def test_the_head_alone_can_be_asked_for(client: _Client) -> None:
    """The same answer without its body."""
    async with client.head("/miniapp/icon.svg") as answer:
        told = (answer.status, answer.content_type, answer.headers["Content-Length"], await answer.read())
    assert told == (200, "image/svg+xml", "6", b"")


@pytest.mark.parametrize(
    "path",
    [
        "assets/gone-9f.js",
        "assets/leads",
        "favicon.ico",
        ".built-from",
        "assets/app-1a2b.js.br",
        "..%2fpackage.json",
        "assets/..%2f..%2fpackage.json",
    ],
)
async def test_what_is_no_file_of_the_build_is_not_there(client: _Client, path: str) -> None:
    """Neither what tools left, nor anything outside, nor the document in place of a script."""
    async with client.get(f"/miniapp/{path}") as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("path", ["/miniapp/", "/miniapp/assets/app-1a2b.js", "/miniapp/assets/gone.js"])
async def test_the_browser_is_told_what_it_may_do(client: _Client, path: str) -> None:
    """Only what is ours is loaded and called; only Telegram, and here the sandbox's page, shows it in a frame."""
    async with client.get(path) as answer:
        headers = answer.headers
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    own = {"script-src", "connect-src", "font-src"}
    assert (rules["default-src"], {rules[name] for name in own}) == ("'none'", {"'self'"})
    assert ("unsafe" in headers["Content-Security-Policy"], rules["style-src"].split()[0]) == (False, "'self'")
    assert rules["frame-ancestors"] == f"https://web.telegram.org https://*.telegram.org {_PAGE}"
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")


async def test_without_a_build_it_says_so_until_there_is_one(tmp_path: Path) -> None:
    """The process need not be started again."""
    place = tmp_path / "later"
    client = await _client(place)
    async with client.get("/miniapp/") as answer:
        assert (answer.status, "./reveza web" in await answer.text()) == (503, True)
    place.mkdir()
    (place / "index.html").write_text(_INDEX)
    async with client.get("/miniapp/") as answer:
        assert (answer.status, "/miniapp/assets/app-1a2b.js" in await answer.text()) == (200, True)
    await client.close()


async def test_only_reading_is_possible(client: _Client) -> None:
    """Nothing is sent to pages."""
    async with client.post("/miniapp/", data=b"x") as answer:
        assert answer.status == 405
