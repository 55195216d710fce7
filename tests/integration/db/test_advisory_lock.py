"""A lock that goes with its holder's connection."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from db.advisory_lock import AdvisoryLock
from tests.integration.conftest import Database
from tests.patience import PATIENCE


def _lock_of(database: Database, **more: float) -> AdvisoryLock:
    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(database.platform, timeout=PATIENCE)

    return AdvisoryLock(connect, "a lock", **more)


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():
            await asyncio.sleep(0.02)


async def test_an_earlier_connections_end_does_not_lose_the_lock(database: Database) -> None:
    """Taken again, the lock is held although the connection that it was held by before says that it has ended."""
    lock = _lock_of(database)
    await lock.acquire()
    ended = lock.lost
    assert await lock.acquire()
    await ended.wait()
    assert not lock.lost.is_set()
    await lock.release()


async def test_of_two_who_want_it_one_has_it(database: Database) -> None:
    """And the other as soon as it is given back."""
    ours, theirs = _lock_of(database), _lock_of(database)
    assert [await ours.acquire(), await theirs.acquire()] == [True, False]
    await ours.release()
    assert await theirs.acquire()
    await theirs.release()


async def test_a_holder_who_is_silent_loses_it(database: Database) -> None:
    """A frozen process keeps its connection open: the server ends it, and somebody else has the lock."""
    frozen, other = _lock_of(database, silent_seconds=0.2), _lock_of(database)
    assert await frozen.acquire()
    await _until(other.acquire)
    async with asyncio.timeout(PATIENCE):
        await frozen.lost.wait()
    await other.release()
