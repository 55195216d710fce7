"""A loop that looks for work every so often, and at once when it is woken."""

import asyncio
from collections.abc import Awaitable, Callable


class Rounds:
    """Makes rounds until it is told to finish. Waking it while it makes one leads to another right after."""

    def __init__(self, every: float) -> None:
        """``every``: seconds that pass at most between two rounds."""
        self._every = every
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    async def run(self, finish: asyncio.Event, make_one: Callable[[], Awaitable[None]]) -> None:
        """Make rounds until ``finish`` is set."""
        stop = asyncio.create_task(self._wake_at(finish))
        while not finish.is_set():
            self._woken.clear()
            await make_one()
            await self._rest()
        stop.cancel()

    async def _wake_at(self, finish: asyncio.Event) -> None:
        await finish.wait()
        self._woken.set()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._every):
                await self._woken.wait()
        except TimeoutError:
            return
