"""A backup of a database with a row in every table, made once a test process, and what came of loading it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import asyncpg
import pytest

from app.settings import Settings
from core.services.sealing import Sealer
from db.backup.archive import BackupReader, BackupWriter
from db.backup.dump import back_up
from db.backup.load import load
from db.backup.manifest import Manifest
from tests.conftest import Databases
from tests.factories import Seeder
from tests.integration.conftest import Database, describe

PRODUCT = "9.8.7"
ODD_BYTES = bytes(range(256)) + b"\\N\t\r\n\\."
ODD_TEXT = 'tab\t, line\nends\r\n, \\N and \\., "quotes", ação, 🙂, \x01'
Made = TypeVar("Made")


def once(make: Callable[[], Awaitable[Made]]) -> Made:
    """Run it in a loop of its own that never becomes the thread's."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:

        async def run() -> Made:
            return await make()

        return runner.run(run())


async def written(database: Database, path: Path) -> Manifest:
    """A backup of the database in that file."""
    with BackupWriter(path) as writer:
        manifest = await back_up(database.backup, writer, product=PRODUCT)
        writer.finish()
    return manifest


async def fill(database: Database, sealer: Sealer) -> None:
    """Two tenants with a row in every table, and values that are hard to write down."""
    connection = await asyncpg.connect(database.superuser)
    seed = Seeder(connection, sealer)
    for business in await seed.two_businesses():
        thread = await seed.everything(business)
        await seed.message(thread, ODD_TEXT, media={"a": [1, None, "ç"], "b": {"c": 1.5}})
        await seed.message(thread, "")
    await seed.platform_rows()
    await seed.insert("parked_payloads", reason="odd", body=ODD_BYTES)
    await connection.execute("INSERT INTO leader_leases VALUES ('scheduler', 'nobody', 1, now())")
    await connection.close()


@pytest.fixture(scope="session")
def original(databases: Databases, migrated_template: str, sealer: Sealer) -> Database:
    """The database that was backed up; nothing is changed there."""

    async def make() -> Database:
        database = describe(databases, await databases.create(template=migrated_template))
        await fill(database, sealer)
        return database

    return once(make)


@pytest.fixture(scope="session")
def backup_file(original: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    path = tmp_path_factory.mktemp("backups") / "reveza-20260301T120000Z.zip"
    once(lambda: written(original, path))
    return path


@pytest.fixture(scope="session")
def copy(databases: Databases, migrated_template: str, backup_file: Path) -> Database:
    """Another database, into which it was loaded; nothing is changed there."""

    async def make() -> Database:
        database = describe(databases, await databases.create(template=migrated_template))
        with BackupReader(backup_file) as reader:
            await load(database.owner, reader)
        return database

    return once(make)


def settings_for(url: str, prefix: str, redis_url: str) -> Settings:
    """The settings of an installation on that database."""
    return Settings.model_validate(
        {
            "secret_key": "dGVzdHMgb25seSwgMzIgYnl0ZXMgb2YgYSBrZXkuLi4=",
            "database_url": url,
            "redis_url": redis_url,
            "chosen_role_prefix": prefix,
        }
    )
