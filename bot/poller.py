"""Asks Telegram for updates: one process of however many, and none is acknowledged before it is on disk."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod

from bot.arrivals import KINDS, new_update
from core.domain.backoff import backoff
from core.services.update_inbox import UpdateInbox
from db.advisory_lock import AdvisoryLock

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 25
"""How long Telegram may wait for an update before it answers with none."""
_ANSWER_SECONDS: Final = 15
"""How long its answer may take on top."""
STANDBY_SECONDS: Final = 2.0
"""How often a process that stands by looks whether the lock is free."""
_CHECK_SECONDS: Final = 5.0
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_UNAUTHORIZED_PAUSE: Final = 60.0


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates without a look inside: an update of a shape we do not know stops no other."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class Poller:
    """Holds the bot's lock and polls; without the lock it stands by."""

    def __init__(
        self,
        bot: Bot,
        inbox: UpdateInbox,
        lock: AdvisoryLock,
        *,
        stored: Callable[[], None] = lambda: None,
        poll_seconds: int = POLL_SECONDS,
        standby_seconds: float = STANDBY_SECONDS,
    ) -> None:
        """``stored`` is called when updates are on disk: they may be processed."""
        self._bot = bot
        self._inbox = inbox
        self._lock = lock
        self._stored = stored
        self._poll_seconds = poll_seconds
        self._standby_seconds = standby_seconds
        self._offset: int | None = None
        self._failures = 0

    async def run(self, finish: asyncio.Event) -> None:
        """Poll, or stand by, until ``finish`` is set."""
        ended = asyncio.create_task(finish.wait())
        try:
            while not finish.is_set():
                if await self._acquired():
                    await self._lead(ended)
                else:
                    await asyncio.wait({ended}, timeout=self._standby_seconds)
        finally:
            ended.cancel()
            await self._lock.release()

    async def _acquired(self) -> bool:
        try:
            # A task of its own: whatever a failed attempt leaves in its context ends with it.
            return await asyncio.create_task(self._lock.acquire())
        except Exception as error:  # noqa: BLE001 - the database is away: this process goes on standing by
            log.warning("poller.no_lock", error=type(error).__name__)
            return False

    async def _lead(self, ended: asyncio.Task[Any]) -> None:
        """Poll until the lock is lost or the process is to end; the poll under way then ends too."""
        log.info("poller.leads")
        lost = asyncio.create_task(self._lock.lost.wait())
        work = [asyncio.create_task(self._poll()), asyncio.create_task(self._watch())]
        try:
            await asyncio.wait({ended, lost, *work}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (lost, *work):
                task.cancel()
            await asyncio.gather(lost, *work, return_exceptions=True)
            # Somebody else may have polled since, and then Telegram knows better where to go on.
            self._offset = None
            log.info("poller.stands_down", lost=self._lock.lost.is_set())

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            await self._lock.check()

    async def _poll(self) -> None:
        while True:
            pause = await self._once()
            await asyncio.sleep(pause)

    async def _once(self) -> float:
        """Ask once and store what came; the seconds to wait before the next time."""
        try:
            raw = await self._asked()
            await asyncio.create_task(self._store(raw))
        except TelegramRetryAfter as error:
            log.warning("poller.asked_to_wait", seconds=error.retry_after)
            return float(error.retry_after)
        except TelegramConflictError as error:
            return await self._conflict(error)
        except TelegramUnauthorizedError:
            log.error("poller.token_refused")  # noqa: TRY400 - its traceback tells nothing more
            return _UNAUTHORIZED_PAUSE
        except Exception as error:  # noqa: BLE001 - Telegram or the database is away: what was not stored comes again
            log.warning("poller.failed", error=type(error).__name__)
            return self._pause()
        self._failures = 0
        return 0.0

    async def _asked(self) -> list[dict[str, Any]]:
        question = RawUpdates(offset=self._offset, timeout=self._poll_seconds, allowed_updates=list(KINDS))
        return await self._bot(question, request_timeout=self._poll_seconds + _ANSWER_SECONDS)

    async def _store(self, raw: list[dict[str, Any]]) -> None:
        """Only when they are on disk the offset moves: the next question acknowledges them."""
        if not raw:
            return
        updates = [new_update(update) for update in raw]
        await self._inbox.store(updates)
        self._offset = max(update.update_id for update in updates) + 1
        self._stored()

    async def _conflict(self, error: TelegramConflictError) -> float:
        """A webhook is set, which is taken away without its updates; or another installation polls with this token."""
        if "webhook" not in error.message.lower():
            log.error("poller.another_polls")
            return self._pause()
        log.warning("poller.webhook_removed")
        with suppress(AiogramError):
            await self._bot.delete_webhook(drop_pending_updates=False)
        return self._pause()

    def _pause(self) -> float:
        """Growing, and never the same for two processes."""
        self._failures += 1
        return backoff(_FIRST_PAUSE, _LONGEST_PAUSE, self._failures) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
