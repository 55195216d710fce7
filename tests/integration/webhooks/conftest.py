"""The real web application over a migrated database and a Valkey of its own, spoken to over HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import asyncpg
import pytest
from aiohttp import web
from redis.asyncio import Redis

from app.embedded.keeping import free_port
from app.embedded.places import scratch_dir
from app.embedded.valkey import EmbeddedValkey
from app.settings import Settings
from app.web import open_application
from core.services.sealing import Sealer
from tests.conftest import Databases
from tests.factories import Business, Seeder
from tests.integration.conftest import Database
from tests.integration.webhooks.lines import Kind, Line
from tests.integration.webhooks.provider import Provider
from tests.migrated import KEY, ROLE_PREFIX, bare_template, settings_for
from tests.recycled import RecycledCopies


@pytest.fixture(scope="session")
def web_template(databases: Databases) -> str:
    """The name of a migrated database without rows."""
    return bare_template(databases)


@pytest.fixture(scope="session")
def web_copies(databases: Databases, web_template: str) -> RecycledCopies:
    """The copies of it."""
    return RecycledCopies(databases, web_template)


@pytest.fixture
async def database(databases: Databases, web_copies: RecycledCopies) -> AsyncIterator[Database]:
    """A copy of this test alone."""
    name = await web_copies.take()
    yield Database(name, databases.url(name), databases.url(name, superuser=True), ROLE_PREFIX)
    web_copies.give_back(name)


@pytest.fixture(scope="session")
def sealer() -> Sealer:
    """Seals as the web process does."""
    return Sealer([KEY])


@pytest.fixture(scope="session")
def stream_server() -> Iterator[EmbeddedValkey]:
    """A Valkey whose one queue belongs to these tests."""
    with scratch_dir("reveza-webhooks-") as folder, EmbeddedValkey(folder / "valkey", durable=False) as server:
        yield server


@pytest.fixture
async def redis(stream_server: EmbeddedValkey) -> AsyncIterator[Redis]:
    """A client of it; the queue is empty when a test begins."""
    client = Redis.from_url(stream_server.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
def settings(database: Database, stream_server: EmbeddedValkey, redis: Redis) -> Settings:
    """The web process's settings, everything in its place."""
    return settings_for(database.owner, stream_server.url)


@pytest.fixture
async def business(seed: Seeder) -> Business:
    """A tenant with one WhatsApp number."""
    return await seed.business()


@contextlib.asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[str]:
    """The application on a port of its own; its address."""
    async with open_application(settings) as application:
        runner = web.AppRunner(application, access_log=None, auto_decompress=False, shutdown_timeout=5)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", free_port())
            await site.start()
            yield site.name
        finally:
            await runner.cleanup()


@contextlib.asynccontextmanager
async def provider_of(business: Business, address: str) -> AsyncIterator[Provider]:
    """A stand-in for Meta that delivers to this address with the business's credentials."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield Provider(session, f"{address}/webhooks/meta_whatsapp/{business.account_key}", business.external_id)


@pytest.fixture
async def address(settings: Settings) -> AsyncIterator[str]:
    """Where the application listens."""
    async with served(settings) as found:
        yield found


@pytest.fixture
async def provider(business: Business, address: str) -> AsyncIterator[Provider]:
    """Meta, as far as this business is concerned."""
    async with provider_of(business, address) as found:
        yield found


@pytest.fixture
async def line(
    request: pytest.FixtureRequest, seed: Seeder, superuser: asyncpg.Connection, address: str
) -> AsyncIterator[Line]:
    """A business at the provider that the test names (see ``Kind``)."""
    kind: Kind = request.param
    tenant = await seed.tenant()
    await seed.stages(tenant)
    credentials = await seed.credential_set("loja", kind.secrets)
    await superuser.execute("UPDATE credential_sets SET channel = $1", kind.channel)
    await seed.channel_account(tenant, credentials, external_id=kind.account, channel=kind.channel)
    async with aiohttp.ClientSession() as session:
        yield Line(kind, session, f"{address}/webhooks/{kind.channel}/loja", seed, superuser)


class Gate:
    """A port in front of a server that can be shut: connections are cut and refused."""

    def __init__(self, host: str, port: int) -> None:
        self._behind = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = free_port()

    async def open(self) -> None:
        """Let connections through."""
        self._server = await asyncio.start_server(self._through, "127.0.0.1", self.port)

    async def shut(self) -> None:
        """Cut every connection; nobody listens."""
        if self._server is None:
            return
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()
        self._server = None

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._behind)
        self._writers |= {writer, back}
        await asyncio.gather(_copy(reader, back), _copy(there, writer))
        self._writers -= {writer, back}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


@pytest.fixture
async def gate(database: Database) -> AsyncIterator[Gate]:
    """A gate in front of PostgreSQL, open."""
    parts = urlsplit(database.owner)
    made = Gate(parts.hostname or "", parts.port or 0)
    await made.open()
    yield made
    await made.shut()


@pytest.fixture
def gated_settings(settings: Settings, gate: Gate) -> Settings:
    """The settings of a web process that reaches PostgreSQL through the gate."""
    parts = urlsplit(settings.database_url)
    place = parts.netloc.rpartition("@")[0]
    return settings.model_copy(
        update={"database_url": urlunsplit(parts._replace(netloc=f"{place}@127.0.0.1:{gate.port}"))}
    )
