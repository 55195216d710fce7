"""One delivery taken by itself: tried again after a lost race, its rows one by one when the database refuses its data."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from core.domain.errors import Unavailable
from db.ingest import Ingested, IngestRow, data_refused, race_lost

log = structlog.get_logger(__name__)


class IngestWriter(Protocol):
    """Commits rows; each caller gets what became of its own."""

    async def write(self, rows: Sequence[IngestRow]) -> list[Ingested]:
        """Take these rows; raises when they were not taken."""


class Salvage:
    """An ``IngestWriter`` for deliveries that could not be taken with others.

    A provider sends a refused delivery again for days, and whole: one event that the database will never take would
    keep its neighbours out for ever. So each row gets in alone, and one that cannot is kept raw, as it came.
    """

    def __init__(self, store: IngestWriter) -> None:
        self._store = store

    async def write(self, rows: Sequence[IngestRow]) -> list[Ingested]:
        """Take all of it, or row by row what can be taken; then raises the error of the first row that could not."""
        try:
            return await self._again_after_a_race(rows)
        except Exception as error:
            if not data_refused(error):
                raise
        return await self._row_by_row(rows)

    async def _again_after_a_race(self, rows: Sequence[IngestRow]) -> list[Ingested]:
        try:
            return await self._store.write(rows)
        except Exception as error:
            if not race_lost(error):
                raise
            log.info("ingest.race_lost", rows=len(rows), error=type(error).__name__)
        return await self._store.write(rows)

    async def _row_by_row(self, rows: Sequence[IngestRow]) -> list[Ingested]:
        taken: list[Ingested] = []
        failure: Exception | None = None
        for place, row in enumerate(rows):
            try:
                taken += [replace(one, ord=place) for one in await self._row(row)]
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the rows behind it must get in all the same
                failure = failure or error
        if failure is not None:
            raise failure
        return taken

    async def _row(self, row: IngestRow) -> list[Ingested]:
        try:
            return await self._again_after_a_race([row])
        except Exception as error:
            if not data_refused(error):
                raise
            refusal = type(error).__name__
        kept = await self._again_after_a_race([row.raw_only()])
        log.warning(
            "ingest.row_kept_raw",
            tenant_id=str(row.tenant_id),
            event_id=str(row.id),
            kind=row.kind,
            part=row.part,
            error=refusal,
        )
        return [replace(one, kept_raw=True) for one in kept]
