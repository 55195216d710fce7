"""Telegram's updates on disk before they are acknowledged, processed at least once and in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from core.domain.backoff import backoff
from core.domain.ids import uuid7
from db.tenancy import platform_scope

log = structlog.get_logger(__name__)

_DONE_HOURS: Final = 48
"""Telegram keeps what nobody took for a day; a number known for longer than that is not given again."""
_FAILED_HOURS: Final = 7 * 24
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 300.0


@dataclass(frozen=True, slots=True)
class NewUpdate:
    """An update as it came. ``lane``: the chat it belongs to, else the person; its updates are processed in order."""

    update_id: int
    lane: int
    body: bytes


@dataclass(frozen=True, slots=True)
class ClaimedUpdate:
    """An update to be processed before its lease is over. ``id`` is the same at every attempt."""

    id: UUID
    update_id: int
    lane: int
    body: bytes
    attempts: int


class UpdateInbox:
    """The stored updates of one bot."""

    def __init__(self, bot_id: int, *, lease: float = 60.0, attempts: int = 6) -> None:
        """``lease``: seconds that processing one update may take; ``attempts``: how often one is tried."""
        self._bot_id = bot_id
        self._lease = lease
        self._attempts = attempts

    async def store(self, updates: Sequence[NewUpdate]) -> int:
        """Keep what is new; returns how many. Once this returns Telegram may forget them."""
        async with platform_scope() as scope:
            stored = await scope.rows(
                "store_updates",
                self._bot_id,
                [uuid7() for _ in updates],
                [update.update_id for update in updates],
                [update.lane for update in updates],
                [update.body for update in updates],
            )
        return len(stored)

    async def claim(self, limit: int = 50) -> list[ClaimedUpdate]:
        """The next update of each lane that nobody is at, oldest first."""
        async with platform_scope() as scope:
            rows = await scope.rows("claim_updates", self._bot_id, limit, self._lease)
        claimed = [
            ClaimedUpdate(row["id"], row["update_id"], row["lane"], bytes(row["body"]), row["attempts"]) for row in rows
        ]
        return sorted(claimed, key=lambda update: update.update_id)

    async def finish(self, update: ClaimedUpdate) -> None:
        """It was processed: its words are forgotten."""
        async with platform_scope() as scope:
            await scope.row("finish_update", update.id)

    def is_last(self, update: ClaimedUpdate) -> bool:
        """Whether this is the last attempt there is."""
        return update.attempts >= self._attempts

    async def failed(self, update: ClaimedUpdate, error: str) -> bool:
        """It could not be processed: later again, at growing distances, and after the last attempt never. Whether it will be.

        ``error`` names what went wrong, without anybody's words.
        """
        again = not self.is_last(update)
        async with platform_scope() as scope:
            if again:
                pause = backoff(_FIRST_PAUSE, _LONGEST_PAUSE, update.attempts)
                await scope.row("postpone_update", update.id, pause, error)
            else:
                await scope.row("give_up_update", update.id, error)
        if not again:
            log.error("telegram.update_given_up", update_id=update.update_id, attempts=update.attempts, error=error)
        return again

    @staticmethod
    async def purge() -> int:
        """Forget numbers that Telegram will not give again; returns how many."""
        async with platform_scope() as scope:
            return len(await scope.rows("purge_updates", _DONE_HOURS, _FAILED_HOURS))
