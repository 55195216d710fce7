"""The database as the migrations leave it, held to what ``db.catalog`` allows."""

from collections.abc import Iterable
from typing import Any

import asyncpg
import pytest

from db.catalog import (
    APPEND_ONLY,
    DEFINER_FUNCTIONS,
    LOOSE_REFERENCES,
    PLATFORM_TABLES,
    PLATFORM_WORDS,
    READ_ONLY,
    WIDER_KEYS,
)
from tests.integration.conftest import Peopled
from tests.integration.db import catalog_queries as ask

LOGIN = ("app", "platform", "ingest", "backup")
WORDLESS = {"uuid", "timestamp with time zone", "date", "integer", "bigint", "boolean"}
"""Types that cannot hold what somebody wrote."""
POLICY_FORMS = {
    "of_tenant": "current_setting('app.tenant_id'::text)",
    "of_batch": "current_setting('app.tenant_ids'::text)",
}


async def _tenant_tables(connection: asyncpg.Connection) -> set[str]:
    return {row["name"] for row in await connection.fetch(ask.TABLES)} - set(PLATFORM_TABLES)


def _names(rows: Iterable[Any], *fields: str) -> set[str]:
    return {".".join(row[field] for field in fields) for row in rows}


async def test_every_table_is_a_tenants_or_listed(onlooker: asyncpg.Connection) -> None:
    """A table either has a tenant in every row, under forced row-level security, or stands in the list with its reason."""
    found = await onlooker.fetch(ask.TABLES)
    bare = {row["name"] for row in found if not (row["has_tenant"] and row["secured"] and row["forced"])}
    assert bare == set(PLATFORM_TABLES)


async def test_the_tenants_themselves_are_secured(onlooker: asyncpg.Connection) -> None:
    """The list of tenants is readable by tenants, so it has policies too."""
    tenants = next(row for row in await onlooker.fetch(ask.TABLES) if row["name"] == "tenants")
    assert tenants["secured"]
    assert tenants["forced"]


async def test_every_tenant_table_has_the_tenants_policy(onlooker: asyncpg.Connection, peopled: Peopled) -> None:
    """The tenants' role has exactly one policy a table, over all commands, that compares with the setting both ways."""
    policies = [row for row in await onlooker.fetch(ask.POLICIES) if peopled.database.role("app") in row["roles"]]
    right = [
        row["table"]
        for row in policies
        if row["cmd"] == "ALL"
        and row["qual"] == f"(tenant_id = ({POLICY_FORMS['of_tenant']})::uuid)" == row["with_check"]
    ]
    assert sorted(right) == sorted(await _tenant_tables(onlooker))
    assert {row["table"] for row in policies} - set(right) == {"tenants"}


async def test_every_policy_of_the_webhooks_names_the_batch(onlooker: asyncpg.Connection, peopled: Peopled) -> None:
    """The webhooks' role has no policy that does not compare with the batch's tenants."""
    mine = [row for row in await onlooker.fetch(ask.POLICIES) if peopled.database.role("ingest") in row["roles"]]
    assert mine
    loose = [row["table"] for row in mine if POLICY_FORMS["of_batch"] not in row["qual"]]
    assert loose == []


async def test_policies_name_their_roles(onlooker: asyncpg.Connection, peopled: Peopled) -> None:
    """No policy is for everybody: each belongs to exactly one of the roles made for it."""
    roles = {peopled.database.role(name) for name in (*LOGIN, "search")}
    wrong = [
        row["name"]
        for row in await onlooker.fetch(ask.POLICIES)
        if len(row["roles"]) != 1 or row["roles"][0] not in roles
    ]
    assert wrong == []


@pytest.mark.parametrize("role", [*LOGIN, "search"])
async def test_roles_are_plain(onlooker: asyncpg.Connection, peopled: Peopled, role: str) -> None:
    """No role may do more than it was granted, by its own powers or by those of a role it belongs to."""
    found = await onlooker.fetchrow(ask.ROLE, peopled.database.role(role))
    assert not any(
        found[power] for power in ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
    )
    assert found["member_of"] == []


