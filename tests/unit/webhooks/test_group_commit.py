"""Deliveries committed together stay as good as alone."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import Unavailable
from core.domain.ids import uuid7
from core.services.group_commit import IN_FLIGHT, MOST_ROWS, GroupCommit
from db.ingest import Ingested, IngestRow

BAD = "bad"


def _row(external_id: str) -> IngestRow:
    fresh = uuid7()
    return IngestRow(0, "message", fresh, fresh, fresh, "inbound_message", external_id, "", b"{}", fresh, fresh, fresh)


class _Store:
    """Takes batches when told to; refuses a batch that holds a bad row, as a transaction does."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.taken: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.error: Callable[[], Exception] = lambda: ValueError("bad row")

    async def write(self, rows: Sequence[IngestRow]) -> list[Ingested]:
        self.batches.append([row.external_id for row in rows])
        await self.open.wait()
        if any(row.external_id == BAD for row in rows):
            raise self.error()
        self.taken += [row.external_id for row in rows]
        return [
            Ingested(
                place, row.tenant_id, row.lead_id, row.conversation_id, row.message_id, "ai", nudge=True, debounce=0
            )
            for place, row in enumerate(rows)
        ]


async def test_what_arrives_meanwhile_is_committed_together() -> None:
    """While commits run, arrivals wait for one next batch."""
    store = _Store()
    commit = GroupCommit(store)
    store.open.clear()
    first = [asyncio.create_task(commit.write([_row(f"first{number}")])) for number in range(IN_FLIGHT)]
    for _ in range(IN_FLIGHT + 1):
        await asyncio.sleep(0)
    rest = [asyncio.create_task(commit.write([_row(f"late{number}")])) for number in range(10)]
    await asyncio.sleep(0)
    store.open.set()
    await asyncio.gather(*first, *rest)
    assert [f"late{number}" for number in range(10)] in store.batches


async def test_each_gets_what_became_of_its_own() -> None:
    """Answers of a joined batch go back to the deliveries they belong to."""
    commit = GroupCommit(_Store())
    deliveries = [[_row(f"{size}.{number}") for number in range(size)] for size in (1, 3, 2)]
    answers = await asyncio.gather(*(commit.write(rows) for rows in deliveries))
    found = [[one.message_id for one in answer] for answer in answers]
    assert [[row.message_id for row in rows] for rows in deliveries] == found


async def test_a_bad_delivery_does_not_harm_its_neighbours() -> None:
    """A batch that fails is taken apart: only the delivery at fault raises."""
    store = _Store()
    commit = GroupCommit(store)
    names = ["a", BAD, "b", "c"]
    answers = await asyncio.gather(*(commit.write([_row(name)]) for name in names), return_exceptions=True)
    assert [ValueError] == [type(answer) for answer in answers if isinstance(answer, BaseException)]
    assert store.taken == ["a", "b", "c"]


async def test_database_away_is_told_to_all_at_once() -> None:
    """When the database itself is away nobody is tried alone."""
    store = _Store()
    store.error = Unavailable
    commit = GroupCommit(store)
    answers = await asyncio.gather(*(commit.write([_row(name)]) for name in ("a", BAD, "b")), return_exceptions=True)
    assert [Unavailable] * 3 == [type(answer) for answer in answers]
    assert len(store.batches) == 1


async def test_nothing_is_lost_when_a_caller_goes_away() -> None:
    """A caller that is cancelled while it waits takes nothing from the others, and what it gave is still written."""
    store = _Store()
    commit = GroupCommit(store)
    store.open.clear()
    tasks = [asyncio.create_task(commit.write([_row(f"m{number}")])) for number in range(8)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    store.open.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers[3], asyncio.CancelledError)
    assert sorted(store.taken) == [f"m{number}" for number in range(8)]


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
