"""A migrated database for each test: a copy of one that is migrated once a test process."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from core.services.sealing import Sealer
from db.database import DatabaseUrls, open_database
from db.ingest import IngestStore, open_ingest_store
from db.migrate import LOGIN_ROLES, LoginRole, MigrationPlan
from tests.conftest import Databases
from tests.factories import Business, Seeder, Thread
from tests.fakes import RecordedLive
from tests.integration.services.desk import Desk, open_desk
from tests.integration.services.installation import Installation, open_installation
from tests.migrated import ROLE_PREFIX, bare_template, role_password
from tests.recycled import RecycledCopies
from tests.watched_rows import watch


@dataclass(frozen=True, slots=True)
class Database:
    """Where each role connects to one test's database. ``superuser`` sees past row-level security, to look and to seed."""

    name: str
    owner: str
    superuser: str
    role_prefix: str

    @property
    def app(self) -> str:
        """The tenants' role."""
        return self._as("app")

    @property
    def platform(self) -> str:
        """The platform's role."""
        return self._as("platform")

    @property
    def ingest(self) -> str:
        """The webhooks' role."""
        return self._as("ingest")

    @property
    def backup(self) -> str:
        """The role that reads everything and writes nothing."""
        return self._as("backup")

    @property
    def urls(self) -> DatabaseUrls:
        """What ``open_database`` takes."""
        return DatabaseUrls(app=self.app, platform=self.platform)

    @property
    def plan(self) -> MigrationPlan:
        """What ``migrate`` takes."""
        return MigrationPlan(self.owner, self.role_prefix, {role: role_password(role) for role in LOGIN_ROLES})

    def role(self, role: str) -> str:
        """The role's name on the server."""
        return f"{self.role_prefix}_{role}"

    def _as(self, role: LoginRole) -> str:
        parts = urlsplit(self.owner)
        place = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=f"{self.role(role)}:{role_password(role)}@{place}").geturl()


def describe(databases: Databases, name: str) -> Database:
    """How to reach the database of that name."""
    return Database(name, databases.url(name), databases.url(name, superuser=True), ROLE_PREFIX)


@pytest.fixture(scope="session")
def migrated_template(databases: Databases) -> str:
    """The name of a migrated database without rows whose changes are watched; nobody may stay connected to it."""
    bare = bare_template(databases)

    async def make() -> str:
        name = await databases.create(template=bare)
        connection = await asyncpg.connect(databases.url(name, superuser=True))
        await watch(connection)
        await connection.close()
        return name

    return databases.template("watched", make)


@dataclass(frozen=True, slots=True)
class Peopled:
    """A database that many tests share, so each looks only, or rolls back: two tenants with a row in every table."""

    database: Database
    ours: Business
    theirs: Business
    our_thread: Thread
    their_thread: Thread


@pytest.fixture(scope="session")
def peopled(databases: Databases, migrated_template: str, sealer: Sealer) -> Peopled:
    """Two tenants with a row in every table, made once a test process (see ``Peopled``)."""

    async def make() -> Peopled:
        database = describe(databases, await databases.create(template=migrated_template))
        connection = await asyncpg.connect(database.superuser)
        seed = Seeder(connection, sealer)
        ours, theirs = await seed.two_businesses()
        threads = [await seed.everything(business) for business in (ours, theirs)]
        await seed.platform_rows()
        await connection.close()
        return Peopled(database, ours, theirs, *threads)

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(make())


@pytest.fixture
async def onlooker(peopled: Peopled) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to the shared database whose changes are taken back."""
    connection = await asyncpg.connect(peopled.database.superuser)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.fixture(scope="session")
def copies(databases: Databases, migrated_template: str) -> RecycledCopies:
    """The copies of the migrated database."""
    return RecycledCopies(databases, migrated_template)


@pytest.fixture
async def database(copies: RecycledCopies) -> AsyncIterator[Database]:
    """A migrated database of this test alone, without rows."""
    name = await copies.take()
    yield describe(copies.databases, name)
    copies.give_back(name)


@pytest.fixture
def live() -> RecordedLive:
    """What screens are told of changes that are committed through ``opened``."""
    return RecordedLive()


@pytest.fixture
async def opened(database: Database, live: RecordedLive) -> AsyncIterator[Database]:
    """The same with Tortoise's connections open, as in the web and worker processes."""
    async with open_database(database.urls, live, pool=5):
        yield database


@pytest.fixture
async def ingest_store(database: Database) -> AsyncIterator[IngestStore]:
    """The webhooks' way in, over the role they use."""
    async with open_ingest_store(database.ingest, size=2) as store:
        yield store


@pytest.fixture
async def superuser(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees past row-level security: to seed and to look, never for what the product does."""
    connection = await asyncpg.connect(database.superuser)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def sealer() -> Sealer:
    """Seals under a key of the tests' own."""
    return Sealer([base64.b64decode("dGVzdHMgb25seSwgMzIgYnl0ZXMgb2YgYSBrZXkuLi4=")])


@pytest.fixture
def seed(superuser: asyncpg.Connection, sealer: Sealer) -> Seeder:
    """Makes rows: ``await seed.tenant("acme")``."""
    return Seeder(superuser, sealer)


@pytest.fixture
async def desk(
    opened: Database, seed: Seeder, superuser: asyncpg.Connection, sealer: Sealer, live: RecordedLive
) -> AsyncIterator[Desk]:
    """One business, one lead, and all that answers him."""
    async with open_desk(seed, superuser, sealer, opened.ingest, live) as made:
        yield made


@pytest.fixture
def installed(
    databases: Databases, valkey_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Installation]:
    """An installation with the demo tenant."""
    with open_installation(databases, valkey_url, monkeypatch, tmp_path) as made:
        yield made
