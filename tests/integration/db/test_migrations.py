"""Migrations: forwards, backwards with rows in every table, twice at once, and in agreement with the models."""

import asyncio
import sys
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector

from db.database import APP_LABEL, tortoise_config
from db.migrate import LOGIN_ROLES, MigrationPlan, migrate
from tests.conftest import Databases
from tests.factories import Seeder
from tests.integration.conftest import Database, describe
from tests.integration.db.catalog_queries import (
    FOREIGN_KEYS,
    FUNCTIONS,
    POLICIES,
    TABLE_PRIVILEGES,
    TABLES,
    UNIQUE_KEYS,
)

LOOKS = {
    "tables": TABLES,
    "policies": POLICIES,
    "keys": UNIQUE_KEYS,
    "references": FOREIGN_KEYS,
    "functions": FUNCTIONS,
}
LATER = (
    "app_sessions", "message_fetches", "conversation_digests", "digest_marks", "idempotency_keys", "quick_replies", "known_jobs",
    "job_marks", "erasures", "plans", "retention_holds", "tenant_keys", "data_requests", "follow_ups", "audit_anchors",
)  # fmt: skip
"""Tables that a migration after the first has made: taking it back takes them along."""
EMPTIED = dict.fromkeys(LATER, 0) | {"plans": 3}
"""What they hold when they are made again: an installation begins with three plans."""


async def _shape(connection: asyncpg.Connection, database: Database) -> dict[str, list[Any]]:
    """Everything the catalog says that the other tests rely on, in no order."""
    shape = {name: sorted(repr(tuple(row)) for row in await connection.fetch(look)) for name, look in LOOKS.items()}
    for role in LOGIN_ROLES:
        held = await connection.fetch(TABLE_PRIVILEGES, database.role(role))
        shape[role] = sorted(repr(tuple(row)) for row in held)
    columns = "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public'"
    shape["columns"] = sorted(repr(tuple(row)) for row in await connection.fetch(columns))
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    return shape | {"indexes": sorted(row[0] for row in await connection.fetch(indexes))}


async def _counts(connection: asyncpg.Connection) -> dict[str, int]:
    """How many rows each table has, but for the list of migrations."""
    names = [row["name"] for row in await connection.fetch(TABLES) if row["name"] != "tortoise_migrations"]
    return {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for name in names}


async def _fill(seed: Seeder, connection: asyncpg.Connection) -> dict[str, int]:
    for business in await seed.two_businesses():
        await seed.everything(business)
    await seed.platform_rows()
    await connection.execute("INSERT INTO leader_leases VALUES ('scheduler', 'nobody', 1, now())")
    return await _counts(connection)


async def test_the_filler_fills_every_table(seed: Seeder, superuser: asyncpg.Connection) -> None:
    """The tests below mean every table when they say so."""
    counts = await _fill(seed, superuser)
    assert [name for name, count in counts.items() if count == 0] == []


@pytest.mark.slow
async def test_taking_the_function_back_keeps_every_row(
    database: Database, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """Down to the migration before the webhooks' function and up again: the same database, the same rows."""
    counts, shape = await _fill(seed, superuser), await _shape(superuser, database)
    await migrate(database.plan, target="0002_tenancy")
    assert await _counts(superuser) == {name: count for name, count in counts.items() if name not in LATER}
    await migrate(database.plan)
    assert await _counts(superuser) == counts | EMPTIED
    assert await _shape(superuser, database) == shape


@pytest.mark.slow
async def test_taking_tenancy_back_keeps_every_row(
    database: Database, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """Down to bare tables and up again: keys, policies and grants return; gone are leases, which expire anyway, and later tables."""
    counts, shape = await _fill(seed, superuser), await _shape(superuser, database)
    await migrate(database.plan, target="0001_initial")
    await migrate(database.plan)
    assert await _counts(superuser) == counts | {"leader_leases": 0} | EMPTIED
    assert await _shape(superuser, database) == shape


@pytest.mark.slow
async def test_all_the_way_down_leaves_nothing(database: Database, seed: Seeder, superuser: asyncpg.Connection) -> None:
    """``zero`` takes everything back but the list of migrations itself, and up again makes the same database."""
    await _fill(seed, superuser)
    shape = await _shape(superuser, database)
    await migrate(database.plan, target="zero")
    assert [row["name"] for row in await superuser.fetch(TABLES)] == ["tortoise_migrations"]
    await migrate(database.plan)
    assert await _shape(superuser, database) == shape


async def test_migrating_again_changes_nothing(database: Database, seed: Seeder, superuser: asyncpg.Connection) -> None:
    """``migrate`` on a database that is up to date keeps its shape and its rows."""
    counts, shape = await _fill(seed, superuser), await _shape(superuser, database)
    await migrate(database.plan)
    assert await _counts(superuser) == counts
    assert await _shape(superuser, database) == shape


async def test_two_migrators_at_once_are_one(databases: Databases) -> None:
    """Two processes that migrate the same empty database at the same time both succeed."""
    database = describe(databases, await databases.create())
    script = "import asyncio, sys; from db.migrate import MigrationPlan, migrate; asyncio.run(migrate(eval(sys.stdin.read())))"
    results = await asyncio.gather(*(_run(script, repr(_plain(database.plan))) for _ in range(2)))
    await databases.drop(database.name)
    assert [code for code, _ in results] == [0, 0], results


def _plain(plan: MigrationPlan) -> MigrationPlan:
    return replace(plan, passwords=dict(plan.passwords))


async def _run(script: str, text: str) -> tuple[int | None, str]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        _, errors = await child.communicate(text.encode())
    return child.returncode, errors.decode()


async def test_models_and_migrations_agree(database: Database) -> None:
    """Nothing would be written by ``makemigrations``: a model was not changed without its migration."""
    config = tortoise_config({"owner": database.owner}, default="owner", pool=1)
    context = await Tortoise.init(config=config, init_connections=False)
    apps = config["apps"]
    assert context.apps is not None
    assert isinstance(apps, dict)
    writers = await MigrationAutodetector(context.apps, {APP_LABEL: apps[APP_LABEL]}).changes()
    await Tortoise.close_connections()
    assert [repr(writer.operations) for writer in writers] == []


async def test_roles_take_a_new_password(databases: Databases) -> None:
    """Migrating with other passwords changes them: that is how they are rotated."""
    database = describe(databases, await databases.create())
    plan = replace(database.plan, role_prefix="rotated")
    await migrate(plan)
    await migrate(replace(plan, passwords={role: f"{role}-new" for role in LOGIN_ROLES}))
    before = database.app.replace("rt_app:", "rotated_app:")
    changed = before.replace(plan.passwords["app"], "app-new")
    connection = await asyncpg.connect(changed)
    await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(before)
    await databases.drop(database.name)


async def test_two_installations_share_a_server(databases: Databases, database: Database) -> None:
    """Another database with roles of its own has no way into this one's rows."""
    other = describe(databases, await databases.create())
    await migrate(replace(other.plan, role_prefix="other"))
    stranger = await asyncpg.connect(database.app.replace("rt_app", "other_app"))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await stranger.fetch("SELECT * FROM leads")
    finally:
        await stranger.close()
        await databases.drop(other.name)
