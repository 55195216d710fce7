"""Nudges of many deliveries travel together, and hold up none of them."""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from core.domain.ports import ConversationRef, Jobs, TurnDue

_MOST: Final = 500
"""Nudges a round trip: one must end well within what the queue allows it."""
_PAUSE: Final = 0.02
"""Seconds between round trips while deliveries keep coming; the first nudge after a quiet moment goes at once."""


class JoinedNudges:
    """A ``Jobs`` whose due turns are handed on behind the caller's back, those of a moment in one round trip.

    What is due stands in PostgreSQL before anyone is nudged, so a delivery is acknowledged without waiting for the
    queue, and a slow queue makes nobody slow.
    """

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._waiting: list[TurnDue] = []
        self._handing_on: asyncio.Task[None] | None = None

    async def turns_due(self, turns: Sequence[TurnDue]) -> None:
        """Remember them; a task hands them on."""
        self._waiting.extend(turns)
        if self._handing_on is None:
            self._handing_on = asyncio.get_running_loop().create_task(self._hand_on())

    async def sends_due(self, conversation: ConversationRef) -> None:
        """Handed on at once."""
        await self._jobs.sends_due(conversation)

    async def summary_due(self, tenant_id: UUID, hand_off_id: UUID) -> None:
        """Handed on at once."""
        await self._jobs.summary_due(tenant_id, hand_off_id)

    async def fetch_due(self, tenant_id: UUID, fetch_id: UUID) -> None:
        """Handed on at once."""
        await self._jobs.fetch_due(tenant_id, fetch_id)

    async def drained(self) -> None:
        """Wait until nothing waits: for the end of a process."""
        while self._handing_on is not None:
            await asyncio.shield(self._handing_on)

    async def _hand_on(self) -> None:
        try:
            while self._waiting:
                turns, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._jobs.turns_due(turns)
                if len(self._waiting) < _MOST:
                    await asyncio.sleep(_PAUSE)
        finally:
            self._handing_on = None
