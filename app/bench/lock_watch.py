"""How long sessions of a database wait for locks, as its own list of locks tells."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg

_EVERY: Final = 0.02
_WAITS: Final = """
SELECT count(*) AS waiting, COALESCE(max(extract(epoch FROM clock_timestamp() - waitstart)), 0)::float8 AS longest
FROM pg_locks WHERE NOT granted"""


@dataclass(slots=True)
class Waits:
    """Seconds: what all waits came to, and the longest that was seen; one shorter than 20 ms may go unseen."""

    total: float = 0.0
    longest: float = 0.0


@asynccontextmanager
async def watched_locks(url: str) -> AsyncIterator[Waits]:
    """Look at the locks of a server until the block ends, over a superuser's connection."""
    waits = Waits()
    connection = await asyncpg.connect(url)
    watching = asyncio.create_task(_watch(connection, waits))
    try:
        yield waits
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await connection.close()


async def _watch(connection: asyncpg.Connection, waits: Waits) -> None:
    while True:
        row = await connection.fetchrow(_WAITS)
        waits.total += row["waiting"] * _EVERY
        waits.longest = max(waits.longest, row["longest"])
        await asyncio.sleep(_EVERY)
