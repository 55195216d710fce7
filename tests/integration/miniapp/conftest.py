"""The Mini App's API over each test's own database, spoken to over HTTP as the app does."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from app.embedded.places import scratch_dir
from app.embedded.valkey import EmbeddedValkey
from app.miniapp import Reach, open_miniapp
from app.settings import Settings
from pipeline.connection import publisher_client
from pipeline.live import LivePublisher
from tests.integration.bot.stage import settings_of
from tests.integration.conftest import Database
from tests.integration.miniapp.client import App, joined, opened_by
from tests.integration.miniapp.crew import Crew, crew_of
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE
from webhooks.receive import Origin

__all__ = ["App", "joined", "opened_by"]
NOWHERE = "http://127.0.0.1:9"
"""Where nobody answers."""


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
async def app(desk: Desk, opened: Database, valkey: str, tmp_path: Path) -> AsyncIterator[App]:
    """An app that nobody has signed in to."""
    settings = settings_of(opened, NOWHERE).model_copy(update={"redis_url": valkey, "tombstones": tmp_path / "stones"})
    async with aiohttp.ClientSession() as http, serving(settings, reach_of(desk, http)) as url:
        yield App(url, http)


def reach_of(desk: Desk, http: aiohttp.ClientSession, **more: Any) -> Reach:
    """What the API reaches the desk's world by."""
    return Reach(http, {desk.channel.name: desk.channel}, desk.jobs, Origin().address, **more)


@asynccontextmanager
async def serving(settings: Settings, reach: Reach, *, last_words: float = PATIENCE) -> AsyncIterator[str]:
    """The API, served; its address. In the end what is under way has ``last_words`` seconds."""
    async with open_miniapp(settings, reach) as api:
        assert api is not None
        application = web.Application()
        application.add_routes(api.routes())
        application.on_shutdown.append(api.stop)
        runner = web.AppRunner(application, shutdown_timeout=last_words)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


@pytest.fixture
async def crew(desk: Desk, app: App) -> Crew:
    """The business's people, each with his app open."""
    return await crew_of(desk, app)
