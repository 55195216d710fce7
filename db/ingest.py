"""The webhooks' one round trip: a batch of events handed to the database's ``ingest`` function."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
from tortoise.exceptions import DBConnectionError

from core.domain.errors import Unavailable

ANNOUNCEMENT = "announcement"
"""The kind of an event that only tells of a message: a trigger makes the fetching of that message due."""

DISCONNECTION = "disconnection"
"""The kind of an event that tells of a phone that is away: a trigger makes the emptying of its provider's queue due."""


class IngestRow(NamedTuple):
    """One event as the function takes it: its bytes, then the fields in the order of the type ``ingest_event``.

    ``ord`` is the row's place in what is written together; the store numbers anew what was joined. ``id`` becomes
    that of every new row the event makes: its own, its message's, its lead's, its conversation's.
    """

    body: bytes
    ord: int
    part: str
    id: UUID
    tenant_id: UUID
    account_id: UUID
    kind: str
    external_id: str
    variant: str = ""
    anchor_kind: str | None = None
    anchor_scope: str | None = None
    anchor_key: str | None = None
    anchor_address: str | None = None
    alias_kind: str | None = None
    alias_scope: str | None = None
    alias_key: str | None = None
    name: str | None = None
    type: str | None = None
    content: str | None = None
    media: str | None = None
    source: str | None = None
    ts: datetime | None = None
    ref_id: str | None = None
    status: str | None = None
    status_message_id: UUID | None = None
    error_code: str | None = None
    error_detail: str | None = None
    hint: str | None = None

    def raw_only(self) -> "IngestRow":
        """The same event with nothing but what came: it is kept, once, and nothing is made of it."""
        return IngestRow(
            self.body,
            self.ord,
            "other",
            self.id,
            self.tenant_id,
            self.account_id,
            self.kind,
            self.external_id,
            self.variant,
        )


_PROBE_SECONDS = 2.0
_SECONDS = 5.0
"""To connect, to take a batch, and to take leave of a connection that fell silent."""
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby, until it is promoted
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    DBConnectionError,
    OSError,
    TimeoutError,
)

_DATA = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,  # an index entry has a limit
    ValueError,  # asyncpg's own complaint about a value it cannot encode, and Python's about text that is none
    TypeError,
    OverflowError,
)
_INGEST = "SELECT * FROM ingest($1::ingest_event[], $2::bytea[])"
_RACE = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one event that was new; events seen before have none.

    ``lead_id``: whose words it holds; a status, or an echo of what we sent, names its message and conversation alone.
    ``nudge``: this event made a turn due; ``debounce`` is how long the lead may go on writing, in seconds.
    ``kept_raw``: the database refused what the event says, so only the event itself was kept.
    ``fetch_id``: the event told of a message, whose fetching is due under this id.
    """

    ord: int
    part: str
    tenant_id: UUID
    lead_id: UUID | None
    conversation_id: UUID | None
    message_id: UUID | None
    nudge: bool
    debounce: float
    kept_raw: bool = False
    fetch_id: UUID | None = None


class IngestStore:
    """A pool of connections in the webhooks' role, handed out first come, first served.

    asyncpg hands its connections last in, first out, which doubles the tail under load, so a semaphore stands
    in front. Connections are not reset between uses: nothing but transaction-local settings is ever set on them.
    """

    def __init__(self, pool: asyncpg.Pool, size: int) -> None:
        self._pool = pool
        self._turnstile = asyncio.Semaphore(size)
        self._returning: set[asyncio.Task[None]] = set()

    async def write(self, rows: Sequence[IngestRow]) -> list[Ingested]:
        """Take a batch in one transaction: all of it or, when this raises, nothing of it.

        Raises ``Unavailable`` when the database is away; whether it still took the batch is then unknown, and
        giving it again is safe.
        """
        values = [(place, *row[2:]) for place, row in enumerate(rows)]
        bodies = [row.body for row in rows]
        try:
            found = await self._ask(values, bodies)
        except Exception as error:
            if database_away(error):
                message = f"the database is away ({type(error).__qualname__})"
                raise Unavailable(message) from error
            raise
        return [_ingested(record, rows) for record in found]

    async def _ask(self, values: Sequence[tuple[object, ...]], bodies: Sequence[bytes]) -> list[asyncpg.Record]:
        """One call of the function, with as few turns of the loop as can be: under load each takes milliseconds.

        Behind the turnstile the pool has a connection (or makes one, within its own time), so nothing here bounds the
        wait for it; and the answer does not wait until the pool has the connection back.
        """
        await self._turnstile.acquire()
        try:
            connection = await self._pool.acquire()
        except BaseException:
            self._turnstile.release()
            raise
        try:
            found: list[asyncpg.Record] = await connection.fetch(_INGEST, values, bodies)
            return found
        finally:
            task = asyncio.get_running_loop().create_task(self._pool.release(connection))
            self._returning.add(task)
            task.add_done_callback(self._returned)

    def _returned(self, task: asyncio.Task[None]) -> None:
        self._returning.discard(task)
        self._turnstile.release()
        if not task.cancelled():
            task.exception()  # a connection that broke is the pool's to replace

    async def ready(self) -> bool:
        """Whether the database answers and has what ``write`` needs; raises what keeps it from answering."""
        async with asyncio.timeout(_PROBE_SECONDS), self._pool.acquire() as connection:
            return bool(await connection.fetchval("SELECT to_regtype('ingest_event') IS NOT NULL"))


def database_away(error: BaseException) -> bool:
    """Whether an error tells of the database itself (gone, starting, full) and not of what it was asked."""
    # asyncpg's own complaint about a value it cannot encode is an InterfaceError too.
    return isinstance(error, _AWAY) and not isinstance(error, ValueError)


def data_refused(error: BaseException) -> bool:
    """Whether an error tells of the values themselves: they will be refused again, others with them may be taken."""
    return isinstance(error, _DATA) and not database_away(error)


def race_lost(error: BaseException) -> bool:
    """Whether another transaction was merely first (deadlock, serialization): the same again will be taken."""
    return isinstance(error, _RACE)


def _ingested(record: asyncpg.Record, rows: Sequence[IngestRow]) -> Ingested:
    ord_, lead, conversation, message, nudge, debounce = record
    row = rows[ord_]
    fetch_id = row.id if row.kind == ANNOUNCEMENT else None
    return Ingested(
        ord_, row.part, row.tenant_id, lead, conversation, message, nudge, debounce or 0.0, fetch_id=fetch_id
    )


async def _keep(_connection: object) -> None:
    """Leave the connection as it is (see ``IngestStore``)."""


@asynccontextmanager
async def open_ingest_store(url: str, *, size: int = 6) -> AsyncIterator[IngestStore]:
    """The store over a pool of ``size`` connections, until the block ends."""
    # No connection is needed to begin with: a web process starts while its database is away, and says 503 till then.
    pool = await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        reset=_keep,
        command_timeout=_SECONDS,
        timeout=_SECONDS,
        max_inactive_connection_lifetime=0,
    )
    try:
        yield IngestStore(pool, size)
    finally:
        await pool.close()
