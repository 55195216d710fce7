"""What one worker has under way: timers and turns, and how they end."""

import asyncio
from uuid import UUID

import pytest

from core.services.turn_state import NotNow
from pipeline.dispatch import RETRY_SECONDS
from tests.patience import PATIENCE
from tests.unit.pipeline.dispatch_bench import (
    TENANT,
    Bench,
    eventually,
    ref,
)


async def test_one_timer_a_conversation(bench: Bench) -> None:
    """However often it is nudged, a conversation is claimed once."""
    due = ref()
    for _ in range(10):
        bench.dispatch.turn(due, 0.01)
    await eventually(lambda: bench.runner.running[TENANT])
    assert bench.turns.claims == [due]


async def test_a_nudge_for_a_running_turn_is_not_needed(bench: Bench) -> None:
    """While it runs the turn looks after itself."""
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    bench.dispatch.turn(due, 0.0)
    await asyncio.sleep(0.02)
    assert len(bench.turns.claims) == 1


async def test_who_comes_too_early_comes_again(bench: Bench) -> None:
    """The lead went on writing: the timer waits for what is left."""
    bench.turns.answers = [NotNow(0.02), NotNow(0.02)]
    bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    assert len(bench.turns.claims) == 3


async def test_nothing_due_ends_the_timer(bench: Bench) -> None:
    """What somebody else has is left to him, and its place is free."""
    bench.turns.answers = [NotNow(None)]
    bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: len(bench.turns.claims) == 1)
    await eventually(lambda: bench.dispatch.free == 4)


async def test_a_turn_far_off_is_left_to_the_sweeper(bench: Bench) -> None:
    """No timer waits for long."""
    bench.turns.answers = [NotNow(3600.0)]
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: len(bench.turns.claims) == 1)
    await asyncio.sleep(0.01)
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: len(bench.turns.claims) == 2)


async def test_a_claim_that_fails_frees_its_place(bench: Bench) -> None:
    """The database was away: the timer ends, and the next nudge tries again."""
    bench.turns.answers = [ConnectionError()]
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: len(bench.turns.claims) == 1)
    await eventually(lambda: bench.dispatch.free == 4)
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT])


@pytest.mark.parametrize("bench", [10], indirect=True)
async def test_one_tenant_leaves_room_for_the_others(bench: Bench) -> None:
    """A tenant with many due turns takes no more than four fifths of the places, and others take the rest."""
    other = UUID(int=2)
    for _ in range(20):
        bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: bench.runner.running[TENANT] == 8)
    for _ in range(20):
        bench.dispatch.turn(ref(other), 0.0)
    await eventually(lambda: bench.runner.running[other] == 2)
    assert (bench.runner.most[TENANT], bench.dispatch.free) == (8, 0)


async def test_no_more_than_its_places(bench: Bench) -> None:
    """However many tenants nudge at once."""
    for number in range(20):
        bench.dispatch.turn(ref(UUID(int=number)), 0.0)
    await eventually(lambda: bench.runner.running.total() == 4)
    await asyncio.sleep(0.01)
    assert bench.runner.running.total() == 4


async def test_an_ended_turn_frees_its_place(bench: Bench) -> None:
    """And its conversation may have the next."""
    due = ref()
    bench.runner.gate.set()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.done == [due.conversation_id])
    await eventually(lambda: bench.dispatch.free == 4)
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: len(bench.runner.done) == 2)


async def test_a_turn_that_breaks_is_given_back_later(bench: Bench) -> None:
    """Two seconds an attempt later; the process goes on."""
    due = ref()
    bench.runner.error = ZeroDivisionError()
    bench.runner.gate.set()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.turns.given_back)
    assert bench.turns.given_back == [(due.conversation_id, RETRY_SECONDS * 2)]
    await eventually(lambda: bench.dispatch.free == 4)


async def test_a_lost_lease_ends_the_turn(bench: Bench) -> None:
    """What went to another worker is stopped here; what is still ours goes on."""
    lost, kept = ref(), ref()
    for due in (lost, kept):
        bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT] == 2)
    bench.turns.lost = {lost.conversation_id}
    await bench.dispatch.renew_leases()
    await eventually(lambda: bench.runner.running[TENANT] == 1)
    bench.runner.gate.set()
    await eventually(lambda: bench.runner.done == [kept.conversation_id])


async def test_stopping_finishes_what_runs(bench: Bench) -> None:
    """No turn is cut; nothing new begins."""
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    stopping = asyncio.create_task(bench.dispatch.stop(5.0))
    await asyncio.sleep(0)
    bench.dispatch.turn(ref(), 0.0)
    bench.dispatch.send(ref())
    bench.runner.gate.set()
    await stopping
    assert (bench.runner.done, len(bench.turns.claims), bench.deliverer.runs) == ([due.conversation_id], 1, 0)


async def test_stopping_drops_timers(bench: Bench) -> None:
    """What waits stands in PostgreSQL: nobody waits for it."""
    bench.dispatch.turn(ref(), 10 * PATIENCE)
    async with asyncio.timeout(PATIENCE):
        await bench.dispatch.stop(5.0)
    assert bench.turns.claims == []


async def test_who_does_not_finish_in_time_is_cut_and_given_back(bench: Bench) -> None:
    """After the grace the turn is somebody else's, at once."""
    due = ref()
    bench.dispatch.turn(due, 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    await bench.dispatch.stop(0.01)
    assert bench.turns.given_back == [(due.conversation_id, 0.0)]


async def test_a_claim_that_comes_with_the_stop_is_given_back(bench: Bench) -> None:
    """Claimed in the very moment of stopping: not begun, and not kept."""
    due = ref()
    claiming = asyncio.create_task(bench.dispatch._try_claim(due))
    await eventually(lambda: bench.turns.claims)
    await bench.dispatch.stop(1.0)
    await claiming
    assert (bench.runner.running.total(), bench.dispatch.free) == (0, 4)
    assert bench.turns.given_back == [(due.conversation_id, 0.0)]
