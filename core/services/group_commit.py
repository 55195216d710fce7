"""Deliveries that arrive while a commit runs are committed together by the next one."""

import asyncio
from collections.abc import Sequence

import structlog

from core.domain.errors import Unavailable
from core.services.intake import IngestWriter
from db.ingest import Ingested, IngestRow

log = structlog.get_logger(__name__)

IN_FLIGHT = 2
"""Batches being committed at a time; what arrives meanwhile waits for the next. There is no timer: an idle
server adds no delay (measured: any wait window made both throughput and latency worse)."""
MOST_ROWS = 128

Batch = list[tuple[Sequence[IngestRow], asyncio.Future[list[Ingested]]]]


class GroupCommit:
    """An ``IngestWriter`` that joins what waits. A batch that fails is taken apart: each delivery alone."""

    def __init__(self, store: IngestWriter) -> None:
        self._store = store
        self._waiting: Batch = []
        self._running: set[asyncio.Task[None]] = set()
        self._scheduled = False

    async def write(self, rows: Sequence[IngestRow]) -> list[Ingested]:
        """Take these rows with whatever else waits; raises the error that befell these rows alone."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Ingested]] = loop.create_future()
        self._waiting.append((rows, answer))
        if not self._scheduled and len(self._running) < IN_FLIGHT:
            # At the end of this turn of the loop: everything that is readable now joins.
            self._scheduled = True
            loop.call_soon(self._start)
        return await answer

    def _start(self) -> None:
        self._scheduled = False
        while self._waiting and len(self._running) < IN_FLIGHT:
            task = asyncio.get_running_loop().create_task(self._commit(self._next_batch()))
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._start()

    def _next_batch(self) -> Batch:
        size = taken = 0
        for rows, _ in self._waiting:
            if taken and size + len(rows) > MOST_ROWS:
                break
            size += len(rows)
            taken += 1
        batch, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return batch

    async def _commit(self, batch: Batch) -> None:
        try:
            answers = await self._write_joined([rows for rows, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever one delivery broke must not harm its neighbours
            await self._taken_apart(batch, error)
        else:
            for (_, answer), taken in zip(batch, answers, strict=True):
                if not answer.done():
                    answer.set_result(taken)

    async def _taken_apart(self, batch: Batch, error: Exception) -> None:
        # With the database itself away, trying each alone would only wait longer.
        if len(batch) == 1 or isinstance(error, Unavailable):
            for _, answer in batch:
                _fail(answer, error)
            return
        log.warning("ingest.batch_split", deliveries=len(batch), error=type(error).__name__)
        for single in batch:
            await self._commit([single])

    async def _write_joined(self, deliveries: list[Sequence[IngestRow]]) -> list[list[Ingested]]:
        if len(deliveries) == 1:
            return [await self._store.write(deliveries[0])]
        joined = [row for rows in deliveries for row in rows]
        owner = [index for index, rows in enumerate(deliveries) for _ in rows]
        answers: list[list[Ingested]] = [[] for _ in deliveries]
        for taken in await self._store.write(joined):
            answers[owner[taken.ord]].append(taken)
        return answers


def _fail(answer: asyncio.Future[list[Ingested]], error: BaseException) -> None:
    if not answer.done():
        answer.set_exception(error)
