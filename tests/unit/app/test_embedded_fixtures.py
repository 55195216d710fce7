"""The servers the other tests stand on."""

import asyncpg
import redis.asyncio

from tests.conftest import Databases


async def test_a_database_copies_its_template(databases: Databases) -> None:
    """What a template holds is in its copy."""
    template = await databases.create()
    connection = await asyncpg.connect(databases.url(template))
    await connection.execute("CREATE TABLE kept (value int); INSERT INTO kept VALUES (7)")
    await connection.close()

    copy = await asyncpg.connect(databases.url(await databases.create(template=template)))
    value = await copy.fetchval("SELECT value FROM kept")
    await copy.close()

    assert value == 7


async def test_the_owner_is_no_superuser(empty_database_url: str) -> None:
    """The role migrations run as has no right that a hosted PostgreSQL would not give."""
    connection = await asyncpg.connect(empty_database_url)
    row = await connection.fetchrow("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    await connection.close()

    assert (row["rolsuper"], row["rolbypassrls"]) == (False, False)


async def test_valkey_answers(valkey_url: str) -> None:
    """The queue's server takes a command with its password."""
    async with redis.asyncio.from_url(valkey_url) as client:
        assert await client.ping() is True
