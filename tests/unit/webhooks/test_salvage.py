"""A delivery that the database refuses loses only what cannot be taken."""

from collections.abc import Sequence

import asyncpg
import pytest

from core.domain.errors import Unavailable
from core.domain.ids import uuid7
from core.services.salvage import Salvage
from db.ingest import Ingested, IngestRow


def _row(external_id: str) -> IngestRow:
    fresh = uuid7()
    return IngestRow(b"{}", 0, "message", fresh, fresh, fresh, "inbound_message", external_id, content="hi")


class _Store:
    """Refuses, as a transaction does, whatever holds a name it has errors left for."""

    def __init__(self, errors: dict[str, list[Exception]]) -> None:
        self.errors = errors
        self.writes: list[list[str]] = []
        self.taken: list[IngestRow] = []

    async def write(self, rows: Sequence[IngestRow]) -> list[Ingested]:
        self.writes.append([row.external_id for row in rows])
        for row in rows:
            left = self.errors.get(row.external_id)
            if left:
                raise left.pop(0)
        self.taken += rows
        return [
            Ingested(place, row.part, row.tenant_id, None, None, row.id, nudge=False, debounce=0)
            for place, row in enumerate(rows)
        ]

    def names(self, part: str) -> list[str]:
        """What was taken in this way."""
        return [row.external_id for row in self.taken if row.part == part]


def _refusals(number: int) -> list[Exception]:
    return [asyncpg.NumericValueOutOfRangeError("out of range") for _ in range(number)]


@pytest.mark.parametrize("error", [asyncpg.DeadlockDetectedError, asyncpg.SerializationError])
async def test_a_lost_race_is_run_again(error: type[Exception]) -> None:
    """A deadlock or a serialization failure of a single delivery is not the provider's business."""
    store = _Store({"a": [error("lost")]})
    assert len(await Salvage(store).write([_row("a")])) == 1
    assert store.writes == [["a"], ["a"]]


async def test_a_race_is_run_again_once() -> None:
    """Whoever loses twice in a row is told: the provider waits longer than we would."""
    store = _Store({"a": [asyncpg.DeadlockDetectedError("lost"), asyncpg.DeadlockDetectedError("lost")]})
    with pytest.raises(asyncpg.DeadlockDetectedError):
        await Salvage(store).write([_row("a")])
    assert len(store.writes) == 2


async def test_neighbours_of_a_refused_row_get_in() -> None:
    """Of a delivery whose data is refused every row that can be taken is, and the one at fault is kept raw."""
    store = _Store({"bad": _refusals(2)})
    taken = await Salvage(store).write([_row("a"), _row("bad"), _row("b")])
    assert (store.names("message"), store.names("other")) == (["a", "b"], ["bad"])
    assert [(one.ord, one.kept_raw) for one in taken] == [(0, False), (1, True), (2, False)]


async def test_a_row_kept_raw_is_nothing_but_what_came() -> None:
    """Of a row kept raw only its key and its bytes are written again."""
    store = _Store({"bad": _refusals(2)})
    await Salvage(store).write([_row("bad")])
    (kept,) = store.taken
    assert (kept.body, kept.content, kept.type) == (b"{}", None, None)


async def test_a_row_that_cannot_be_kept_refuses_the_delivery_after_its_neighbours_got_in() -> None:
    """Not even raw: the provider hears of it, the others are in all the same."""
    store = _Store({"bad": _refusals(3)})
    with pytest.raises(asyncpg.DataError):
        await Salvage(store).write([_row("a"), _row("bad"), _row("b")])
    assert store.names("message") == ["a", "b"]


async def test_what_is_no_fault_of_the_data_is_raised_as_it_is() -> None:
    """A fault of ours is not hidden by keeping raw what could have been taken."""
    store = _Store({"a": [asyncpg.UndefinedColumnError("no such column")]})
    with pytest.raises(asyncpg.UndefinedColumnError):
        await Salvage(store).write([_row("a"), _row("b")])
    assert store.writes == [["a", "b"]]


async def test_a_database_that_goes_away_ends_it() -> None:
    """With the database away in the middle the remaining rows are not tried."""
    store = _Store({"a": _refusals(1), "b": [Unavailable()]})
    with pytest.raises(Unavailable):
        await Salvage(store).write([_row("a"), _row("b"), _row("c")])
    assert store.writes[-1] == ["b"]
