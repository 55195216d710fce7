"""Copies of a migrated database that are emptied and handed on, since making one costs far more than emptying it.

A copy is handed on only if it is, but for rows, what it was when it was made: had a test changed a table, a right, a
setting or a row that a migration put there, the copy is dropped and another is made. Each test's has a name of its own,
so that nothing that an earlier test left running finds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import asyncpg

from tests.conftest import Databases

_MOST_TESTS: Final = 50
"""How many tests one copy serves: what they deleted lies about in its tables until then."""

_CATALOGS: Final = (
    *("pg_attrdef", "pg_attribute", "pg_cast", "pg_class", "pg_collation", "pg_constraint", "pg_default_acl"),
    *("pg_description", "pg_enum", "pg_event_trigger", "pg_extension", "pg_foreign_server", "pg_index", "pg_inherits"),
    *("pg_largeobject_metadata", "pg_namespace", "pg_operator", "pg_policy", "pg_proc", "pg_publication", "pg_range"),
    *("pg_rewrite", "pg_statistic_ext", "pg_subscription", "pg_trigger", "pg_ts_config", "pg_ts_config_map"),
    *("pg_ts_dict", "pg_type"),
)
"""Where PostgreSQL keeps what statements other than those on rows change."""

_TABLES: Final = """
SELECT c.oid::regclass::text AS name, pg_relation_size(c.oid) > 0 AS used
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY 1
"""
_SETTINGS: Final = """
SELECT concat_ws('/', d.datdba, d.datallowconn, d.datconnlimit, d.datacl, s.setrole, s.setconfig)
  FROM pg_database d LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid
 WHERE d.datname = current_database() ORDER BY 1
"""
_SEQUENCES: Final = "SELECT concat_ws('/', schemaname, sequencename, last_value) FROM pg_sequences ORDER BY 1"


@dataclass(frozen=True, slots=True)
class _Nature:
    """What a copy is without the tests' rows."""

    kept: tuple[str, ...]
    """The tables that the migrations themselves filled."""
    traces: tuple[str, ...]
    """Changes with the first statement that alters anything but the rows of the other tables."""

    @classmethod
    async def of(cls, connection: asyncpg.Connection) -> Self:
        """That of a new copy."""
        tables = [row["name"] for row in await connection.fetch(_TABLES) if row["used"]]
        return cls(tuple(tables), await _traces(connection, tables))


async def _traces(connection: asyncpg.Connection, kept: Sequence[str]) -> tuple[str, ...]:
    """Every change of a row leaves the number of its transaction, and numbers only grow; a deletion lessens the count."""
    marks = " UNION ALL ".join(
        f"SELECT '{table} ' || count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) FROM {table}"
        for table in (*_CATALOGS, *kept)
    )
    rows = [row for query in (marks, _SETTINGS, _SEQUENCES) for row in await connection.fetch(query)]
    return tuple(row[0] for row in rows)


@dataclass(slots=True)
class _Copy:
    name: str
    nature: _Nature
    tests: int = 1


@dataclass(slots=True)
class RecycledCopies:
    """Copies of one template, each for one test at a time."""

    databases: Databases
    template: str
    _idle: list[_Copy] = field(default_factory=list)
    _lent: dict[str, _Copy] = field(default_factory=dict)

    async def take(self) -> str:
        """The name of a database that is as the template is; nobody is connected to it."""
        copy = await self._left_over() or await self._made()
        self._lent[copy.name] = copy
        return copy.name

    def give_back(self, name: str) -> None:
        """A test has ended; what it left is looked at when the next one asks."""
        self._idle.append(self._lent.pop(name))

    async def _left_over(self) -> _Copy | None:
        while self._idle:
            copy = self._idle.pop()
            if await self._renewed(copy):
                return copy
            await self.databases.drop(copy.name)
        return None

    async def _made(self) -> _Copy:
        name = await self.databases.create(template=self.template)
        connection = await asyncpg.connect(self.databases.url(name, superuser=True))
        try:
            return _Copy(name, await _Nature.of(connection))
        finally:
            await connection.close()

    async def _renewed(self, copy: _Copy) -> bool:
        """Give it another name and empty it; whether it may be handed on."""
        if copy.tests >= _MOST_TESTS:
            return False
        copy.tests += 1
        try:
            copy.name = await self.databases.rename(copy.name)
        except asyncpg.ObjectInUseError:  # something keeps coming back to it
            return False
        connection = await asyncpg.connect(self.databases.url(copy.name, superuser=True))
        try:
            if await _traces(connection, copy.nature.kept) != copy.nature.traces:
                return False
            await _empty(connection, copy.nature.kept)
            return True
        finally:
            await connection.close()


async def _empty(connection: asyncpg.Connection, kept: Sequence[str]) -> None:
    """Delete all rows but the migrations', without triggers and constraints: what is left is consistent, for it is nothing."""
    used = [row["name"] for row in await connection.fetch(_TABLES) if row["used"] and row["name"] not in kept]
    deletions = "".join(f"DELETE FROM {table};" for table in used)
    await connection.execute(f"SET session_replication_role = replica; {deletions}")
