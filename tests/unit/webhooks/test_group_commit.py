"""Deliveries committed together stay as good as alone."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Unavailable
from core.domain.ids import uuid7
from core.services.group_commit import MOST_BYTES, MOST_IN_FLIGHT, MOST_ROWS, Bounds, GroupCommit
from db.ingest import Ingested, IngestRow
from tests.patience import PATIENCE

BAD = "bad"
NEVER = 3600.0


def _row(external_id: str) -> IngestRow:
    fresh = uuid7()
    return IngestRow(b"{}", 0, "message", fresh, fresh, fresh, "inbound_message", external_id)


class _Store:
    """Takes batches when told to; refuses a batch that holds a bad row, as a transaction does."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.taken: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.error: Callable[[], Exception] = lambda: RuntimeError("bad row")

    async def write(self, rows: Sequence[IngestRow]) -> list[Ingested]:
        self.batches.append([row.external_id for row in rows])
        await self.open.wait()
        if any(row.external_id == BAD for row in rows):
            raise self.error()
        self.taken += [row.external_id for row in rows]
        return [
            Ingested(place, row.part, row.tenant_id, row.id, row.id, row.id, nudge=True, debounce=0)
            for place, row in enumerate(rows)
        ]


async def test_what_arrives_meanwhile_is_committed_together() -> None:
    """While a commit runs, arrivals wait for one next batch."""
    store = _Store()
    commit = GroupCommit(store, slow_seconds=NEVER)
    first = await _behind_a_hung_database(commit, store)
    rest = [asyncio.create_task(commit.write([_row(f"late{number}")])) for number in range(10)]
    await asyncio.sleep(0)
    store.open.set()
    await asyncio.gather(first, *rest)
    assert store.batches == [["held"], [f"late{number}" for number in range(10)]]


