"""Held calls of the emulators."""

import asyncio

from sandbox.faults import Holds


async def test_a_released_call_is_not_listed_while_it_still_wakes_up() -> None:
    """Whoever waits for the next held call must not be given the one just let go."""
    holds = Holds()
    first = asyncio.create_task(holds.hold({"call": 1}))
    await holds.wait_for(1, 1.0)

    assert holds.release() == 1
    assert await holds.wait_for(0, 0.0) == []
    assert await first == "go"


async def test_a_call_that_was_released_leaves_without_a_trace() -> None:
    """The next call is held and released like the first."""
    holds = Holds()
    for number in range(2):
        call = asyncio.create_task(holds.hold({"call": number}))
        (listed,) = await holds.wait_for(1, 1.0)
        assert listed["call"] == number
        holds.release(verdict="cut")
        assert await call == "cut"
