"""What one worker sends, and who goes on with it."""

import asyncio

from tests.unit.pipeline.dispatch_bench import (
    TENANT,
    Bench,
    eventually,
    ref,
)


async def test_one_sender_a_conversation(bench: Bench) -> None:
    """Nudges that come while we send make us look once more, not at the same time."""
    due = ref()
    for _ in range(5):
        bench.dispatch.send(due)
    await eventually(lambda: bench.deliverer.runs == 1)
    bench.deliverer.gate.set()
    await eventually(lambda: bench.deliverer.runs == 2)
    await asyncio.sleep(0.01)
    assert (bench.deliverer.runs, bench.deliverer.most_at_once) == (2, 1)


async def test_sending_that_breaks_may_be_tried_again(bench: Bench) -> None:
    """The next nudge finds the conversation free."""
    due = ref()
    bench.deliverer.gate.set()
    bench.deliverer.error = ZeroDivisionError()
    bench.dispatch.send(due)
    await eventually(lambda: bench.deliverer.runs == 1)
    await asyncio.sleep(0.01)
    bench.deliverer.error = None
    bench.dispatch.send(due)
    await eventually(lambda: bench.deliverer.runs == 2)


async def test_stopping_finishes_what_is_being_sent(bench: Bench) -> None:
    """A call to the provider is let to its end."""
    bench.dispatch.send(ref())
    await eventually(lambda: bench.deliverer.runs == 1)
    stopping = asyncio.create_task(bench.dispatch.stop(5.0))
    await asyncio.sleep(0.01)
    assert not stopping.done()
    bench.deliverer.gate.set()
    await stopping


async def test_a_nudge_that_comes_while_sending_looks_once_more(bench: Bench) -> None:
    """Whenever it comes, also at the very end."""
    conversation = ref()
    bench.dispatch.send(conversation)
    bench.dispatch.send(conversation)
    bench.deliverer.gate.set()
    await eventually(lambda: bench.deliverer.runs == 2)


async def test_what_a_turn_wrote_is_sent_by_its_own_process(bench: Bench) -> None:
    """Without a way through the queue."""
    bench.runner.gate.set()
    bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: bench.deliverer.runs == 1)
    assert bench.runner.sent_here is True


async def test_a_process_that_stops_leaves_sending_to_others(bench: Bench) -> None:
    """What its last turns wrote is for the queue to tell."""
    bench.dispatch.turn(ref(), 0.0)
    await eventually(lambda: bench.runner.running[TENANT])
    stopping = asyncio.create_task(bench.dispatch.stop(5.0))
    await asyncio.sleep(0)
    bench.runner.gate.set()
    await stopping
    assert (bench.runner.sent_here, bench.deliverer.runs) == (False, 0)
