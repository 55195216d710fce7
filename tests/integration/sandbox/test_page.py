"""The page's server over running emulators: what it lets a visitor see and do, and nobody else."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aiogram import Bot
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.config import SandboxConfig
from sandbox.eventlog import EventLog
from sandbox.page_server.channels import mini_app_origins
from sandbox.page_server.decisions import Decisions, Inspector
from sandbox.server import Listen, Sandbox
from sandbox.telegram.config import TelegramConfig
from tests.integration.sandbox.conftest import INSTANCE, NUMBER, Control, Graph, Receiver, eventually
from tests.integration.sandbox.instagram import ACCOUNT
from tests.integration.sandbox.telegram_cast import ANA, BOT, FORUM

CHANNELS = {"meta_whatsapp": NUMBER, "zapi": INSTANCE, "instagram": ACCOUNT}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with the page open."""

    http: aiohttp.ClientSession
    url: str
    token: str

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """A call of the page's; the status and what was answered."""
        sent = {"X-Sandbox-Token": self.token, **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.http.request(method, f"{self.url}/{path}", json=body, headers=sent) as response:
            text = await response.text()
            return response.status, json.loads(text) if text.startswith(("{", "[")) else text

    async def lead(self, channel: str) -> dict[str, Any]:
        """A new lead's thread."""
        status, thread = await self.call("POST", "api/leads", {"channel": channel, "name": "Lead 1"})
        assert status == 201
        return cast("dict[str, Any]", thread)

    async def writes(self, who: str, thread: dict[str, Any], text: str = "Oi") -> int:
        """The lead, or the owner, writes in a thread."""
        words = {key: thread[key] for key in ("channel", "account", "lead")} | {"text": text}
        return (await self.call("POST", f"api/{who}", words))[0]

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
        """The news, as they come."""
        async with self.http.get(f"{self.url}/api/stream", headers={"X-Sandbox-Token": self.token}) as response:
            yield _news(response)


async def _news(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    event = ""
    async for line in response.content:
        if line.startswith(b"event: "):
            event = line[7:].decode().strip()
        elif line.startswith(b"data: "):
            yield event, json.loads(line[6:])


@pytest.fixture
async def visitor(emulators: Sandbox, http: aiohttp.ClientSession) -> Visitor:
    """Somebody opens the page."""
    url = str(emulators.page_url)
    async with http.get(f"{url}/") as response:
        page = await response.text()
    found = re.search(r'name="sandbox-token" content="([\w-]+)"', page)
    assert found is not None
    return Visitor(http, url, found.group(1))


async def test_the_page_runs_nothing_but_its_own(visitor: Visitor) -> None:
    """No script, style or connection from elsewhere, and no frame around it."""
    async with visitor.http.get(f"{visitor.url}/") as response:
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert ("unsafe" in policy, "frame-ancestors 'none'" in policy, "frame-src 'none'" in policy) == (False, True, True)


def test_only_the_bots_mini_app_is_framed() -> None:
    """Its origin, whatever lies behind it."""
    bot = BOT.model_copy(update={"main_web_app_url": "http://127.0.0.1:8080/miniapp/"})
    config = SandboxConfig(telegram=TelegramConfig(bots=(bot,)))
    assert mini_app_origins(config) == {"http://127.0.0.1:8080"}


async def test_every_file_the_page_names_is_there(visitor: Visitor) -> None:
    """Styles, scripts and what scripts import."""
    missing, seen, waiting = [], set(), ["/", "/page/locales/pt-BR.json", "/page/locales/en.json"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        async with visitor.http.get(f"{visitor.url}{path}") as response:
            text = await response.text()
        missing += [path] if response.status != 200 else []
        named = re.findall(r'(?:href|src)="(/[^"]+)"', text) + [
            f"/page/scripts/{name}" for name in re.findall(r'from "\./([\w.]+)"', text)
        ]
        waiting += [one for one in named if one not in seen]
    assert (missing, len(seen) > 20) == ([], True)


def test_both_languages_say_everything() -> None:
    """The same keys, with the same places to fill in, and every key that a script asks for."""
    folder = Path(__file__).parents[3] / "sandbox" / "page"
    texts = [json.loads((folder / "locales" / f"{name}.json").read_text()) for name in ("pt-BR", "en")]
    places = [{key: set(re.findall(r"{\w+}", words)) for key, words in each.items()} for each in texts]
    scripts = "".join(path.read_text() for path in (folder / "scripts").glob("*.js"))
    page = (folder / "index.html").read_text()
    asked = re.findall(r'\bt\("([\w.]+)"', scripts) + re.findall(r'data-t(?:-\w+)?="([\w.]+)"', page)
    known = {key.removesuffix(".one").removesuffix(".other") for key in texts[0]} | set(texts[0])
    assert (places[0] == places[1], sorted(set(asked) - known)) == (True, [])


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
async def test_another_name_for_this_machine_is_refused(visitor: Visitor, host: str) -> None:
    """A site whose name was made to lead here cannot read the token."""
    status, _ = await visitor.call("GET", "", Host=host)
    assert status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
async def test_another_site_is_refused(visitor: Visitor, headers: dict[str, str]) -> None:
    """Even with the token."""
    status, _ = await visitor.call("GET", "api/scene", **headers)
    assert status == 403


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_without_this_runs_token_nothing_is_done(visitor: Visitor, token: str) -> None:
    """A page of an earlier run, or none at all."""
    status, _ = await Visitor(visitor.http, visitor.url, token).call("DELETE", "api/switches")
    assert status == 403


async def test_a_link_leads_to_the_page(visitor: Visitor) -> None:
    """Somebody follows a link to it from elsewhere: that is a visit, not an attack."""
    status, _ = await visitor.call("GET", "", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")
    assert status == 200


def test_the_page_is_for_this_machine() -> None:
    """On any other address it is not served."""
    with pytest.raises(ValueError, match="loopback"):
        Sandbox(SandboxConfig(), Listen("0.0.0.0", page_port=0), EventLog())


async def test_the_scene_names_the_channels_and_the_team(visitor: Visitor) -> None:
    """No token of anybody among it."""
    _, scene = await visitor.call("GET", "api/scene")
    assert {one["channel"]: one["account"] for one in scene["accounts"]} == CHANNELS
    assert (scene["telegram"]["users"][0]["id"], BOT.token in json.dumps(scene)) == (ANA, False)


async def test_only_what_is_emulated_is_on_the_page(http: aiohttp.ClientSession) -> None:
    """With the real Telegram the page has no team, and its breakages only where there is something to break."""
    running = Sandbox(SandboxConfig(), Listen(page_port=0, emulators=("meta",)), EventLog())
    await running.start()
    async with http.get(f"{running.page_url}/") as response:
        token = re.findall(r'"sandbox-token" content="([\w-]+)"', await response.text())[0]
    visitor = Visitor(http, str(running.page_url), token)
    _, scene = await visitor.call("GET", "api/scene")
    _, switches = await visitor.call("DELETE", "api/switches")
    await running.stop()
    assert (scene["telegram"], list(switches)) == (None, ["meta_down"])


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_new_lead_writes(visitor: Visitor, receiver: Receiver, channel: str) -> None:
    """The webhook that comes is the provider's own, with the words."""
    assert await visitor.writes("lead", await visitor.lead(channel), "Quanto custa?") == 201
    assert b"Quanto custa?" in (await receiver.wait(1))[0].body


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_owner_writes_on_the_phone(visitor: Visitor, receiver: Receiver, channel: str) -> None:
    """An echo tells of it, on every channel."""
    assert await visitor.writes("owner", await visitor.lead(channel), "Sou eu") == 201
    webhooks = await receiver.wait(1)
    marks = {"meta_whatsapp": b"smb_message_echoes", "zapi": b'"fromMe":true', "instagram": b'"is_echo":true'}
    await eventually(lambda: any(marks[channel] in webhook.body.replace(b": ", b":") for webhook in webhooks))


async def test_a_stranger_cannot_be_written_for(visitor: Visitor) -> None:
    """Only leads that have a phone here."""
    thread = {"channel": "meta_whatsapp", "account": NUMBER, "lead": "5511900009999"}
    assert await visitor.writes("lead", thread) == 404


@pytest.mark.parametrize("channel", CHANNELS)
async def test_new_leads_are_different_people(visitor: Visitor, channel: str) -> None:
    """Each has an address of its own."""
    made = [(await visitor.lead(channel))["lead"] for _ in range(3)]
    assert len(set(made)) == 3


async def test_what_happens_comes_by_the_stream(visitor: Visitor, receiver: Receiver, graph: Graph) -> None:
    """A lead's words, then the answer, without anybody asking."""
    thread = await visitor.lead("meta_whatsapp")
    async with visitor.stream() as news:
        await visitor.writes("lead", thread, "Oi")
        await receiver.wait(1)
        await graph.send("Olá!", to=thread["lead"])
        texts: list[str] = []
        async for event, threads in news:
            texts = [bubble["text"] for bubble in threads[0]["bubbles"]] if event == "threads" else []
            if len(texts) == 2:
                break
    assert texts == ["Oi", "Olá!"]


async def test_the_teams_chats_come_by_the_stream(visitor: Visitor, bot: Bot) -> None:
    """What the bot writes in the group."""
    async with visitor.stream() as news:
        await bot.send_message(FORUM, "Um lead espera")
        texts: list[str] = []
        async for event, chats in news:
            texts = [message["text"] for message in chats[0]["messages"]] if event == "chats" and chats else []
            if texts:
                break
    assert texts == ["Um lead espera"]


async def test_somebody_of_the_team_acts(visitor: Visitor, telegram: Control) -> None:
    """As a person does, by the emulator's own control call."""
    words = {"user_id": ANA, "chat_id": FORUM, "text": "Bom dia"}
    status, told = await visitor.call("POST", "api/telegram/write", words)
    chats = (await telegram.get("chats", chat_id=FORUM))["chats"]
    assert (status, chats[0]["messages"][-1]["text"], told["message"]["text"]) == (200, "Bom dia", "Bom dia")


async def test_what_telegram_refuses_is_told(visitor: Visitor) -> None:
    """In its words."""
    status, told = await visitor.call(
        "POST", "api/telegram/tap", {"user_id": ANA, "chat_id": FORUM, "message_id": 1, "button": "x"}
    )
    assert (status, told["description"]) == (404, "no such message")


@pytest.mark.parametrize("doing", ["bots", "settings", "members", "init_data"])
async def test_nobody_does_what_a_person_cannot(visitor: Visitor, doing: str) -> None:
    """Registering, changing settings and the like are not the page's."""
    status, _ = await visitor.call("POST", f"api/telegram/{doing}", {})
    assert status == 400


async def test_a_switch_breaks_and_mends(visitor: Visitor, graph: Graph, inbound: str) -> None:
    """While it is on the provider is down; once it is off messages pass."""
    assert inbound
    statuses = []
    for on in (True, False):
        _, switches = await visitor.call("POST", "api/switches", {"name": "meta_down", "on": on})
        statuses.append((switches["meta_down"], (await graph.send())[0]))
    assert statuses == [(True, 503), (False, 200)]


async def test_every_switch_can_be_turned(visitor: Visitor) -> None:
    """All on, then all off at once."""
    _, states = await visitor.call("DELETE", "api/switches")
    for name in states:
        _, states = await visitor.call("POST", "api/switches", {"name": name, "on": True})
    on = dict(states)
    _, off = await visitor.call("DELETE", "api/switches")
    assert (len(on), all(on.values()), any(off.values())) == (6, True, False)


async def test_a_fault_that_somebody_else_mended_is_off(visitor: Visitor, claude: Control) -> None:
    """The emulators' own lists say what is on."""
    await visitor.call("POST", "api/switches", {"name": "claude_down", "on": True})
    await claude.delete("faults")
    _, states = await visitor.call("POST", "api/switches", {"name": "zapi_down", "on": True})
    assert (states["claude_down"], states["zapi_down"]) == (False, True)


async def test_without_an_inspector_there_is_nothing_to_explain(visitor: Visitor) -> None:
    """The scene says so, and the call finds nothing."""
    _, scene = await visitor.call("GET", "api/scene")
    assert (scene["decisions"], (await visitor.call("GET", "api/decisions"))[0]) == (False, 404)


@pytest.fixture
async def decisions() -> AsyncIterator[Decisions]:
    """Decisions of a product that opens to one token."""

    async def turns(request: web.Request) -> web.Response:
        known = request.headers.get("Authorization") == "Bearer right"
        return web.json_response({"turns": [{"outcome": "answered"}]}, status=200 if known else 401)

    app = web.Application()
    app.router.add_get("/turns", turns)
    async with TestServer(app) as server:
        made = Decisions(Inspector(str(server.make_url("")).rstrip("/"), "right"))
        await made.start()
        yield made
        await made.stop()


async def test_decisions_are_passed_on(decisions: Decisions) -> None:
    """As the product tells them."""
    assert await decisions.latest() == {"turns": [{"outcome": "answered"}]}


async def test_a_product_that_does_not_tell_is_told_of() -> None:
    """Nobody listens there."""
    made = Decisions(Inspector("http://127.0.0.1:9", "right"))
    await made.start()
    with pytest.raises(web.HTTPBadGateway):
        await made.latest()
    await made.stop()
