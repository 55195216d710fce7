"""Every named query, tried by one tenant with another tenant's ids."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from uuid import UUID

import asyncpg
import pytest

from db.named_sql import queries, query
from tests.contract.test_tenancy import TABLES
from tests.factories import Business, Thread
from tests.integration.conftest import Peopled
from tests.integration.db.query_calls import ALONE, OWN_ROWS, PLATFORM, TENANT, WIDE, Ids

OF_ROWS = sorted(name for name, values in TENANT.items() if len(values(Ids(*[UUID(int=0)] * len(fields(Ids))))) > 1)
"""Queries that name something besides the tenant."""


def test_every_query_is_tried() -> None:
    """A query that this harness does not know is a query that nobody has tried with two tenants."""
    assert {*TENANT, *ALONE, *WIDE, *PLATFORM} == set(queries())


@asynccontextmanager
async def _undone(url: str, tenant: UUID | None = None) -> AsyncIterator[asyncpg.Connection]:
    """A transaction in that role, of that tenant, taken back at the end."""
    connection = await asyncpg.connect(url)
    transaction = connection.transaction()
    await transaction.start()
    if tenant is not None:
        await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(tenant))
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def _ids(connection: asyncpg.Connection, business: Business, thread: Thread) -> Ids:
    """The tenant's rows, as the queries name them."""

    async def one(table: str) -> UUID:
        found = await connection.fetchval(f"SELECT id FROM {table} WHERE tenant_id = $1 LIMIT 1", business.tenant_id)
        assert isinstance(found, UUID)
        return found

    return Ids(
        tenant=business.tenant_id,
        account=business.account_id,
        set_id=business.set_id,
        member=business.member_id,
        lead=thread.lead_id,
        conversation=thread.conversation_id,
        message=await one("messages"),
        hand_off=await one("hand_offs"),
        notification=await one("notifications"),
        dead_letter=await one("dead_letters"),
        chat=await one("telegram_chats"),
        post=await one("telegram_posts"),
        session=await one("app_sessions"),
        fetch=await one("message_fetches"),
        request=await one("idempotency_keys"),
        knowledge=await one("knowledge_entries"),
        reply=await one("quick_replies"),
        incident=await one("security_incidents"),
        data_request=await one("data_requests"),
    )


@pytest.fixture
async def theirs(onlooker: asyncpg.Connection, peopled: Peopled) -> Ids:
    """The other tenant's rows."""
    return await _ids(onlooker, peopled.theirs, peopled.their_thread)


@pytest.mark.parametrize("name", sorted(TENANT))
async def test_queries_run_for_their_own_tenant(peopled: Peopled, theirs: Ids, name: str) -> None:
    """With its own ids in its own scope every query is permitted and takes the values it is given."""
    async with _undone(peopled.database.app, theirs.tenant) as connection:
        await connection.fetch(query(name), *TENANT[name](theirs))


@pytest.mark.parametrize("name", sorted(TENANT))
async def test_queries_do_nothing_with_anothers_ids(peopled: Peopled, theirs: Ids, name: str) -> None:
    """Asked in our scope for the other tenant's rows, a query finds nothing and changes nothing, of theirs or ours."""
    async with _undone(peopled.database.app, peopled.ours.tenant_id) as connection:
        assert await connection.fetch(query(name), *TENANT[name](theirs)) == []
        assert await _changed(connection) == set()


@pytest.mark.parametrize("name", OF_ROWS)
async def test_queries_do_not_join_two_tenants(peopled: Peopled, theirs: Ids, name: str) -> None:
    """Our tenant's id beside the ids of their rows finds nothing of theirs."""
    crossed = replace(theirs, tenant=peopled.ours.tenant_id)
    async with _undone(peopled.database.app, peopled.ours.tenant_id) as connection:
        found = await connection.fetch(query(name), *TENANT[name](crossed))
    told = {value for row in found for value in row.values() if isinstance(value, UUID)}
    assert told & (_uuids(peopled.theirs) | _uuids(peopled.their_thread)) == set()


