"""Waiting for a change without polling."""

import asyncio
import time
from collections.abc import Callable


class Bell:
    """Wakes everyone who waits; each then looks for itself whether its time has come."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait now; those who come later wait for the next ring."""
        self._event.set()
        self._event = asyncio.Event()

    async def until(self, found: Callable[[], bool], seconds: float) -> bool:
        """Whether ``found`` came true within ``seconds``."""
        deadline = time.monotonic() + seconds
        while not found():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            await self._next_ring(left)
        return True

    async def _next_ring(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
