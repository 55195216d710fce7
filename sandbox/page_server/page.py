"""The page put together: its files, its API over the emulators, its live stream."""

import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from sandbox.config import SandboxConfig
from sandbox.eventlog import EventLog
from sandbox.page_server.changes import Changes, topic_of
from sandbox.page_server.channels import accounts_of, mini_app_origins
from sandbox.page_server.decisions import Decisions, Inspector
from sandbox.page_server.emulators import Emulators
from sandbox.page_server.guarding import guard, headers_for
from sandbox.page_server.leads import Leads, NewLead, Words
from sandbox.page_server.phones import Phones
from sandbox.page_server.stream import LiveStream
from sandbox.page_server.switches import SwitchBoard
from sandbox.wire import JsonObject, answer, control_body, decode_object

FILES = Path(__file__).resolve().parent.parent / "page"
PEOPLES_DOINGS = frozenset({"write", "edit", "tap", "react", "start", "launch"})
"""What a person does in Telegram, as the emulator's control calls name it."""


class Turn(BaseModel):
    """A switch is turned."""

    model_config = ConfigDict(extra="forbid")

    name: str
    on: bool


class Page:
    """The routes. ``emulators`` listen already; ``inspector`` tells of the AI's decisions, where somebody does."""

    def __init__(self, config: SandboxConfig, emulators: Emulators, log: EventLog, inspector: Inspector | None) -> None:
        self._token = secrets.token_urlsafe(24)
        self._emulators = emulators
        self._frames = mini_app_origins(config)
        self._changes = Changes()
        self._phones = Phones()
        self._switches = SwitchBoard(emulators)
        self._decisions = Decisions(inspector)
        self._leads = Leads(accounts_of(config, emulators.names), self._phones, emulators, time.time())
        self._stream = LiveStream(self._changes, self._phones, emulators, self._switches)
        log.follow(self._take)

    def app(self) -> web.Application:
        """The application to serve."""
        app = web.Application(middlewares=[guard(self._token)], client_max_size=256 * 1024)
        app.on_response_prepare.append(headers_for(self._frames))
        app.cleanup_ctx.append(self._connected)
        app.router.add_get("/", self._index)
        app.router.add_static("/page", FILES)
        app.router.add_get("/api/scene", self._scene)
        app.router.add_get("/api/stream", self._stream.serve)
        app.router.add_post("/api/leads", self._new_lead)
        app.router.add_post("/api/lead", self._lead)
        app.router.add_post("/api/owner", self._owner)
        app.router.add_post("/api/telegram/{doing}", self._telegram)
        app.router.add_post("/api/switches", self._turn)
        app.router.add_delete("/api/switches", self._mend)
        app.router.add_get("/api/decisions", self._latest)
        return app

    async def _connected(self, _app: web.Application) -> AsyncIterator[None]:
        await self._emulators.start()
        await self._decisions.start()
        yield
        await self._decisions.stop()
        await self._emulators.stop()

    def _take(self, event: str, body: JsonObject) -> None:
        self._phones.take(event, body)
        self._changes.note(topic_of(event))

    async def _index(self, _request: web.Request) -> web.Response:
        page = (FILES / "index.html").read_text(encoding="utf-8")
        return web.Response(text=page.replace("{{token}}", self._token), content_type="text/html")

    async def _scene(self, _request: web.Request) -> web.Response:
        names = self._emulators.names
        return answer(
            {
                "accounts": [asdict(account) for account in self._leads.accounts],
                "emulators": sorted(names),
                "decisions": self._decisions.shown,
                "telegram": await self._team() if "telegram" in names else None,
            }
        )

    async def _team(self) -> JsonObject:
        bots = await self._emulators.get("telegram", "bots")
        return bots | await self._emulators.get("telegram", "users")

    async def _new_lead(self, request: web.Request) -> web.Response:
        thread = self._leads.make(await control_body(request, NewLead))
        self._changes.note("phones")
        return answer(thread.as_json(), 201)

    async def _lead(self, request: web.Request) -> web.Response:
        return answer(await self._leads.lead_writes(await control_body(request, Words)), 201)

    async def _owner(self, request: web.Request) -> web.Response:
        return answer(await self._leads.owner_writes(await control_body(request, Words)), 201)

    async def _telegram(self, request: web.Request) -> web.Response:
        doing = request.match_info["doing"]
        body = decode_object(await request.read())
        if doing not in PEOPLES_DOINGS or body is None:
            raise web.HTTPBadRequest(text="a person does nothing of the kind")
        return answer(await self._emulators.post("telegram", doing, body))

    async def _turn(self, request: web.Request) -> web.Response:
        turn = await control_body(request, Turn)
        await self._switches.turn(turn.name, on=turn.on)
        return await self._switched()

    async def _mend(self, _request: web.Request) -> web.Response:
        await self._switches.all_off()
        return await self._switched()

    async def _switched(self) -> web.Response:
        self._changes.note("switches")
        return answer(await self._switches.state())

    async def _latest(self, _request: web.Request) -> web.Response:
        return answer(await self._decisions.latest())
