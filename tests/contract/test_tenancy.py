"""Two tenants, every table: what one of them may see and do of the other's rows, which is nothing.

The tables come from the models, so a new one is tried from its first day on.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from core.domain.ids import uuid7
from db import models
from db.catalog import PLATFORM_ADDS, READ_ONLY
from db.models.base import TenantModel
from tests.integration.conftest import Peopled
from tests.integration.db.catalog_queries import FOREIGN_KEYS

TABLES = sorted(
    model._meta.db_table
    for model in vars(models).values()
    if isinstance(model, type) and issubclass(model, TenantModel) and not model._meta.abstract
)
NO_TENANT = (asyncpg.UndefinedObjectError, asyncpg.InvalidTextRepresentationError)
"""What reading the setting raises where it was never set, and where it was set in an earlier transaction."""
STATEMENTS = {
    "select": 'SELECT count(*) FROM "{table}"',
    "update": 'UPDATE "{table}" SET created_at = created_at',
    "delete": 'DELETE FROM "{table}"',
}


@pytest.fixture
async def application(peopled: Peopled) -> AsyncIterator[asyncpg.Connection]:
    """A fresh connection in the tenants' role, with no tenant set."""
    connection = await asyncpg.connect(peopled.database.app)
    yield connection
    await connection.close()


@asynccontextmanager
async def _as_tenant(connection: asyncpg.Connection, tenant: UUID) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of this tenant whose changes are taken back."""
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(tenant))
    try:
        yield connection
    finally:
        await transaction.rollback()


async def _row_of(connection: asyncpg.Connection, table: str, tenant: UUID) -> str:
    """One of the tenant's rows as JSON."""
    return str(await connection.fetchval(f'SELECT to_jsonb(t) FROM "{table}" t WHERE tenant_id = $1 LIMIT 1', tenant))


async def _writable(connection: asyncpg.Connection, table: str) -> str:
    found = await connection.fetch(
        "SELECT quote_ident(attname) FROM pg_attribute"
        " WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> 'id'",
        table,
    )
    return ", ".join(row[0] for row in found)


@pytest.mark.parametrize("table", TABLES)
async def test_only_ones_own_rows_are_there(application: asyncpg.Connection, peopled: Peopled, table: str) -> None:
    """A tenant's scope holds that tenant's rows and no other's."""
    async with _as_tenant(application, peopled.ours.tenant_id):
        found = await application.fetch(f'SELECT DISTINCT tenant_id FROM "{table}"')
    assert [row["tenant_id"] for row in found] == [peopled.ours.tenant_id]


@pytest.mark.parametrize("statement", ["update", "delete"])
@pytest.mark.parametrize("table", TABLES)
async def test_the_others_rows_cannot_be_changed(
    application: asyncpg.Connection, peopled: Peopled, table: str, statement: str
) -> None:
    """Asked by name for the other tenant's rows, a change finds none, or is not permitted at all."""
    text = STATEMENTS[statement].format(table=table) + " WHERE tenant_id = $1"
    async with _as_tenant(application, peopled.ours.tenant_id):
        try:
            done = await application.execute(text, peopled.theirs.tenant_id)
        except asyncpg.InsufficientPrivilegeError:
            done = "refused 0"
    assert done.split()[-1] == "0"


@pytest.mark.parametrize("table", TABLES)
async def test_no_row_can_be_put_among_the_others(
    application: asyncpg.Connection, onlooker: asyncpg.Connection, peopled: Peopled, table: str
) -> None:
    """A new row under the other tenant's id is refused by the policy, before any key is asked, or no row is taken at all."""
    row, columns = await _row_of(onlooker, table, peopled.theirs.tenant_id), await _writable(onlooker, table)
    put = f'INSERT INTO "{table}" (id, {columns}) SELECT $2, {columns} FROM jsonb_populate_record(NULL::"{table}", $1)'
    async with _as_tenant(application, peopled.ours.tenant_id):
        refusal = "permission denied" if table in READ_ONLY else "row-level security"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match=refusal):
            await application.execute(put, row, uuid7())