async def test_a_slow_batch_is_passed() -> None:
    """Batches that wait for a locked row do not hold up the others, until as many as may wait so do."""
    store = _Store()
    commit = GroupCommit(store, slow_seconds=0.0)
    store.open.clear()
    writing = []
    for number in range(MOST_IN_FLIGHT):
        writing.append(asyncio.create_task(commit.write([_row(f"slow{number}")])))
        async with asyncio.timeout(PATIENCE):
            while len(store.batches) <= number:
                await asyncio.sleep(0)
    writing += [asyncio.create_task(commit.write([_row(f"late{number}")])) for number in range(3)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(store.batches) == MOST_IN_FLIGHT
    store.open.set()
    await asyncio.gather(*writing)
    assert store.batches[MOST_IN_FLIGHT:] == [["late0", "late1", "late2"]]


async def test_each_gets_what_became_of_its_own() -> None:
    """Answers of a joined batch go back to the deliveries they belong to."""
    commit = GroupCommit(_Store())
    deliveries = [[_row(f"{size}.{number}") for number in range(size)] for size in (1, 3, 2)]
    answers = await asyncio.gather(*(commit.write(rows) for rows in deliveries))
    found = [[one.message_id for one in answer] for answer in answers]
    assert [[row.id for row in rows] for rows in deliveries] == found


async def test_a_bad_delivery_does_not_harm_its_neighbours() -> None:
    """A batch that fails is taken apart: only the delivery at fault raises."""
    store = _Store()
    commit = GroupCommit(store)
    names = ["a", BAD, "b", "c"]
    answers = await asyncio.gather(*(commit.write([_row(name)]) for name in names), return_exceptions=True)
    assert [RuntimeError] == [type(answer) for answer in answers if isinstance(answer, BaseException)]
    assert store.taken == ["a", "b", "c"]


async def test_database_away_is_told_to_all_at_once() -> None:
    """When the database itself is away nobody is tried alone."""
    store = _Store()
    store.error = Unavailable
    commit = GroupCommit(store)
    answers = await asyncio.gather(*(commit.write([_row(name)]) for name in ("a", BAD, "b")), return_exceptions=True)
    assert [Unavailable] * 3 == [type(answer) for answer in answers]
    assert len(store.batches) == 1


async def test_who_went_away_is_passed_over() -> None:
    """A caller that is cancelled while it waits takes nothing from the others, and nothing of it is written."""
    store = _Store()
    commit = GroupCommit(store)
    store.open.clear()
    tasks = [asyncio.create_task(commit.write([_row(f"m{number}")])) for number in range(8)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    store.open.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers[3], asyncio.CancelledError)
    assert sorted(store.taken) == [f"m{number}" for number in range(8) if number != 3]


async def _behind_a_hung_database(commit: GroupCommit, store: _Store) -> asyncio.Task[list[Ingested]]:
    """A batch that does not end until the store is opened."""
    store.open.clear()
    held = asyncio.create_task(commit.write([_row("held")]))
    while not store.batches:
        await asyncio.sleep(0)
    return held


@pytest.mark.parametrize("bounds", [Bounds(rows=3), Bounds(bytes=6)])
async def test_no_more_waits_than_may(bounds: Bounds) -> None:
    """Behind a database that hangs, deliveries beyond the bound on rows or bytes are refused at once."""
    store = _Store()
    commit = GroupCommit(store, bounds, slow_seconds=NEVER)
    held = await _behind_a_hung_database(commit, store)
    waiting = [asyncio.create_task(commit.write([_row(f"waits{number}")])) for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await commit.write([_row("one too many")])
    store.open.set()
    await asyncio.gather(held, *waiting)
    assert [name for name in store.taken if name.startswith("waits")] == ["waits0", "waits1", "waits2"]


async def test_room_comes_back() -> None:
    """What was committed no longer counts against the bound."""
    commit = GroupCommit(_Store(), Bounds(rows=2))
    for _ in range(5):
        await asyncio.gather(*(commit.write([_row("m")]) for _ in range(2)))
    assert len(await commit.write([_row("last")])) == 1


async def test_a_delivery_beyond_the_bound_is_taken_when_alone() -> None:
    """A provider must not be refused for ever because one delivery of its is larger than what may wait."""
    store = _Store()
    commit = GroupCommit(store, Bounds(rows=2))
    assert len(await commit.write([_row(f"m{number}") for number in range(9)])) == 9


async def test_nobody_waits_for_ever() -> None:
    """Behind a database that hangs a delivery is refused when its time is up, and never written afterwards."""
    store = _Store()
    commit = GroupCommit(store, Bounds(seconds=0.05), slow_seconds=NEVER)
    held = await _behind_a_hung_database(commit, store)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(Unavailable):
            await commit.write([_row("late")])
    store.open.set()
    await held
    assert "late" not in [name for batch in store.batches for name in batch]


async def test_batches_are_bounded_in_bytes() -> None:
    """Large bodies are not joined into one statement without end."""
    store = _Store()
    commit = GroupCommit(store)
    large = [_row(f"m{number}")._replace(body=bytes(MOST_BYTES // 2)) for number in range(5)]
    await asyncio.gather(*(commit.write([row]) for row in large))
    assert [len(batch) for batch in store.batches] == [2, 2, 1]


@given(st.lists(st.integers(1, MOST_ROWS + 5), min_size=1, max_size=25), st.sets(st.integers(0, 24)))
def test_every_delivery_once_and_in_order(sizes: list[int], bad: set[int]) -> None:
    """Of any deliveries the good ones are written once, in the order they came, and batches stay small."""
    store = _Store()

    async def run() -> list[object]:
        commit = GroupCommit(store)
        deliveries = [
            [_row(BAD if index in bad and number == 0 else f"{index}.{number}") for number in range(size)]
            for index, size in enumerate(sizes)
        ]
        return list(await asyncio.gather(*(commit.write(rows) for rows in deliveries), return_exceptions=True))

    answers = asyncio.run(run())
    good = [index for index in range(len(sizes)) if index not in bad]
    assert [isinstance(answers[index], list) for index in range(len(sizes))] == [
        index in good for index in range(len(sizes))
    ]
    assert sorted(store.taken) == sorted(f"{index}.{number}" for index in good for number in range(sizes[index]))
    assert all(len(batch) <= max(MOST_ROWS, *sizes) for batch in store.batches)


@pytest.mark.parametrize("deliveries", [5, 300])
async def test_order_is_kept_when_all_is_well(deliveries: int) -> None:
    """Rows are handed to the database in the order they came."""
    store = _Store()
    commit = GroupCommit(store)
    await asyncio.gather(*(commit.write([_row(f"{number:04}")]) for number in range(deliveries)))
    assert [name for batch in store.batches for name in batch] == [f"{number:04}" for number in range(deliveries)]
