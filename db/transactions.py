"""Transactions that leave nothing behind, however they begin or end.

Tortoise's own context manager takes a connection from the pool and makes it the task's before it says ``BEGIN``.
When that fails or is cancelled, nobody gives the connection back and the task keeps it: every later transaction of the
task, and of tasks started from it, would run as a savepoint on a dead or a shared connection.

A turn is many small transactions, and each round trip costs both sides more than most queries do: what a transaction
starts with travels with its ``BEGIN``.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionContextPooled
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.connection import get_connections


class Transaction(TransactionWrapper):
    """Tortoise's transaction with an opening of its own; there are no savepoints in it."""

    def __init__(self, client: AsyncpgDBClient, opening: str) -> None:
        super().__init__(client)
        self._opening = opening

    @translate_exceptions
    async def begin(self) -> None:
        """``BEGIN`` and the opening, in one round trip."""
        await self._connection.execute(f"BEGIN; {self._opening}")

    @translate_exceptions
    async def fetch_anew(self, query: str, values: Sequence[object]) -> list[dict[str, Any]]:
        """Rows of a statement that no plan is kept of."""
        statement = await self._connection.prepare(query)
        return [dict(record) for record in await statement.fetch(*values)]

    @translate_exceptions
    async def commit(self) -> None:
        """Keep what was done."""
        await self._connection.execute("COMMIT")
        self._finalized = True

    @translate_exceptions
    async def rollback(self) -> None:
        """Undo what was done."""
        await self._connection.execute("ROLLBACK")
        self._finalized = True


@asynccontextmanager
async def transaction(connection_name: str, opening: str = "") -> AsyncIterator[Transaction]:
    """One transaction on a connection of its own: committed at the end, rolled back by any exception.

    ``opening``: statements without parameters that it begins with; never anything that came from outside.
    """
    pooled: Any = get_connections().get(connection_name)
    context: Any = TransactionContextPooled(Transaction(pooled, opening), pooled._pool_init_lock)  # noqa: SLF001 - as Tortoise makes its own
    try:
        client: Transaction = await context.__aenter__()
    except BaseException:
        await _abandon(context)
        raise
    try:
        yield client
    except BaseException as error:
        await _leave(context, error)
        raise
    await _leave(context, None)


async def _leave(context: Any, error: BaseException | None) -> None:
    try:
        await context.__aexit__(type(error) if error else None, error, error.__traceback__ if error else None)
    except BaseException:
        # The commit or the release failed: neither the task nor the pool may keep the connection.
        await _abandon(context)
        raise


async def _abandon(context: Any) -> None:
    """Take the connection from the task, end it, and give its place back to the pool."""
    with suppress(ValueError):  # it was taken already
        get_connections().reset(getattr(context, "token", None))
    pool = context.client._parent._pool  # noqa: SLF001 - Tortoise has no public way to its pool
    connection = context.client._connection  # noqa: SLF001 - see above
    if pool is None or connection is None:
        return
    # One that is back in the pool already, or gone with it, says so by an error and needs nothing more.
    with suppress(Exception):
        connection.terminate()
        await asyncio.shield(pool.release(connection))