@pytest.mark.parametrize("table", TABLES)
async def test_no_row_can_be_given_away(application: asyncpg.Connection, peopled: Peopled, table: str) -> None:
    """One's own row cannot be moved to the other tenant."""
    async with _as_tenant(application, peopled.ours.tenant_id):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(f'UPDATE "{table}" SET tenant_id = $1', peopled.theirs.tenant_id)


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("table", [*TABLES, "tenants"])
async def test_without_a_tenant_nothing_is_answered(
    application: asyncpg.Connection, peopled: Peopled, table: str, statement: str
) -> None:
    """With no tenant set a statement is an error, never an empty answer: on a fresh connection and on a used one."""
    text = STATEMENTS[statement].format(table=table)
    refused: tuple[type[Exception], ...] = (
        (*NO_TENANT, asyncpg.InsufficientPrivilegeError) if statement != "select" else NO_TENANT
    )
    with pytest.raises(refused):
        await application.execute(text)
    async with _as_tenant(application, peopled.ours.tenant_id):
        await application.fetch("SELECT 1 FROM leads")
    with pytest.raises(refused):
        await application.execute(text)


async def test_no_child_points_at_the_others_parent(
    application: asyncpg.Connection, onlooker: asyncpg.Connection, peopled: Peopled
) -> None:
    """One's own row cannot be made to refer to the other tenant's, along any key there is."""
    tried, allowed = 0, []
    for key in await onlooker.fetch(FOREIGN_KEYS):
        if not {key["child"], key["parent"]} <= set(TABLES):
            continue
        tried += 1
        parent = await onlooker.fetchval(
            f'SELECT id FROM "{key["parent"]}" WHERE tenant_id = $1 LIMIT 1', peopled.theirs.tenant_id
        )
        if not await _refused(application, peopled, key, parent):
            allowed.append(key["name"])
    assert tried
    assert allowed == []


async def _refused(application: asyncpg.Connection, peopled: Peopled, key: Any, parent: UUID) -> bool:
    async with _as_tenant(application, peopled.ours.tenant_id):
        try:
            await application.execute(f'UPDATE "{key["child"]}" SET {key["child_columns"][1]} = $1', parent)
        except asyncpg.ForeignKeyViolationError:
            return True
    return False


async def test_a_tenant_sees_itself_alone(application: asyncpg.Connection, peopled: Peopled) -> None:
    """Of the list of tenants a scope holds its own."""
    async with _as_tenant(application, peopled.ours.tenant_id):
        assert [row["slug"] for row in await application.fetch("SELECT slug FROM tenants")] == [peopled.ours.slug]


async def test_a_tenant_cannot_become_another(application: asyncpg.Connection, peopled: Peopled) -> None:
    """A tenant's row keeps its id."""
    async with _as_tenant(application, peopled.ours.tenant_id):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute("UPDATE tenants SET id = $1", uuid7())


async def test_a_tenant_cannot_make_another(application: asyncpg.Connection, peopled: Peopled) -> None:
    """No tenant can be added from inside a scope."""
    async with _as_tenant(application, peopled.ours.tenant_id):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute("INSERT INTO tenants (id, slug, name) VALUES ($1, 'another', 'Another')", uuid7())


async def test_the_same_name_may_exist_twice(onlooker: asyncpg.Connection, peopled: Peopled) -> None:
    """What a tenant calls its own says nothing about another's: both may have a lead with the same number."""
    put = (
        "INSERT INTO contact_identities (id, tenant_id, lead_id, kind, match_key, address)"
        " VALUES ($1, $2, $3, 'phone', '5511900000000', '5511900000000')"
    )
    for thread in (peopled.our_thread, peopled.their_thread):
        await onlooker.execute(put, uuid7(), thread.tenant_id, thread.lead_id)
    found = await onlooker.fetchval("SELECT count(*) FROM contact_identities WHERE match_key = '5511900000000'")
    assert found == 2


@pytest.mark.parametrize("table", TABLES)
async def test_the_platform_cannot_add_to_a_tenant(onlooker: asyncpg.Connection, peopled: Peopled, table: str) -> None:
    """The platform's role looks over all tenants; it puts no row into any of them, but where a list says why."""
    role = peopled.database.role("platform")
    may = await onlooker.fetchval("SELECT has_any_column_privilege($1, $2::regclass, 'INSERT')", role, table)
    assert may == (table in PLATFORM_ADDS)