@pytest.mark.parametrize("scope", [True, False])
@pytest.mark.parametrize("name", sorted(ALONE))
async def test_queries_that_open_a_scope_run(peopled: Peopled, theirs: Ids, name: str, *, scope: bool) -> None:
    """A query whose function opens its tenant's scope runs outside any scope, and in the tenant's own."""
    async with _undone(peopled.database.app, theirs.tenant if scope else None) as connection:
        await connection.fetch(query(name), *ALONE[name](theirs))


@pytest.mark.parametrize("name", sorted(ALONE))
async def test_no_query_leaves_its_scope(peopled: Peopled, theirs: Ids, name: str) -> None:
    """In our scope a function that would open the other tenant's is refused."""
    async with _undone(peopled.database.app, peopled.ours.tenant_id) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="another tenant"):
            await connection.fetch(query(name), *ALONE[name](theirs))


@pytest.mark.parametrize("name", sorted(ALONE))
async def test_queries_that_open_a_scope_keep_to_it(peopled: Peopled, theirs: Ids, name: str) -> None:
    """With our tenant's id beside the ids of their rows nothing is found, and nothing changed."""
    crossed = replace(theirs, tenant=peopled.ours.tenant_id)
    async with _undone(peopled.database.app) as connection:
        found = await connection.fetch(query(name), *ALONE[name](crossed))
        assert await _changed(connection) == set()
    assert [value for row in found for value in row.values() if value is not None] == []


@pytest.mark.parametrize("name", sorted(ALONE))
async def test_a_scope_that_a_query_opened_ends_with_it(peopled: Peopled, theirs: Ids, name: str) -> None:
    """The connection it ran on shows nothing to whoever is next."""
    connection = await asyncpg.connect(peopled.database.app)
    try:
        await connection.fetch(query(name), *ALONE[name](theirs))
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await connection.fetch("SELECT 1 FROM leads")
    finally:
        await connection.close()


@pytest.mark.parametrize("name", sorted(WIDE))
async def test_wide_queries_read_their_scope(
    peopled: Peopled, onlooker: asyncpg.Connection, theirs: Ids, name: str
) -> None:
    """A query that names no tenant answers with the rows of the scope it runs in."""
    column, statement = OWN_ROWS[name]
    mine = await onlooker.fetch(statement, theirs.tenant)
    async with _undone(peopled.database.app, theirs.tenant) as connection:
        found = await connection.fetch(query(name), *WIDE[name](theirs))
    assert [row[column] for row in found] == [row[0] for row in mine]


@pytest.mark.parametrize("name", sorted({*TENANT, *WIDE}))
async def test_queries_refuse_to_run_without_a_tenant(peopled: Peopled, theirs: Ids, name: str) -> None:
    """Outside a scope a tenant's query is an error, not an empty answer."""
    values = {**TENANT, **WIDE}[name](theirs)
    async with _undone(peopled.database.app) as connection:
        with pytest.raises((asyncpg.UndefinedObjectError, asyncpg.InvalidTextRepresentationError)):
            await connection.fetch(query(name), *values)


@pytest.mark.parametrize("name", sorted(PLATFORM))
async def test_platform_queries_keep_to_what_is_granted(peopled: Peopled, theirs: Ids, name: str) -> None:
    """Each of the platform's queries reads and changes only columns that its role was granted."""
    async with _undone(peopled.database.platform) as connection:
        await connection.fetch(query(name), *PLATFORM[name](theirs))


def _uuids(thing: Business | Thread) -> set[UUID]:
    return {value for name in thing.__slots__ if isinstance(value := getattr(thing, name), UUID)}


async def _changed(connection: asyncpg.Connection) -> set[str]:
    """Tables that the connection's open transaction has changed."""
    found = await connection.fetch(
        "SELECT t AS name FROM unnest($1::text[]) t WHERE pg_stat_get_xact_tuples_inserted(t::regclass)"
        " + pg_stat_get_xact_tuples_updated(t::regclass) + pg_stat_get_xact_tuples_deleted(t::regclass) > 0",
        [*TABLES, "tenants"],
    )
    return {row["name"] for row in found}
