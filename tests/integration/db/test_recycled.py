"""The databases that one test leaves and the next one gets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from tests.conftest import Databases
from tests.recycled import RecycledCopies

_OID = "SELECT oid FROM pg_database WHERE datname = current_database()"
_TENANT = "INSERT INTO tenants (id, slug, name) VALUES (gen_random_uuid(), 'acme', 'Acme')"


@pytest.fixture
def recycled(databases: Databases, migrated_template: str) -> RecycledCopies:
    """Copies that only this test takes."""
    return RecycledCopies(databases, migrated_template)


@asynccontextmanager
async def borrowed(copies: RecycledCopies) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """The name of a copy and a superuser's connection to it, as one test has them."""
    name = await copies.take()
    connection = await asyncpg.connect(copies.databases.url(name, superuser=True))
    yield name, connection
    await connection.close()
    copies.give_back(name)


async def test_one_that_has_new_rows_only_is_handed_on_empty(recycled: RecycledCopies) -> None:
    """It is the same database under another name, without the rows; what the migrations put there is there."""
    async with borrowed(recycled) as (first, connection):
        oid = await connection.fetchval(_OID)
        migrations = await connection.fetchval("SELECT count(*) FROM tortoise_migrations")
        await connection.execute(_TENANT)

    async with borrowed(recycled) as (second, connection):
        assert (second != first, await connection.fetchval(_OID)) == (True, oid)
        assert await connection.fetchval("SELECT count(*) FROM tenants") == 0
        assert await connection.fetchval("SELECT count(*) FROM tortoise_migrations") == migrations


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE tenants ADD COLUMN more text",
        "ALTER TABLE conversations DISABLE TRIGGER USER",
        "ALTER TABLE conversations DISABLE TRIGGER USER; ALTER TABLE conversations ENABLE TRIGGER USER",
        "GRANT SELECT ON tenants TO PUBLIC",
        "DROP POLICY IF EXISTS of_tenant ON knowledge_entries",
        "DROP INDEX messages_external",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "TRUNCATE tenants CASCADE",
        "UPDATE tortoise_migrations SET name = name",
        "DELETE FROM tortoise_migrations",
        "SELECT nextval('tortoise_migrations_id_seq')",
    ],
)
async def test_one_that_more_was_changed_in_is_not(recycled: RecycledCopies, statement: str) -> None:
    """Whatever was done to it but to add rows, and even if it was taken back: the next test gets a new one."""
    async with borrowed(recycled) as (_, connection):
        oid = await connection.fetchval(_OID)
        await connection.execute(statement)

    async with borrowed(recycled) as (_, connection):
        assert await connection.fetchval(_OID) != oid


@pytest.mark.parametrize("setting", ["CONNECTION LIMIT 7", "SET work_mem = '1MB'"])
async def test_one_that_is_set_up_otherwise_is_not(recycled: RecycledCopies, setting: str) -> None:
    """A database's own settings belong to what it is."""
    async with borrowed(recycled) as (name, connection):
        oid = await connection.fetchval(_OID)
        await connection.execute(f'ALTER DATABASE "{name}" {setting}')

    async with borrowed(recycled) as (_, connection):
        assert await connection.fetchval(_OID) != oid


async def test_what_a_test_left_running_is_cut_off(recycled: RecycledCopies) -> None:
    """A connection left open, in the middle of a transaction too, ends before the next test; the old name leads nowhere."""
    name = await recycled.take()
    left = await asyncpg.connect(recycled.databases.url(name, superuser=True))
    await left.execute(f"BEGIN; {_TENANT}")
    recycled.give_back(name)

    async with borrowed(recycled) as (_, connection):
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await left.execute("COMMIT")
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await asyncpg.connect(recycled.databases.url(name))
        assert await connection.fetchval("SELECT count(*) FROM tenants") == 0