@pytest.mark.parametrize("role", LOGIN)
async def test_roles_own_nothing(onlooker: asyncpg.Connection, peopled: Peopled, role: str) -> None:
    """An owner could switch the policies off."""
    assert await onlooker.fetch(ask.OWNED, peopled.database.role(role)) == []


@pytest.mark.parametrize("role", [*LOGIN, "search"])
async def test_roles_cannot_make_anything(onlooker: asyncpg.Connection, peopled: Peopled, role: str) -> None:
    """A role that may create in the schema could put a function in another's way."""
    assert not await onlooker.fetchval(
        "SELECT has_schema_privilege($1, 'public', 'CREATE')", peopled.database.role(role)
    )


@pytest.mark.parametrize("role", [*LOGIN, "search"])
async def test_nobody_may_truncate(onlooker: asyncpg.Connection, peopled: Peopled, role: str) -> None:
    """TRUNCATE asks no policy; REFERENCES and TRIGGER tell about rows that are hidden."""
    held = await onlooker.fetch(ask.TABLE_PRIVILEGES, peopled.database.role(role))
    assert {row["privilege"] for row in held} <= {"SELECT", "INSERT", "UPDATE", "DELETE"}


async def test_tenants_do_not_reach_the_platforms_tables(onlooker: asyncpg.Connection, peopled: Peopled) -> None:
    """Of the platform's tables the tenants' role reads and changes its own row of ``tenants``, and reads what is offered to it."""
    held = await onlooker.fetch(ask.TABLE_PRIVILEGES, peopled.database.role("app"))
    mine = {(row["table"], row["privilege"]) for row in held if row["table"] in PLATFORM_TABLES}
    assert mine == {("tenants", "SELECT"), ("tenants", "UPDATE"), ("plans", "SELECT")}


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
async def test_some_tables_only_grow(onlooker: asyncpg.Connection, peopled: Peopled, table: str) -> None:
    """What the audit log holds, the tenants' role cannot take back."""
    held = await onlooker.fetch(ask.TABLE_PRIVILEGES, peopled.database.role("app"))
    assert {row["privilege"] for row in held if row["table"] == table} == {"SELECT", "INSERT"}


@pytest.mark.parametrize("table", sorted(READ_ONLY))
async def test_some_tables_are_the_databases_own(onlooker: asyncpg.Connection, peopled: Peopled, table: str) -> None:
    """What the database writes by itself, the tenants' role may look at."""
    held = await onlooker.fetch(ask.TABLE_PRIVILEGES, peopled.database.role("app"))
    assert {row["privilege"] for row in held if row["table"] == table} == {"SELECT"}


async def test_unique_keys_begin_with_the_tenant(onlooker: asyncpg.Connection) -> None:
    """A duplicate key of another tenant would tell that the value exists there."""
    tables = await _tenant_tables(onlooker)
    keys = [row for row in await onlooker.fetch(ask.UNIQUE_KEYS) if row["table"] in tables]
    assert _names((row for row in keys if row["first"] != "tenant_id"), "name") == set(WIDER_KEYS)


async def test_foreign_keys_hold_the_tenant(onlooker: asyncpg.Connection) -> None:
    """A key between two tenants' tables compares the tenant first on both sides."""
    tables = await _tenant_tables(onlooker)
    between = [row for row in await onlooker.fetch(ask.FOREIGN_KEYS) if {row["child"], row["parent"]} <= tables]
    assert between
    wrong = [row["name"] for row in between if not row["child_columns"][0] == row["parent_columns"][0] == "tenant_id"]
    assert wrong == []


async def test_every_reference_is_a_key_or_listed(onlooker: asyncpg.Connection) -> None:
    """An id in a tenants' table is checked by a key that holds the tenant, or stands in the list with its reason."""
    checked = {
        f"{row['child']}.{row['child_columns'][1]}"
        for row in await onlooker.fetch(ask.FOREIGN_KEYS)
        if len(row["child_columns"]) > 1
    }
    assert _names(await onlooker.fetch(ask.IDS), "name") - checked == set(LOOSE_REFERENCES)


