"""A lock that one process of an installation holds for as long as its own connection to PostgreSQL lives.

Unlike the scheduler's lease (``scheduler.leader``) it is free the moment its holder dies, and it gives no token that
would fence off what a late holder still does: it is for work that others may do twice without harm.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import asyncpg

_ANSWER_SECONDS: Final = 5.0
"""A connection that does not answer for so long is taken for dead; then the server may have given the lock away."""
SILENT_SECONDS: Final = 20.0
"""Of a holder that is frozen, or cut off, the server hears nothing: so long, and it gives the lock away."""

_HELD: Final = (
    "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
    " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted"
    " AND ((l.classid::bigint << 32) | l.objid::bigint) = $1)"
)


class AdvisoryLock:
    """The lock of one name. ``lost`` is set when its connection is gone, and with it the lock; each ``acquire`` has its own."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        name: str,
        *,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        """Whoever holds it must ``check`` more often than every ``silent_seconds``."""
        self._connect = connect
        self._key = _key(name)
        self._silent_ms = round(silent_seconds * 1000)
        self._connection: asyncpg.Connection | None = None
        self.lost = asyncio.Event()

    async def acquire(self) -> bool:
        """Whether the lock is ours now. Raises what connecting raises."""
        await self.release()
        # An earlier connection tells of its end when the next one may be open already: that is no loss of this lock.
        lost = self.lost = asyncio.Event()
        self._connection = connection = await self._connect()
        connection.add_termination_listener(lambda _: lost.set())
        await connection.execute(f"SET idle_session_timeout = {self._silent_ms}")
        if await connection.fetchval("SELECT pg_try_advisory_lock($1)", self._key):
            return True
        await self.release()
        return False

    async def check(self) -> None:
        """Ask whether the connection lives; if not, the lock is lost."""
        lost = self.lost
        try:
            if self._connection is None:
                lost.set()
            else:
                await self._connection.fetchval("SELECT 1", timeout=_ANSWER_SECONDS)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
            lost.set()

    async def release(self) -> None:
        """Give it back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                await connection.close(timeout=_ANSWER_SECONDS)


async def is_held(connection: asyncpg.Connection, name: str) -> bool:
    """Whether anybody has the lock of this name in the connection's database."""
    return bool(await connection.fetchval(_HELD, _key(name)))


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
