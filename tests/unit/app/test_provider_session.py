"""Providers are reached through the proxy of the environment, by all that the product calls them with."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from app.commands.doctor import _status
from app.provider_session import provider_session, proxy_for
from app.settings import Settings
from app.telegram import open_bot
from app.worker import _claude_client

PROXY = "http://proxy.example:3128"
_APP = Path(__file__).parents[3] / "app"
_OF_OURS_ALONE = {"beginnings.py", "say.py", "channels.py", "screens.py", "pipeline.py", "chromium.py"}
"""Modules whose session speaks to this machine's own processes, or to nobody."""


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxies say nothing here."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
async def asked(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """A proxy that all plain calls go through; what it was asked for."""
    urls: list[str] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        urls.append(request.raw_path)
        return web.json_response({"ok": True, "result": {"id": 7001, "is_bot": True, "first_name": "B"}, "data": []})

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{runner.addresses[0][1]}")
    yield urls
    await runner.cleanup()


def test_tls_goes_through_its_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the scheme of the address."""
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    assert proxy_for(URL("https://graph.facebook.com/me")) == URL(PROXY)
    assert proxy_for(URL("http://graph.facebook.com/me")) is None


@pytest.mark.parametrize("host", ["api.z-api.io", "127.0.0.1", "localhost", "[::1]"])
def test_some_hosts_are_reached_directly(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """Those that NO_PROXY lists, and this machine."""
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", "z-api.io")
    assert proxy_for(URL(f"https://{host}/")) is None


async def test_the_doctor_goes_the_way_that_the_product_goes(asked: list[str]) -> None:
    """It saw through a proxy by which no process reached anybody."""
    async with provider_session() as session, session.get("http://provider.example/product") as response:
        assert response.status == 200
    assert await _status("http://provider.example/doctor") == 200
    assert asked == ["http://provider.example/product", "http://provider.example/doctor"]


async def test_the_bot_and_claude_go_the_same_way(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose clients are not ours."""
    values = {
        "database_url": "postgresql://o@127.0.0.1/x",
        "redis_url": "redis://127.0.0.1",
        "secret_key": "A" * 43 + "=",
    }
    urls = {"telegram_api_url": "http://telegram.example", "anthropic_base_url": "http://claude.example"}
    settings = Settings.model_validate({**values, **urls, "telegram_bot_token": "7001:a-token"})
    async with open_bot(settings) as bot:
        await bot.get_me()
    async with _claude_client(settings) as claude:
        await claude.models.list()
    assert [URL(url).host for url in asked] == ["telegram.example", "claude.example"]


def test_nobody_makes_a_session_of_another_kind() -> None:
    """Whoever speaks to providers does so by the one factory."""
    made = {path.name for path in _APP.rglob("*.py") if re.search(r"ClientSession\(", path.read_text())}
    assert made - _OF_OURS_ALONE == {"provider_session.py"}
