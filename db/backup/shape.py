"""Which tables there are, and which of their columns hold what nothing else tells."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from db.named_sql import backup_query


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table, and its columns but for those that the database computes."""

    name: str
    columns: Sequence[str]


async def tables_of(connection: asyncpg.Connection) -> Sequence[TableShape]:
    """Every table but the list of migrations, which migrating writes, and those that belong to extensions."""
    return [
        TableShape(row["name"], row["columns"]) for row in await connection.fetch(backup_query("tables_to_back_up"))
    ]


async def applied_migrations(connection: asyncpg.Connection) -> Sequence[str]:
    """Their names, in their order; none in a database that was never migrated."""
    if await connection.fetchval("SELECT to_regclass('public.tortoise_migrations')") is None:
        return []
    return [row["name"] for row in await connection.fetch(backup_query("applied_migrations"))]
