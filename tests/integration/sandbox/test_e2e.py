"""The tests for real accounts do not rot: each module runs, whole, against the emulators."""

import asyncio
import importlib
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from app.running import PROJECT
from app.settings import Settings
from bot.registration import WebhookAddress
from sandbox.claude.config import ClaudeConfig
from sandbox.config import SandboxConfig
from sandbox.eventlog import EventLog
from sandbox.server import Listen, Sandbox
from tests.e2e.capture import capture_app
from tests.integration.sandbox.conftest import (
    CLIENT_TOKEN,
    INSTANCE,
    INSTANCE_TOKEN,
    LEAD,
    NUMBER,
    SECRET,
    TOKEN,
    VERIFY_TOKEN,
    Control,
)
from tests.integration.sandbox.instagram import ACCOUNT, APP_SECRET, IG_TOKEN, PAGE_ACCOUNT, PAGE_TOKEN, PRODUCT_SECRET
from tests.integration.sandbox.instagram import LEAD as PERSON
from tests.integration.sandbox.telegram_cast import ANA, BOT, FORUM

CLAUDE_KEY = "sk-ant-e2e"
SECRET_KEY = "A" * 43 + "="
_MODULES = sorted(path.stem for path in (PROJECT / "tests" / "e2e").glob("test_*.py"))


@dataclass(frozen=True, slots=True)
class Keeper:
    """``tests/e2e/capture.py``, where the emulators deliver."""

    url: str
    folder: Path

    @property
    def first(self) -> str:
        """The first delivery that it kept."""
        return str(min(self.folder.iterdir()))


@dataclass(frozen=True, slots=True)
class Scene:
    """The emulators, and who stands behind them."""

    emulators: Sandbox
    strict_claude: Sandbox
    keeper: Keeper
    meta: Control
    zapi: Control
    instagram: Control
    telegram: Control


