"""Tasks that run beside a call and end with their owner."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Background(Generic[Result]):
    """Keeps what was started until it is done, or until it is given up."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Result]] = set()

    def start(self, work: Coroutine[None, None, Result]) -> asyncio.Task[Result]:
        """Run it beside the caller."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        """Give up what still runs."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def first_success(tasks: Sequence[asyncio.Task[bool]]) -> bool:
    """Whether one of them was successful, as soon as one was."""
    for done in asyncio.as_completed(tasks):
        if await done:
            return True
    return False
