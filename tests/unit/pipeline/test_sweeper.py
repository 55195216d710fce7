"""What a worker looks after besides: overdue turns, and the leases of its own."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from pipeline.sweeper import Sweeper
from tests.patience import PATIENCE
from tests.unit.pipeline.dispatch_bench import (
    TENANT,
    Bench,
    FakeSends,
    eventually,
    ref,
)


async def test_the_sweeper_starts_what_is_overdue(bench: Bench) -> None:
    """No more than there are places for."""
    bench.turns.due = [ref(uuid4()) for _ in range(9)]
    sends = FakeSends()
    sends.abandoned = 1
    await Sweeper(bench.turns, sends, bench.dispatch, lease=15.0).sweep()
    await eventually(lambda: bench.runner.running.total() == 4)
    assert bench.turns.claims == bench.turns.due[:4]


async def test_the_sweeper_outlives_a_database_that_is_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that fails is logged, and the next comes; the end is prompt."""
    monkeypatch.setattr("pipeline.sweeper.EVERY", 0.01)
    sends, finish, ended = FakeSends(), asyncio.Event(), asyncio.Event()
    running: asyncio.Task[Any] = asyncio.create_task(
        Sweeper(bench.turns, sends, bench.dispatch, lease=0.03).run(finish, ended)
    )
    await eventually(lambda: sends.abandoned >= 3)
    for event in (finish, ended):
        event.set()
    async with asyncio.timeout(PATIENCE):
        await running


async def test_leases_are_renewed_until_the_last_turn_ended(bench: Bench) -> None:
    """While the worker stops its turns still run, and still are its own."""
    bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    finish, ended = asyncio.Event(), asyncio.Event()
    finish.set()
    running = asyncio.create_task(Sweeper(bench.turns, FakeSends(), bench.dispatch, lease=0.03).run(finish, ended))
    await eventually(lambda: bench.turns.renewals >= 3)
    ended.set()
    async with asyncio.timeout(PATIENCE):
        await running


async def test_a_committed_turn_is_not_ended_by_its_lease(bench: Bench) -> None:
    """Its lease is gone because it is written: what is left of it is telling others."""
    bench.runner.written = True
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    bench.turns.lost = {due.conversation_id}
    await bench.dispatch.renew_leases()
    bench.runner.gate.set()
    await eventually(lambda: bench.runner.done)