@pytest.fixture
async def receiver(tmp_path: Path) -> AsyncIterator[Keeper]:
    """In the place of the receiver that other tests look into."""
    folder = tmp_path / "deliveries"
    folder.mkdir()
    runner = web.AppRunner(capture_app(folder, {"META_VERIFY_TOKEN": VERIFY_TOKEN}), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Keeper(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", folder)
    await runner.cleanup()


@pytest.fixture
async def strict_claude(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A Claude that knows one key."""
    config = SandboxConfig(claude=ClaudeConfig(api_keys=(CLAUDE_KEY,)))
    running = Sandbox(config, Listen(), EventLog(tmp_path / "claude.jsonl"))
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def scene(  # noqa: PLR0917 - one for each vendor
    emulators: Sandbox,
    strict_claude: Sandbox,
    receiver: Keeper,
    meta: Control,
    zapi: Control,
    instagram: Control,
    telegram: Control,
) -> Scene:
    """Everything that the modules' accounts are made of."""
    return Scene(emulators, strict_claude, receiver, meta, zapi, instagram, telegram)


async def _meta(scene: Scene) -> dict[str, str]:
    wrote = await scene.meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "Olá!", "wait": True})
    return {
        "META_GRAPH_URL": scene.emulators.meta_url,
        "META_PHONE_NUMBER_ID": NUMBER,
        "META_ACCESS_TOKEN": TOKEN,
        "META_APP_SECRET": SECRET,
        "E2E_PHONE": LEAD,
        "E2E_META_MESSAGE": str(wrote["wamid"]),
        "E2E_META_DELIVERY": scene.keeper.first,
    }


async def _zapi(scene: Scene) -> dict[str, str]:
    wrote = await scene.zapi.post("lead", **{"instance_id": INSTANCE, "from": LEAD, "text": "Olá!", "wait": True})
    return {
        "ZAPI_URL": scene.emulators.zapi_url,
        "ZAPI_INSTANCE_ID": INSTANCE,
        "ZAPI_INSTANCE_TOKEN": INSTANCE_TOKEN,
        "ZAPI_CLIENT_TOKEN": CLIENT_TOKEN,
        "E2E_PHONE": LEAD,
        "E2E_ZAPI_MESSAGE": str(wrote["message_id"]),
        "E2E_ZAPI_DELIVERY": scene.keeper.first,
    }


async def _instagram(scene: Scene, account: str, token: str, login: str) -> dict[str, str]:
    await scene.instagram.post("lead", **{"account": account, "from": PERSON, "text": "Olá!", "wait": True})
    return {
        "INSTAGRAM_GRAPH_URL" if login == "instagram" else "META_GRAPH_URL": scene.emulators.instagram_url,
        "INSTAGRAM_ACCOUNT_ID": account,
        "INSTAGRAM_LOGIN": login,
        "INSTAGRAM_ACCESS_TOKEN": token,
        "META_APP_SECRET": APP_SECRET,
        "INSTAGRAM_APP_SECRET": PRODUCT_SECRET,
        "E2E_IGSID": PERSON,
        "E2E_INSTAGRAM_DELIVERY": scene.keeper.first,
    }


async def _by_instagram(scene: Scene) -> dict[str, str]:
    return await _instagram(scene, ACCOUNT, IG_TOKEN, "instagram")


async def _by_facebook(scene: Scene) -> dict[str, str]:
    return await _instagram(scene, PAGE_ACCOUNT, PAGE_TOKEN, "facebook")


async def _telegram(scene: Scene) -> dict[str, str]:
    """The bot has its installation's own webhook, which has to be there again at the end."""
    await scene.telegram.post("start", user_id=ANA, bot_id=BOT.id)
    known = Settings.model_construct(secret_key=SECRET_KEY, telegram_bot_token=BOT.token)
    base, secret = scene.keeper.url.removesuffix("/hook"), known.telegram_webhook_secrets[0]
    webhook = {"url": WebhookAddress(base, secret).url(BOT.id), "secret_token": secret}
    async with scene.telegram.http.post(f"{scene.telegram.url}/bot{BOT.token}/setWebhook", json=webhook) as answer:
        assert answer.ok
    return {
        "TELEGRAM_API_URL": scene.emulators.telegram_url,
        "TELEGRAM_BOT_TOKEN": BOT.token,
        "TELEGRAM_WEBHOOK_URL": base,
        "REVEZA_SECRET_KEY": SECRET_KEY,
        "E2E_TELEGRAM_CHAT": str(ANA),
        "E2E_TELEGRAM_FORUM": str(FORUM),
    }


async def _claude(scene: Scene) -> dict[str, str]:
    return {"ANTHROPIC_BASE_URL": scene.strict_claude.claude_url, "ANTHROPIC_API_KEY": CLAUDE_KEY}


_ACCOUNTS: dict[str, list[Callable[[Scene], Awaitable[dict[str, str]]]]] = {
    "test_claude": [_claude],
    "test_instagram": [_by_instagram, _by_facebook],
    "test_meta_whatsapp": [_meta],
    "test_telegram": [_telegram],
    "test_zapi": [_zapi],
}
_RUNS = [(module, made) for module, ways in _ACCOUNTS.items() for made in ways]


async def _pytest(module: str, environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """How a person runs it; with nothing of our own environment that could be somebody's key."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", f"tests/e2e/{module}.py", *arguments,
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    return await process.wait(), output.decode()


def test_every_module_has_an_account() -> None:
    """None is left out here."""
    assert sorted(_ACCOUNTS) == _MODULES


@pytest.mark.parametrize(("module", "account"), _RUNS, ids=[made.__name__.strip("_") for _, made in _RUNS])
async def test_a_module_passes(
    scene: Scene, module: str, account: Callable[[Scene], Awaitable[dict[str, str]]]
) -> None:
    """Every test of it, with every variable it may be given: none is skipped."""
    code, output = await _pytest(module, await account(scene), "-m", "e2e")
    assert (code, re.findall(r"\d+ (?:skipped|failed|error|deselected)", output)) == (0, []), output


async def test_missing_keys_are_named() -> None:
    """Without an environment every variable that is needed is told, with its meaning."""
    code, output = await _pytest("test_meta_whatsapp", {}, "-m", "e2e", "-x")
    assert code == 1
    assert "not set in the environment:" in output
    assert all(f"{name}  " in output for name in ("META_PHONE_NUMBER_ID", "META_ACCESS_TOKEN", "E2E_PHONE"))


@pytest.mark.parametrize("selected", ["", "slow or e2e"])
async def test_nothing_runs_unasked(selected: str) -> None:
    """Whatever else is selected."""
    code, output = await _pytest("test_zapi", {}, "-m", selected)
    assert (code, re.findall(r"(\d+) deselected", output)) == (pytest.ExitCode.NO_TESTS_COLLECTED, ["8"]), output


@pytest.mark.parametrize("module", _MODULES)
def test_every_variable_is_told(module: str) -> None:
    """The page has a line for each that a module needs or may be given."""
    page = (PROJECT / "tests" / "e2e" / "README.md").read_text()
    asked = importlib.import_module(f"tests.e2e.{module}")
    named = {*asked.NEEDS, *getattr(asked, "MAY", {})}
    assert sorted(name for name in named if f"`{name}`" not in page) == []
    assert f"[{module}.py]({module}.py)" in page