async def test_views_ask_the_callers_policies(onlooker: asyncpg.Connection) -> None:
    """A view without ``security_invoker`` shows what its owner sees."""
    loose = [row["name"] for row in await onlooker.fetch(ask.VIEWS) if "security_invoker=true" not in row["options"]]
    assert loose == []


async def test_definer_functions_are_listed(onlooker: asyncpg.Connection, peopled: Peopled) -> None:
    """Few functions run with their owner's rights; their owner may only read, and their search path is fixed."""
    definers = [row for row in await onlooker.fetch(ask.FUNCTIONS) if row["definer"]]
    assert _names(definers, "name") == set(DEFINER_FUNCTIONS)
    assert {row["owner"] for row in definers} == {peopled.database.role("search")}
    assert all("search_path=public, pg_temp" in row["config"] for row in definers)


async def test_the_search_role_only_reads_what_is_searched(onlooker: asyncpg.Connection, peopled: Peopled) -> None:
    """Whose rights those functions have may read what they look in, and nobody signs in as it."""
    role = peopled.database.role("search")
    held = await onlooker.fetch(ask.TABLE_PRIVILEGES, role)
    assert {(row["table"], row["privilege"]) for row in held} == {
        (table, "SELECT") for table in ("knowledge_entries", "conversation_digests", "digest_marks")
    }
    columns = await onlooker.fetch(ask.READABLE_COLUMNS, role)
    assert {row["table"] for row in columns} - {row["table"] for row in held} == {
        "leads",
        "conversations",
        "messages",
        "channel_accounts",
        "stages",
    }
    assert not await onlooker.fetchval(
        "SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", peopled.database.role("search")
    )


async def test_definer_functions_are_not_for_everybody(onlooker: asyncpg.Connection, peopled: Peopled) -> None:
    """Only the tenants' role may call them."""
    allowed = "SELECT p.proname FROM pg_proc p WHERE p.prosecdef AND has_function_privilege($1, p.oid, 'EXECUTE')"
    found = {role: _names(await onlooker.fetch(allowed, peopled.database.role(role)), "proname") for role in LOGIN}
    watched = {"note"}  # the tests' own, in a schema of theirs
    assert {role: names - watched for role, names in found.items()} == {
        "app": set(DEFINER_FUNCTIONS),
        "platform": set(),
        "ingest": set(),
        "backup": set(),
    }


async def test_the_platform_reads_no_words(onlooker: asyncpg.Connection, peopled: Peopled) -> None:
    """Of tenants' rows the platform's role reads ids, numbers, times and the text columns listed with a reason."""
    tables = await _tenant_tables(onlooker)
    readable = await onlooker.fetch(ask.READABLE_COLUMNS, peopled.database.role("platform"))
    words = [row for row in readable if row["table"] in tables and row["type"] not in WORDLESS]
    assert _names(words, "table", "column") == set(PLATFORM_WORDS)


async def test_nothing_sealed_is_in_the_platforms_or_webhooks_reach(
    onlooker: asyncpg.Connection, peopled: Peopled
) -> None:
    """A tenant's tokens are readable in the tenant's scope alone."""
    for role in ("platform", "ingest"):
        readable = await onlooker.fetch(ask.READABLE_COLUMNS, peopled.database.role(role))
        assert "channel_accounts.sealed" not in _names(readable, "table", "column")


async def test_the_webhooks_read_no_settings(onlooker: asyncpg.Connection, peopled: Peopled) -> None:
    """Of a tenant the webhooks' role sees what the arrival of a message needs."""
    readable = await onlooker.fetch(ask.READABLE_COLUMNS, peopled.database.role("ingest"))
    mine = {row["column"] for row in readable if row["table"] == "tenants"}
    assert mine == {"id", "timezone", "status", "ai_paused", "debounce_seconds"}
