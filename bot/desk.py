"""The team's bot in one process: what came in is processed, what is to be shown is shown."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from bot.processor import Processor
from bot.registration import Registration


class Telling(Protocol):
    """Shows what is due (see ``bot.notifier.Notifier``)."""

    async def run(self, finish: asyncio.Event) -> None:
        """Show it until ``finish`` is set."""

    def wake(self) -> None:
        """Something became due just now."""


@dataclass(frozen=True, slots=True)
class TelegramDesk:
    """The loops that every process of the bot runs; several processes share the work."""

    processor: Processor
    notifier: Telling
    registration: Registration

    async def run(self, finish: asyncio.Event) -> None:
        """Work until ``finish`` is set; then what is under way is finished."""
        async with asyncio.TaskGroup() as loops:
            for loop in (self.processor, self.notifier, self.registration):
                loops.create_task(loop.run(finish))
