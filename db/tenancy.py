"""Scopes: inside one, the database shows one tenant's rows (or what the platform may see) and nothing else.

A scope is one transaction. No HTTP or model call belongs inside one, and no task may be spawned there that outlives it:
load, close, call, reopen, save.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

from tortoise.connection import get_connections

from core.domain.changes import Change, ChangeKind
from core.domain.errors import TenancyError
from db.engine import APP, live_events
from db.named_sql import query
from db.transactions import Transaction, transaction

_open: ContextVar[str] = ContextVar("reveza_scope", default="")
"""Whose scope is open in this task: a tenant's id, or the platform."""
_AT_ONCE: Final = 200
"""Rows that are fetched ahead."""


class Scope:
    """An open transaction that runs named queries; models used meanwhile run in it too."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Transaction) -> None:
        self._connection = connection

    async def rows(self, name: str, *values: object) -> list[dict[str, Any]]:
        """Every row of the named query."""
        rows: list[dict[str, Any]] = await self._connection.execute_query_dict(query(name), list(values))
        return rows

    async def row(self, name: str, *values: object) -> dict[str, Any] | None:
        """The first row of the named query, if there is one."""
        found = await self.rows(name, *values)
        return found[0] if found else None

    async def rows_anew(self, name: str, *values: object) -> list[dict[str, Any]]:
        """The same, planned for these values and by how many rows there are now.

        A plan that was made while a table was empty would be kept, and go through all of it again and again as it fills. What
        triggers and functions do for each row keeps its plan: making that anew took longer than doing it.
        """
        rows: list[dict[str, Any]] = await self._connection.fetch_anew(query(name), list(values))
        return rows

    async def row_anew(self, name: str, *values: object) -> dict[str, Any] | None:
        """The first of them, if there is one."""
        found = await self.rows_anew(name, *values)
        return found[0] if found else None

    async def each(self, name: str, *values: object) -> AsyncGenerator[dict[str, Any], None]:
        """Every row of the named query, fetched as they are taken; nothing else runs in the scope meanwhile."""
        async with self._connection.acquire_connection() as connection:
            async for record in connection.cursor(query(name), *values, prefetch=_AT_ONCE):
                yield dict(record)


class TenantScope(Scope):
    """One tenant's transaction. What it changes of what a screen shows is noted, and told once it is committed."""

    __slots__ = ("_changes",)

    def __init__(self, connection: Transaction) -> None:
        super().__init__(connection)
        self._changes: list[Change] = []

    @property
    def changes(self) -> Sequence[Change]:
        """What was noted so far."""
        return self._changes

    def changed(
        self, kind: ChangeKind, subject_id: UUID, *, conversation_id: UUID | None = None, lead_id: UUID | None = None
    ) -> None:
        """Note that this is not as it was; a transaction that is rolled back tells nobody."""
        within = subject_id if kind is ChangeKind.CONVERSATION else conversation_id
        self._changes.append(Change(kind, subject_id, within, lead_id))


@asynccontextmanager
async def tenant_scope(tenant_id: UUID) -> AsyncIterator[TenantScope]:
    """One transaction in which only this tenant's rows exist.

    Raises ``TenancyError`` inside another scope: a nested scope would change the setting of the outer one.
    """
    with _only_scope(f"tenant {tenant_id}"):
        live = live_events()
        async with transaction(APP, _set_tenant(tenant_id)) as connection:
            scope = TenantScope(connection)
            yield scope
    if scope.changes:
        live.changed(tenant_id, scope.changes)


@asynccontextmanager
async def tenant_snapshot(tenant_id: UUID) -> AsyncIterator[Scope]:
    """The tenant's rows as they are at one moment, to be read and not changed, by however many queries."""
    with _only_scope(f"tenant {tenant_id}"):
        opening = f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; {_set_tenant(tenant_id)}"
        async with transaction(APP, opening) as connection:
            yield Scope(connection)


def _set_tenant(tenant_id: UUID) -> str:
    # Built from the number and not from whatever was given: nothing else gets into the statement.
    return f"SELECT set_config('app.tenant_id', '{UUID(int=tenant_id.int)}', true)"


async def tenant_row(tenant_id: UUID, name: str, *values: object) -> dict[str, Any] | None:
    """The first row of a named query that is a transaction of its own, in one round trip instead of three.

    The function that it calls opens the tenant's scope in the database (``in_tenant``), for its own time; the tenant's
    id is its first value. What it changed is told by ``tell``.
    """
    with _only_scope(f"tenant {tenant_id}"):
        found: list[dict[str, Any]] = (
            await get_connections().get(APP).execute_query_dict(query(name), [tenant_id, *values])
        )
    return found[0] if found else None


def tell(tenant_id: UUID, changes: Sequence[Change]) -> None:
    """Tell whoever looks at the tenant of what a ``tenant_row`` has changed."""
    live_events().changed(tenant_id, changes)


@asynccontextmanager
async def platform_scope() -> AsyncIterator[Scope]:
    """One transaction over all tenants that sees only what is granted to the platform: ids and times, never words.

    For webhook lookup, sign-in, sweepers, dispatchers, the scheduler and operators; a test lists its callers.
    """
    with _only_scope("the platform"):
        async with transaction("platform") as connection:
            yield Scope(connection)


@contextmanager
def _only_scope(whose: str) -> Iterator[None]:
    if _open.get():
        message = f"a scope of {_open.get()} is open; close it before opening one of {whose}"
        raise TenancyError(message)
    mark = _open.set(whose)
    try:
        yield
    finally:
        _open.reset(mark)
