"""A database beside the one in use: made, filled, and put in its place at once, or dropped."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

from core.domain.errors import Conflict, Forbidden
from db.named_sql import backup_query

_MAINTENANCE: Final = ("postgres", "template1")
"""Databases that every server has: one cannot rename the one that one is connected to."""
_LOCK: Final = 0x72657374_6F7265  # "restore"
_LONGEST: Final = 63
"""PostgreSQL cuts longer names."""


def at_database(url: str, name: str) -> str:
    """The same server, role and options, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name)}"))


def database_of(url: str) -> str:
    """The database that a URL names."""
    return unquote(urlsplit(url).path.strip("/"))


@dataclass(frozen=True, slots=True)
class Aside:
    """An empty database named ``name`` that sorts as ``stands`` does, which is the one in use."""

    connection: asyncpg.Connection
    stands: str
    name: str

    async def take_its_place(self, at: datetime) -> str:
        """The one in use makes room, and this takes its name, in one transaction; gives the name that the other has now.

        Raises ``Conflict`` while anybody is connected to either.
        """
        replaced = f"{self.stands[: _LONGEST - 24]}_before_{at:%Y%m%d%H%M%S}"
        try:
            async with self.connection.transaction():
                await self.connection.execute(f"ALTER DATABASE {_quoted(self.stands)} RENAME TO {_quoted(replaced)}")
                await self.connection.execute(f"ALTER DATABASE {_quoted(self.name)} RENAME TO {_quoted(self.stands)}")
        except asyncpg.ObjectInUseError as error:
            message = f"somebody is connected to the database {self.stands}: stop what uses it, and try again"
            raise Conflict(message) from error
        return replaced

    async def drop(self, name: str) -> None:
        """Drop a database, if it is there."""
        await self.connection.execute(f"DROP DATABASE IF EXISTS {_quoted(name)}")


@asynccontextmanager
async def made_aside(owner_url: str, purpose: str) -> AsyncIterator[Aside]:
    """An empty database, until the block ends; one that took the other's place by then stays.

    Raises ``Forbidden`` when the owner may make none, ``Conflict`` while somebody else is at it.
    """
    connection = await _maintenance(owner_url)
    stands = database_of(owner_url)
    aside = Aside(connection, stands, f"{stands[: _LONGEST - 1 - len(purpose)]}_{purpose}")
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
            message = "another restore is under way on this server"
            raise Conflict(message)
        await aside.drop(aside.name)  # what one that was killed has left
        await _make(aside)
        try:
            yield aside
        finally:
            await aside.drop(aside.name)
    finally:
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await connection.close()


async def connected_to(owner_url: str) -> dict[str, int]:
    """Who has the database open, by role, and how often."""
    connection = await _maintenance(owner_url)
    try:
        rows = await connection.fetch(backup_query("connected_to_database"), database_of(owner_url))
    finally:
        await connection.close()
    return {row["name"]: row["connections"] for row in rows}


async def _make(aside: Aside) -> None:
    options = await aside.connection.fetchval(backup_query("database_like"), aside.stands)
    try:
        await aside.connection.execute(f"CREATE DATABASE {_quoted(aside.name)} {options}")
    except asyncpg.InsufficientPrivilegeError as error:
        message = (
            "the owner of the database may not make another one, in which the backup is loaded before it takes the "
            "place of what is there: ALTER ROLE … CREATEDB, as a superuser"
        )
        raise Forbidden(message) from error


async def _maintenance(owner_url: str) -> asyncpg.Connection:
    last: Exception | None = None
    for name in _MAINTENANCE:
        try:
            return await asyncpg.connect(at_database(owner_url, name))
        except (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError) as error:
            last = error
    message = f"the owner of the database may connect to none of {', '.join(_MAINTENANCE)}"
    raise Forbidden(message) from last


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
