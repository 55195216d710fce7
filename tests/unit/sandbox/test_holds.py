"""Held calls of the emulators."""

import asyncio

from sandbox.faults import Holds
from sandbox.waiting import Bell
from tests.patience import PATIENCE


async def test_a_released_call_is_not_listed_while_it_still_wakes_up() -> None:
    """Whoever waits for the next held call must not be given the one just let go."""
    holds = Holds()
    first = asyncio.create_task(holds.hold({"call": 1}))
    await holds.wait_for(1, PATIENCE)

    assert holds.release() == 1
    assert await holds.wait_for(0, 0.0) == []
    assert await first == "go"


async def test_a_call_that_was_released_leaves_without_a_trace() -> None:
    """The next call is held and released like the first."""
    holds = Holds()
    for number in range(2):
        call = asyncio.create_task(holds.hold({"call": number}))
        (listed,) = await holds.wait_for(1, PATIENCE)
        assert listed["call"] == number
        holds.release(verdict="cut")
        assert await call == "cut"


async def test_a_cancellation_at_the_moment_of_the_bell_is_not_lost() -> None:
    """Whoever is told to end while what he waits for happens, ends."""
    bell = Bell()
    waiting = asyncio.create_task(bell.until(lambda: False, 10 * PATIENCE))
    await asyncio.sleep(0)
    bell.ring()
    await asyncio.sleep(0)
    waiting.cancel()
    done, _ = await asyncio.wait({waiting}, timeout=PATIENCE)
    assert (done, waiting.cancelled()) == ({waiting}, True)
