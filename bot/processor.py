"""Processes the stored updates: lanes side by side, one update at a time in each, until it is done or given up."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError

from bot.rounds import Rounds
from core.services.update_inbox import ClaimedUpdate, UpdateInbox

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 0.2
"""How long an update that another process stored may wait to be found."""
LEASE_SECONDS: Final = 60.0
PROCESS_SECONDS: Final = 45.0
"""How long one update may take: shorter than its lease, so that nobody else begins with it meanwhile."""
LANES: Final = 16
"""Updates under way at the same time in one process."""
_GRACE: Final = 20.0


class Processor:
    """One process's part of the processing; several share it lane by lane."""

    def __init__(
        self,
        inbox: UpdateInbox,
        bot: Bot,
        dispatcher: Dispatcher,
        *,
        done: Callable[[], None] = lambda: None,
        lanes: int = LANES,
        seconds: float = PROCESS_SECONDS,
    ) -> None:
        """``done`` is called after each update: there may be something to tell."""
        self._inbox = inbox
        self._bot = bot
        self._dispatcher = dispatcher
        self._done = done
        self._lanes = lanes
        self._seconds = seconds
        self._rounds = Rounds(LOOK_SECONDS)
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Something was stored just now."""
        self._rounds.wake()

    async def run(self, finish: asyncio.Event) -> None:
        """Process until ``finish`` is set; then what is under way is finished."""
        await self._rounds.run(finish, self._begin)
        await self._end()

    async def _begin(self) -> None:
        free = self._lanes - len(self._running)
        if free <= 0:
            return
        try:
            # A task of its own: whatever a failed claim leaves in its context ends with it.
            claimed = await asyncio.create_task(self._inbox.claim(free))
        except Exception as error:  # noqa: BLE001 - the loop of a process outlives every fault of its dependencies
            log.warning("processor.failed", error=type(error).__name__)
            return
        for update in claimed:
            task = asyncio.create_task(self._process(update))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._rounds.wake()
        self._done()

    async def _end(self) -> None:
        """What does not end in time is left to its lease: another process, or the next start, does it again."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=_GRACE)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _process(self, claimed: ClaimedUpdate) -> None:
        error = await self._tried(claimed)
        try:
            if error is None:
                await self._inbox.finish(claimed)
            else:
                await self._inbox.failed(claimed, error)
        except Exception as fault:  # noqa: BLE001 - then its lease ends by itself, and it is done again
            log.warning("update.not_ended", update_id=claimed.update_id, error=type(fault).__name__)

    async def _tried(self, claimed: ClaimedUpdate) -> str | None:
        """What went wrong: the database is away, or a bug of ours."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._feed(claimed)
        except Exception as error:
            name = type(error).__name__
            log.warning(
                "update.failed", update_id=claimed.update_id, attempts=claimed.attempts, error=name, exc_info=True
            )
            return name
        return None

    async def _feed(self, claimed: ClaimedUpdate) -> None:
        try:
            update = Update.model_validate_json(claimed.body, context={"bot": self._bot})
        except ValidationError:
            # A shape that this release does not know: nothing would ever come of it.
            log.warning("update.unreadable", update_id=claimed.update_id)
            return
        await self._dispatcher.feed_update(
            self._bot, update, update_key=claimed.id, last_attempt=self._inbox.is_last(claimed)
        )
