"""The Mini App's API over each test's own database, spoken to over HTTP as the app does."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from app.embedded.places import scratch_dir
from app.embedded.valkey import EmbeddedValkey
from app.miniapp import open_miniapp
from core.domain.conversation import Role
from core.services import members
from core.services.members import Membership, Person
from pipeline.connection import publisher_client
from pipeline.live import LivePublisher
from tests.integration.bot.stage import settings_of
from tests.integration.conftest import Database
from tests.integration.sandbox.telegram_cast import BOT
from tests.integration.services.conftest import desk
from tests.integration.services.desk import Desk
from tests.launches import launch
from tests.patience import PATIENCE
from webhooks.receive import Origin

__all__ = ["desk"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class App:
    """Somebody's app: its requests, with what it knows of who it is."""

    url: str
    http: aiohttp.ClientSession
    access: str = ""
    refresh: str = ""

    async def ask(self, method: str, path: str, body: object = None, **options: Any) -> Answered:
        """One request, and its answer."""
        headers = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        given: dict[str, Any] = {"json": body} if body is not None else {}
        async with self.http.request(
            method,
            f"{self.url}/api/v1{path}",
            headers={**headers, **options.pop("headers", {})},
            **given,
            **options,
        ) as response:
            text = await response.text()
            kind = response.content_type
            found = await response.json(content_type=kind) if text and "json" in kind else text
            return Answered(response.status, found, dict(response.headers))

    async def sign_in(self, person: Person, **body: object) -> Answered:
        """Open the app, now."""
        return await self.ask("POST", "/session", {"init_data": opened_by(person), **body})

    def signed_in(self, tokens: Any) -> "App":
        """The same app with these tokens."""
        return App(self.url, self.http, tokens["access_token"], tokens["refresh_token"])

    async def come_in(self, person: Person) -> "App":
        """Open the app and be in."""
        return self.signed_in((await self.sign_in(person)).body)


def opened_by(person: Person, *, age: float = 0) -> str:
    """A launch by this person, that many seconds ago."""
    return launch(person.telegram_user_id, BOT.token, at=time.time() - age)


async def joined(desk: Desk, person: Person, role: Role = Role.MANAGER) -> Membership:
    """Somebody of the desk's business."""
    invitation = await members.invite(desk.business.tenant_id, role, by=None)
    return await members.join(invitation.token, person)


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """Where live events go, of all tests of this folder: each has tenants of its own."""
    with scratch_dir("reveza-miniapp-") as folder, EmbeddedValkey(folder / "valkey", durable=False) as running:
        yield running.url


@pytest.fixture
async def teller(valkey: str) -> AsyncIterator[LivePublisher]:
    """Who tells of changes, as every process does."""
    redis = publisher_client(valkey)
    publisher = LivePublisher(redis)
    yield publisher
    await publisher.drained()
    await redis.aclose()


@pytest.fixture
async def app(desk: Desk, opened: Database, valkey: str) -> AsyncIterator[App]:
    """An app that nobody has signed in to."""
    del desk  # it has opened the database
    settings = settings_of(opened, "http://127.0.0.1:9").model_copy(update={"redis_url": valkey})
    async with open_miniapp(settings, Origin().address) as api, aiohttp.ClientSession() as http:
        assert api is not None
        application = web.Application()
        application.add_routes(api.routes())
        application.on_shutdown.append(api.stop)
        runner = web.AppRunner(application, shutdown_timeout=PATIENCE)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield App(f"http://127.0.0.1:{runner.addresses[0][1]}", http)
        await runner.cleanup()
