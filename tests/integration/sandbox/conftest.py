"""The emulators in this process, and a receiver that stands where the product's webhook would."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aiogram import Bot
from aiohttp import web

from sandbox.claude.config import ClaudeConfig
from sandbox.config import SandboxConfig
from sandbox.eventlog import EventLog
from sandbox.meta.config import MetaApp, MetaConfig, MetaSettings, PhoneNumber
from sandbox.server import Listen, Sandbox
from sandbox.zapi.config import Instance, ZapiConfig, ZapiSettings
from tests.integration.sandbox.instagram import Direct, instagram_config
from tests.integration.sandbox.telegram_cast import BOT, OTHER_BOT, TELEGRAM, open_bot
from tests.patience import PATIENCE

NUMBER = "106540352242922"
OTHER_NUMBER = "106540352242923"
TOKEN = "EAAG-sandbox-token"
OTHER_TOKEN = "EAAG-other-token"
SECRET = "0123456789abcdef0123456789abcdef"
VERIFY_TOKEN = "handshake-token"
LEAD = "5511987654321"
INSTANCE = "3C01A2B3C4D5E6F708192A3B4C5D6E7F"
OTHER_INSTANCE = "3C01A2B3C4D5E6F708192A3B4C5D6E80"
INSTANCE_TOKEN = "F1E2D3C4B5A6978801234567"
CLIENT_TOKEN = "Fa1b2c3d4SecretOfTheAccount"
QUICK_ZAPI = ZapiSettings(echo_ms=1, delivery_ms=2, sent_ms=3, received_ms=5, read_ms=8)
QUICK = MetaSettings(sent_ms=1, delivered_ms=4, read_ms=8, retry_first_ms=20, retry_max_ms=80, retry_deadline_s=5)


@dataclass(frozen=True, slots=True)
class Received:
    """One webhook as it came in."""

    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> dict[str, Any]:
        """The whole body."""
        return cast("dict[str, Any]", json.loads(self.body))

    @property
    def value(self) -> dict[str, Any]:
        """The ``value`` of its only change."""
        value = json.loads(self.body)["entry"][0]["changes"][0]["value"]
        return cast("dict[str, Any]", value)

    @property
    def status(self) -> str:
        """The status it tells of, or nothing."""
        return str(self.value.get("statuses", [{}])[0].get("status", ""))


@dataclass(slots=True)
class Receiver:
    """Keeps every webhook; answers with the next of ``answers``, then 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[Received] = field(default_factory=list)
    handshakes: list[dict[str, str]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """A webhook comes in."""
        self.got.append(Received(await request.read(), dict(request.headers)))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def shake(self, request: web.Request) -> web.Response:
        """Meta asks whether this is the right place."""
        self.handshakes.append(dict(request.query))
        right = request.query.get("hub.verify_token") == VERIFY_TOKEN
        return web.Response(text=request.query["hub.challenge"] if right else "", status=200 if right else 403)

    @property
    def statuses(self) -> list[str]:
        """The statuses in the order in which they came."""
        return [received.status for received in self.got if received.status]

    async def wait(self, count: int) -> list[Received]:
        """The webhooks, once there are at least ``count``."""
        await eventually(lambda: len(self.got) >= count)
        return self.got


async def eventually(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until the condition holds; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the condition never held"
        await asyncio.sleep(0.005)


@dataclass(frozen=True, slots=True)
class Control:
    """Control calls to one emulator."""

    http: aiohttp.ClientSession
    url: str

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Call ``/_sandbox/{path}`` with a JSON body."""
        async with self.http.post(f"{self.url}/_sandbox/{path}", json=body) as response:
            assert response.ok, await response.text()
            return cast("dict[str, Any]", await response.json())

    async def get(self, path: str, **query: str | int) -> dict[str, Any]:
        """Read ``/_sandbox/{path}``."""
        async with self.http.get(f"{self.url}/_sandbox/{path}", params=query) as response:
            assert response.status == 200
            return cast("dict[str, Any]", await response.json())

    async def delete(self, path: str) -> dict[str, Any]:
        """Remove what is under ``/_sandbox/{path}``."""
        async with self.http.delete(f"{self.url}/_sandbox/{path}") as response:
            return cast("dict[str, Any]", await response.json())

    async def nothing_held(self) -> None:
        """Wait until no call is held."""
        async with asyncio.timeout(PATIENCE):
            while (await self.get("held", count=0))["held"]:
                await asyncio.sleep(0.005)

    async def events(self, name: str = "") -> list[dict[str, Any]]:
        """The log so far, or the events of one name."""
        async with self.http.get(f"{self.url}/_sandbox/log") as response:
            lines = [json.loads(line) for line in (await response.text()).splitlines()]
        return [line for line in lines if name in ("", line["event"])]

    async def wait_for(self, name: str, **facts: object) -> dict[str, Any]:
        """Wait until the log has an event of that name with these facts; the first such."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for event in await self.events(name):
                    if facts.items() <= event.items():
                        return event
                await asyncio.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Graph:
    """A bare client of the Graph API."""

    http: aiohttp.ClientSession
    url: str

    async def send(
        self, text: str = "Olá", to: str = LEAD, token: str = TOKEN, **extra: Any
    ) -> tuple[int, dict[str, Any]]:
        """Send a text; the HTTP status and the body."""
        body = {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": text}, **extra}
        return await self.post(f"v26.0/{NUMBER}/messages", body, token)

    async def post(self, path: str, body: object, token: str = TOKEN) -> tuple[int, dict[str, Any]]:
        """Any call."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.post(f"{self.url}/{path}", json=body, headers=headers) as response:
            return response.status, cast("dict[str, Any]", await response.json())


@dataclass(frozen=True, slots=True)
class LinkedPhone:
    """A bare client of Z-API."""

    http: aiohttp.ClientSession
    url: str

    async def send(self, text: str = "Olá", to: str = LEAD, **extra: Any) -> tuple[int, dict[str, Any]]:
        """Send a text; the HTTP status and the body."""
        return await self.call("POST", "send-text", {"phone": to, "message": text, **extra})

    async def call(
        self, verb: str, method: str, body: object = None, *, client_token: str | None = CLIENT_TOKEN
    ) -> tuple[int, dict[str, Any]]:
        """Any call; without a body the answer's is an empty object."""
        headers = {} if client_token is None else {"Client-Token": client_token}
        async with self.http.request(verb, f"{self.url}/{method}", json=body, headers=headers) as response:
            return response.status, json.loads(await response.read() or b"{}")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A webhook endpoint that keeps what it gets."""
    received = Receiver()
    app = web.Application()
    app.router.add_post("/hook", received.take)
    app.router.add_get("/hook", received.shake)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    received.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield received
    await runner.cleanup()


@pytest.fixture
async def emulators(receiver: Receiver, tmp_path: Path) -> AsyncIterator[Sandbox]:
    """The emulators and their page on free ports, with one app and two numbers, and two instances of Z-API."""
    app = MetaApp(app_id="app-1", app_secret=SECRET, verify_token=VERIFY_TOKEN, callback_urls=(receiver.url,))
    numbers = tuple(
        PhoneNumber(
            phone_number_id=number,
            display_phone_number="551130000000",
            waba_id=waba,
            access_token=token,
            app_id="app-1",
        )
        for number, waba, token in ((NUMBER, "waba-1", TOKEN), (OTHER_NUMBER, "waba-2", OTHER_TOKEN))
    )
    instances = tuple(
        Instance(instance_id=one, token=INSTANCE_TOKEN, client_token=CLIENT_TOKEN, callback_url=receiver.url)
        for one in (INSTANCE, OTHER_INSTANCE)
    )
    config = SandboxConfig(
        meta=MetaConfig(apps=(app,), numbers=numbers, settings=QUICK),
        claude=ClaudeConfig(),
        instagram=instagram_config(receiver.url),
        zapi=ZapiConfig(instances=instances, settings=QUICK_ZAPI),
        telegram=TELEGRAM,
    )
    running = Sandbox(config, Listen(page_port=0), EventLog(tmp_path / "events.jsonl"))
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A plain HTTP client."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


@pytest.fixture
def meta(emulators: Sandbox, http: aiohttp.ClientSession) -> Control:
    """Control calls to the Meta emulator."""
    return Control(http, emulators.meta_url)


@pytest.fixture
def claude(emulators: Sandbox, http: aiohttp.ClientSession) -> Control:
    """Control calls to the Claude emulator."""
    return Control(http, emulators.claude_url)


@pytest.fixture
def instagram(emulators: Sandbox, http: aiohttp.ClientSession) -> Control:
    """Control calls to the Instagram emulator."""
    return Control(http, emulators.instagram_url)


@pytest.fixture
def direct(emulators: Sandbox, http: aiohttp.ClientSession) -> Direct:
    """A bare client of the emulated Send API of Instagram."""
    return Direct(http, emulators.instagram_url)


@pytest.fixture
def zapi(emulators: Sandbox, http: aiohttp.ClientSession) -> Control:
    """Control calls to the Z-API emulator."""
    return Control(http, emulators.zapi_url)


@pytest.fixture
async def echoes_alone(zapi: Control) -> None:
    """Of what is sent only the echo is told: what comes first is no matter of luck."""
    await zapi.post("settings", delivery_ms=None, sent_ms=None, received_ms=None, read_ms=None)


@pytest.fixture
def linked(emulators: Sandbox, http: aiohttp.ClientSession) -> LinkedPhone:
    """A bare client of the emulated Z-API."""
    return LinkedPhone(http, f"{emulators.zapi_url}/instances/{INSTANCE}/token/{INSTANCE_TOKEN}")


@pytest.fixture
def graph(emulators: Sandbox, http: aiohttp.ClientSession) -> Graph:
    """A bare client of the emulated Graph API."""
    return Graph(http, emulators.meta_url)


@pytest.fixture
async def inbound(meta: Control, receiver: Receiver) -> str:
    """A lead wrote, its webhook has arrived and the window is open; the wamid."""
    wrote = await meta.post(
        "lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "Oi", "name": "Zé", "wait": True}
    )
    receiver.got.clear()
    return str(wrote["wamid"])


@pytest.fixture
def telegram(emulators: Sandbox, http: aiohttp.ClientSession) -> Control:
    """Control calls to the Telegram emulator."""
    return Control(http, emulators.telegram_url)


@pytest.fixture
async def bot(emulators: Sandbox) -> AsyncIterator[Bot]:
    """The bot that leads the forum, as aiogram drives it."""
    async with open_bot(BOT, emulators.telegram_url) as opened:
        yield opened


@pytest.fixture
async def plain_bot(emulators: Sandbox) -> AsyncIterator[Bot]:
    """The bot that is a plain member of both groups, in privacy mode."""
    async with open_bot(OTHER_BOT, emulators.telegram_url) as opened:
        yield opened
