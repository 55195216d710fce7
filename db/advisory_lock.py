"""A lock that one process of an installation holds for as long as its own connection to PostgreSQL lives."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import asyncpg

_ANSWER_SECONDS: Final = 5.0
"""A connection that does not answer for so long is taken for dead; then the server may have given the lock away."""


class AdvisoryLock:
    """The lock of one name. ``lost`` is set when its connection is gone, and with it the lock."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], name: str) -> None:
        self._connect = connect
        self._key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        self._connection: asyncpg.Connection | None = None
        self.lost = asyncio.Event()

    async def acquire(self) -> bool:
        """Whether the lock is ours now. Raises what connecting raises."""
        await self.release()
        self.lost.clear()
        connection = await self._connect()
        connection.add_termination_listener(lambda _: self.lost.set())
        self._connection = connection
        if await connection.fetchval("SELECT pg_try_advisory_lock($1)", self._key):
            return True
        await self.release()
        return False

    async def check(self) -> None:
        """Ask whether the connection lives; if not, the lock is lost."""
        try:
            if self._connection is None:
                self.lost.set()
            else:
                await self._connection.fetchval("SELECT 1", timeout=_ANSWER_SECONDS)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            self.lost.set()

    async def release(self) -> None:
        """Give it back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                await connection.close(timeout=_ANSWER_SECONDS)
