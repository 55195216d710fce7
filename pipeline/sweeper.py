"""Finds what is due and what was abandoned in PostgreSQL, whatever became of the nudges."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from core.services.sends import Sends
from core.services.turns import Turns
from pipeline.dispatch import Dispatch

log = structlog.get_logger(__name__)

EVERY: Final = 1.0
"""Seconds between two sweeps: how long a lost nudge delays an answer."""
OLDER_THAN: Final = 0.75
"""What was due for less than this is left to its nudge."""
MOST: Final = 200


class Sweeper:
    """The endless loops of a worker beside its tasks."""

    def __init__(self, turns: Turns, sends: Sends, dispatch: Dispatch, *, lease: float) -> None:
        self._turns = turns
        self._sends = sends
        self._dispatch = dispatch
        self._lease = lease

    async def run(self, finish: asyncio.Event, ended: asyncio.Event) -> None:
        """Sweep until ``finish`` is set; renew leases until ``ended``, when no turn runs any more."""
        await asyncio.gather(
            _every(EVERY, self.sweep, finish, "sweep"),
            _every(self._lease / 3, self._dispatch.renew_leases, ended, "renew"),
        )

    async def sweep(self) -> None:
        """Start what is overdue and mark what was abandoned."""
        places = self._dispatch.free
        if places:
            for ref in await self._turns.overdue(OLDER_THAN, min(places, MOST)):
                self._dispatch.turn(ref, 0.0)
        for ref in await self._sends.due(OLDER_THAN, MOST):
            self._dispatch.send(ref)
        await self._sends.mark_abandoned()


async def _every(seconds: float, work: Callable[[], Awaitable[None]], finish: asyncio.Event, name: str) -> None:
    """Do it again and again; what goes wrong (the database is away) is logged and tried again."""
    while not finish.is_set():
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the loop of a process outlives every fault of its dependencies
            log.warning("sweeper.failed", loop=name, error=type(error).__name__)
        try:
            await asyncio.wait_for(finish.wait(), timeout=seconds)
        except TimeoutError:
            continue
