"""Deliveries that arrive while a commit runs are committed together by the next one."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from core.domain.errors import Unavailable
from core.services.salvage import IngestWriter, Salvage
from db.ingest import Ingested, IngestRow

log = structlog.get_logger(__name__)

MOST_IN_FLIGHT = 4
"""Batches being committed at a time; beyond the first only beside such as are slow."""
SLOW_SECONDS = 0.1
"""A batch that takes longer waits for somebody (a row that is locked): the others need not wait with it.

Otherwise one batch at a time: it takes everything that arrived while the last was committed, and a large batch costs
the database much less a row than two small ones (measured: a fifth less processor time than with two at a time).
There is no timer: an idle server adds no delay (measured: any wait window made throughput and latency worse)."""
MOST_ROWS = 128
MOST_BYTES = 8 * 1024 * 1024
"""Of the bodies in one batch; a delivery that is larger by itself goes alone."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait, and for how long, before deliveries are refused: their provider sends them again.

    A delivery larger than the bounds is taken when nothing else waits.
    """

    rows: int = 5_000
    bytes: int = 64 * 1024 * 1024
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class _Delivery:
    rows: Sequence[IngestRow]
    bytes: int
    since: float
    answer: asyncio.Future[list[Ingested]]

    def refuse(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)

    def take(self, taken: list[Ingested]) -> None:
        if not self.answer.done():
            self.answer.set_result(taken)


class GroupCommit:
    """An ``IngestWriter`` that joins what waits. A batch that fails is taken apart: each delivery alone."""

    def __init__(
        self, store: IngestWriter, bounds: Bounds | None = None, *, slow_seconds: float = SLOW_SECONDS
    ) -> None:
        """``slow_seconds``: how long the next batch waits for the one before it."""
        self._store = store
        self._slow_seconds = slow_seconds
        self._alone = Salvage(store)
        self._bounds = bounds or Bounds()
        self._waiting: deque[_Delivery] = deque()
        self._waiting_rows = 0
        self._waiting_bytes = 0
        self._running: set[asyncio.Task[None]] = set()
        self._ahead: asyncio.Task[None] | None = None
        """The batch that the next one waits for: neither done nor slow yet."""
        self._scheduled = False
        self._watch: asyncio.TimerHandle | None = None

    async def write(self, rows: Sequence[IngestRow]) -> list[Ingested]:
        """Take these rows with whatever else waits; raises the error that befell these rows alone.

        Raises ``Unavailable`` when too much waits already, or these rows have waited too long.
        """
        loop = asyncio.get_running_loop()
        delivery = _Delivery(rows, sum([len(row.body) for row in rows]), loop.time(), loop.create_future())
        self._admit(delivery)
        if self._watch is None:
            self._watch = loop.call_later(self._bounds.seconds, self._refuse_the_late)
        if not self._scheduled and self._may_start():
            # At the end of this turn of the loop: everything that is readable now joins.
            self._scheduled = True
            loop.call_soon(self._start)
        return await delivery.answer

    def _admit(self, delivery: _Delivery) -> None:
        rows, size = self._waiting_rows + len(delivery.rows), self._waiting_bytes + delivery.bytes
        if self._waiting and (rows > self._bounds.rows or size > self._bounds.bytes):
            message = "too many deliveries wait for the database"
            raise Unavailable(message)
        self._waiting.append(delivery)
        self._waiting_rows, self._waiting_bytes = rows, size

    def _next(self) -> _Delivery:
        delivery = self._waiting.popleft()
        self._waiting_rows -= len(delivery.rows)
        self._waiting_bytes -= delivery.bytes
        return delivery

    def _refuse_the_late(self) -> None:
        loop = asyncio.get_running_loop()
        refused = 0
        while self._waiting and self._waiting[0].since + self._bounds.seconds <= loop.time():
            self._next().refuse(Unavailable("the database took too long"))
            refused += 1
        if refused:
            log.warning("ingest.waited_too_long", deliveries=refused)
        self._watch = (
            loop.call_at(self._waiting[0].since + self._bounds.seconds, self._refuse_the_late)
            if self._waiting
            else None
        )

    def _may_start(self) -> bool:
        return self._ahead is None and len(self._running) < MOST_IN_FLIGHT

    def _start(self) -> None:
        self._scheduled = False
        if self._may_start() and (batch := self._next_batch()):
            loop = asyncio.get_running_loop()
            task = loop.create_task(self._commit(batch))
            self._running.add(task)
            self._ahead = task
            slow = loop.call_later(self._slow_seconds, self._let_pass, task)
            task.add_done_callback(lambda _: slow.cancel())
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._let_pass(task)

    def _let_pass(self, task: asyncio.Task[None]) -> None:
        """The next batch need not wait for this one any more."""
        if self._ahead is task:
            self._ahead = None
        self._start()

    def _next_batch(self) -> list[_Delivery]:
        batch: list[_Delivery] = []
        rows = size = 0
        while self._waiting:
            rows += len(self._waiting[0].rows)
            size += self._waiting[0].bytes
            if batch and (rows > MOST_ROWS or size > MOST_BYTES):
                break
            delivery = self._next()
            # Whoever went away was told nothing: the provider sends it again.
            if delivery.answer.done():
                rows, size = rows - len(delivery.rows), size - delivery.bytes
            else:
                batch.append(delivery)
        return batch

    async def _commit(self, batch: list[_Delivery]) -> None:
        if len(batch) == 1:
            await self._take_alone(batch)
            return
        try:
            answers = await self._write_joined(batch)
        except Unavailable as error:
            # With the database itself away, trying each alone would only wait longer.
            _refuse_all(batch, error)
        except Exception as error:  # noqa: BLE001 - whatever one delivery broke must not harm its neighbours
            log.warning("ingest.batch_split", deliveries=len(batch), error=type(error).__name__)
            await self._take_alone(batch)
        else:
            # The next batch first: those who are woken here keep the loop busy for longer than it needs to leave.
            if (task := asyncio.current_task()) is not None:
                self._done(task)
            for delivery, taken in zip(batch, answers, strict=True):
                delivery.take(taken)

    async def _take_alone(self, batch: Sequence[_Delivery]) -> None:
        for place, delivery in enumerate(batch):
            try:
                delivery.take(await self._alone.write(delivery.rows))
            except Unavailable as error:
                _refuse_all(batch[place:], error)
                return
            except Exception as error:  # noqa: BLE001 - told to whoever waits for it
                delivery.refuse(error)

    async def _write_joined(self, batch: Sequence[_Delivery]) -> list[list[Ingested]]:
        joined = [row for delivery in batch for row in delivery.rows]
        owner = [index for index, delivery in enumerate(batch) for _ in delivery.rows]
        answers: list[list[Ingested]] = [[] for _ in batch]
        for taken in await self._store.write(joined):
            answers[owner[taken.ord]].append(taken)
        return answers


def _refuse_all(batch: Sequence[_Delivery], error: Exception) -> None:
    for delivery in batch:
        delivery.refuse(error)
