"""One leader among the scheduler processes, by a lease row in PostgreSQL.

A lease and not an advisory lock: the lock of a frozen process lives as long as its connection, so a standby would
wait for ever. The lease runs out by the database's clock, whoever sleeps. Its token grows with every hand-over, and
what a leader does is refused as soon as the token in the row is not its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
import structlog

log = structlog.get_logger(__name__)

DATABASE_AWAY: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

# The last condition lets a standby take a lease whose owner is gone although its end lies ahead: the server's clock
# went back, and the standby has seen the row unchanged for longer than a leader ever leaves it.
TAKE: Final = """
INSERT INTO leader_leases AS lease (name, holder, token, expires_at)
VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (name) DO UPDATE
SET holder = excluded.holder, token = lease.token + 1, expires_at = excluded.expires_at
WHERE lease.expires_at < clock_timestamp()
   OR lease.holder = excluded.holder
   OR (lease.token = $4 AND lease.expires_at = $5)
RETURNING token
"""
LOOK: Final = "SELECT token, expires_at FROM leader_leases WHERE name = $1"
RENEW: Final = """
UPDATE leader_leases SET expires_at = clock_timestamp() + make_interval(secs => $3)
WHERE name = $1 AND token = $2 RETURNING true
"""
HOLDS: Final = """
SELECT true FROM leader_leases WHERE name = $1 AND token = $2 AND expires_at > clock_timestamp()
"""
RELEASE: Final = "UPDATE leader_leases SET expires_at = '-infinity' WHERE name = $1 AND token = $2"


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds. A hand-over takes at most ``lease + poll`` and a round trip: 10 s as it stands."""

    lease: float = 9.0
    renew: float = 3.0
    poll: float = 1.0
    answer: float = 2.0
    """The longest the database may take to answer before its connection is given up."""


class Term:
    """One leadership, from election to loss. It never comes back to life."""

    def __init__(
        self, connection: asyncpg.Connection, name: str, token: int, *, tempo: Tempo, clock: Callable[[], float]
    ) -> None:
        self.token = token
        self._connection = connection
        self._name = name
        self._tempo = tempo
        self._clock = clock
        self._until = 0.0
        self._over = False
        # asyncpg runs one command at a time on a connection.
        self._turn = asyncio.Lock()

    @property
    def over(self) -> bool:
        """Whether this process knows by itself that it leads no more; needs no round trip."""
        return self._over or self._clock() >= self._until

    def start(self, asked_at: float) -> None:
        """Count the lease from when it was asked for: the database's count began later, so ours ends first."""
        self._until = asked_at + self._tempo.lease

    def end(self) -> None:
        """End the term, for whatever reason."""
        self._over = True

    async def holds(self) -> bool:
        """Ask the database whether the term still stands; False also when it cannot be asked."""
        if self.over:
            return False
        try:
            return bool(await self._ask(HOLDS, self._name, self.token)) and not self.over
        except DATABASE_AWAY:
            self.end()
            return False

    async def renew(self) -> bool:
        """Prolong the lease; False when somebody else has taken it."""
        asked_at = self._clock()
        if self.over or not await self._ask(RENEW, self._name, self.token, self._tempo.lease):
            return False
        self.start(asked_at)
        return True

    async def release(self) -> None:
        """Give the lease back, so that a standby need not wait for its end."""
        self.end()
        await self._ask(RELEASE, self._name, self.token)

    async def _ask(self, query: str, *values: object) -> object:
        async with self._turn:
            return await self._connection.fetchval(query, *values, timeout=self._tempo.answer)


@dataclass(frozen=True, slots=True)
class Sighting:
    """The lease row as a standby saw it, and since when it has looked like that."""

    token: int
    expires_at: datetime
    since: float


Duty = Callable[[Term], AbstractAsyncContextManager[None]]


class Election:
    """Stands for leader until told to stop, and does its duty while it leads.

    ``connect`` opens a connection of its own (role ``platform``); ``holder`` must be unique to this process;
    ``clock`` is monotonic seconds, and must go on while the process is frozen.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        holder: str,
        clock: Callable[[], float],
        *,
        name: str = "scheduler",
        tempo: Tempo = Tempo(),
    ) -> None:
        self._connect = connect
        self._holder = holder
        self._clock = clock
        self._name = name
        self._tempo = tempo
        self._seen: Sighting | None = None

    async def run(self, finish: asyncio.Event, duty: Duty) -> None:
        """Enter ``duty`` at each election and leave it at each loss, until ``finish``; outlives the database."""
        while not finish.is_set():
            try:
                async with self._connected() as connection:
                    await self._stand(connection, finish, duty)
            except DATABASE_AWAY as error:
                log.warning("leader.database_away", error=type(error).__name__)
            await _pause(finish, self._tempo.poll)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        async with asyncio.timeout(2 * self._tempo.answer):
            connection = await self._connect()
        try:
            yield connection
        finally:
            # Not a polite close, which waits for a database that may be away.
            connection.terminate()

    async def _stand(self, connection: asyncpg.Connection, finish: asyncio.Event, duty: Duty) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        while not finish.is_set() and not lost.is_set():
            term = await self._take(connection)
            if term is not None:
                await self._lead(term, finish, lost, duty)
            await _pause(finish, self._tempo.poll)

    async def _take(self, connection: asyncpg.Connection) -> Term | None:
        asked_at = self._clock()
        stale = self._stale()
        token = await connection.fetchval(
            TAKE,
            self._name,
            self._holder,
            self._tempo.lease,
            stale.token if stale else None,
            stale.expires_at if stale else None,
            timeout=self._tempo.answer,
        )
        if token is None:
            await self._look(connection)
            return None
        self._seen = None
        term = Term(connection, self._name, token, tempo=self._tempo, clock=self._clock)
        term.start(asked_at)
        return term

    def _stale(self) -> Sighting | None:
        seen = self._seen
        return seen if seen and self._clock() - seen.since > self._tempo.lease + self._tempo.poll else None

    async def _look(self, connection: asyncpg.Connection) -> None:
        row = await connection.fetchrow(LOOK, self._name, timeout=self._tempo.answer)
        if row is None:
            self._seen = None
        elif self._seen is None or (self._seen.token, self._seen.expires_at) != tuple(row):
            self._seen = Sighting(row["token"], row["expires_at"], self._clock())

    async def _lead(self, term: Term, finish: asyncio.Event, lost: asyncio.Event, duty: Duty) -> None:
        log.info("leader.elected", name=self._name, holder=self._holder, term=term.token)
        try:
            async with duty(term):
                try:
                    await self._hold(term, finish, lost)
                finally:
                    term.end()
        finally:
            log.info("leader.lost", name=self._name, holder=self._holder, term=term.token)
        if not lost.is_set():
            await term.release()

    async def _hold(self, term: Term, finish: asyncio.Event, lost: asyncio.Event) -> None:
        while not finish.is_set() and not lost.is_set():
            await _pause_any((finish, lost), self._tempo.renew)
            if finish.is_set() or lost.is_set() or not await term.renew():
                return


async def _pause(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def _pause_any(events: tuple[asyncio.Event, ...], seconds: float) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
