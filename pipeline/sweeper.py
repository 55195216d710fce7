"""Finds what is due and what was abandoned in PostgreSQL, whatever became of the nudges."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog

from core.services.ai_pause import Resumptions
from core.services.digests import Digests
from core.services.fetches import Fetches
from core.services.hearing import Hearing
from core.services.incident_watch import IncidentWatch
from core.services.plan_watch import PlanWatch
from core.services.provider_queues import ProviderQueues
from core.services.sends import Sends
from core.services.silences import Silences
from core.services.sleep import Alarms
from core.services.summaries import Summaries
from core.services.tombstones import Healing
from core.services.turns import Turns
from core.services.waiting import WaitingRoom
from pipeline.dispatch import Dispatch
from pipeline.emptier import Emptier
from pipeline.fetcher import Fetcher
from pipeline.summary import Summariser

log = structlog.get_logger(__name__)

EVERY: Final = 1.0
"""Seconds between two sweeps: how long a lost nudge delays an answer."""
SELDOM: Final = 3.0
"""Seconds between two looks at what is measured in minutes."""
LEISURELY: Final = 20.0
"""Seconds between two looks at what nobody waits for."""
RARELY: Final = 60.0
"""Seconds between two looks at what only a crash leaves behind."""
OLDER_THAN: Final = 0.75
"""What was due for less than this is left to its nudge."""
MOST: Final = 200
SUMMARY_OLDER_THAN: Final = 3.0
MOST_SUMMARIES: Final = 20
MOST_FETCHES: Final = 20
MOST_EMPTYINGS: Final = 20


class Sweeper:
    """The endless loops of a worker beside its tasks."""

    def __init__(
        self,
        turns: Turns,
        sends: Sends,
        dispatch: Dispatch,
        *,
        lease: float,
        waiting_room: WaitingRoom | None = None,
        silences: Silences | None = None,
        alarms: Alarms | None = None,
        hearing: Hearing | None = None,
        resumptions: Resumptions | None = None,
        summaries: Summaries | None = None,
        summariser: Summariser | None = None,
        fetches: Fetches | None = None,
        fetcher: Fetcher | None = None,
        queues: ProviderQueues | None = None,
        emptier: Emptier | None = None,
        digests: Digests | None = None,
        healing: Healing | None = None,
        plans: PlanWatch | None = None,
        incidents: IncidentWatch | None = None,
    ) -> None:
        self._turns = turns
        self._sends = sends
        self._dispatch = dispatch
        self._lease = lease
        self._waiting_room = waiting_room
        self._silences = silences
        self._alarms = alarms
        self._hearing = hearing
        self._resumptions = resumptions
        self._summaries = summaries
        self._summariser = summariser
        self._fetches = fetches
        self._fetcher = fetcher
        self._queues = queues
        self._emptier = emptier
        self._digests = digests
        self._healing = healing
        self._plans = plans
        self._incidents = incidents

    async def run(self, finish: asyncio.Event, ended: asyncio.Event) -> None:
        """Sweep until ``finish`` is set; renew leases until ``ended``, when no turn runs any more."""
        await asyncio.gather(
            _every(EVERY, self.sweep, finish, "sweep"),
            _every(SELDOM, self.settle, finish, "settle"),
            _every(SELDOM, self.listen, finish, "listen"),
            _every(SELDOM, self.summarise, finish, "summarise"),
            _every(SELDOM, self.fetch, finish, "fetch"),
            _every(EVERY, self.empty, finish, "empty"),
            _every(LEISURELY, self.digest, finish, "digest"),
            _every(RARELY, self.heal, finish, "heal"),
            _every(LEISURELY, self.watch_plans, finish, "plans"),
            _every(LEISURELY, self.watch_incidents, finish, "incidents"),
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

    async def settle(self) -> None:
        """Deal with what is measured in minutes: unsettled sends, conversations nobody took or answers, or that slept, an AI that is back."""
        for ref in await self._sends.settle_overdue():
            self._dispatch.send(ref)
        if self._waiting_room is not None:
            await self._waiting_room.look_overdue()
        if self._silences is not None:
            await self._silences.look_overdue()
        if self._alarms is not None:
            await self._alarms.ring_due()
        if self._resumptions is not None:
            await self._resumptions.catch_up()

    async def listen(self) -> None:
        """Hear what leads wish where no turn of the AI does."""
        if self._hearing is not None:
            await self._hearing.listen_due()

    async def summarise(self) -> None:
        """Write summaries whose nudge was lost, one after the other: a person may be reading the card already."""
        if self._summaries is None or self._summariser is None:
            return
        for tenant_id, hand_off_id in await self._summaries.overdue(SUMMARY_OLDER_THAN, MOST_SUMMARIES):
            await self._summariser.run(tenant_id, hand_off_id)

    async def fetch(self) -> None:
        """Fetch messages whose nudge was lost, or that could not be fetched before: one that hangs holds up no other."""
        if self._fetches is None or self._fetcher is None:
            return
        overdue = await self._fetches.overdue(OLDER_THAN, MOST_FETCHES)
        await asyncio.gather(*(self._fetcher.run(tenant_id, fetch_id) for tenant_id, fetch_id in overdue))

    async def digest(self) -> None:
        """Write down what conversations are found by, once they have paused."""
        if self._digests is not None:
            await self._digests.write_stale()

    async def heal(self) -> None:
        """Finish forgetting whoever was being forgotten when a process ended."""
        if self._healing is not None:
            await self._healing.heal()

    async def watch_plans(self) -> None:
        """Tell whose month is nearly used up, and close those that are over."""
        if self._plans is not None:
            await self._plans.look()

    async def watch_incidents(self) -> None:
        """Tell of whom much was caught of late."""
        if self._incidents is not None:
            await self._incidents.look()

    async def empty(self) -> None:
        """Empty the queues of phones that are away, before they are back."""
        if self._queues is None or self._emptier is None:
            return
        due = await self._queues.due(MOST_EMPTYINGS)
        await asyncio.gather(*(self._emptier.run(tenant_id, account_id) for tenant_id, account_id in due))


async def _every(
    seconds: float, work: Callable[[], Coroutine[Any, Any, None]], finish: asyncio.Event, name: str
) -> None:
    """Do it again and again; what goes wrong (the database is away) is logged and tried again."""
    while not finish.is_set():
        try:
            # A task of its own: whatever a failed round leaves in its context ends with it.
            await asyncio.create_task(work())
        except Exception as error:  # noqa: BLE001 - the loop of a process outlives every fault of its dependencies
            log.warning("sweeper.failed", loop=name, error=type(error).__name__)
        try:
            async with asyncio.timeout(seconds):
                await finish.wait()
        except TimeoutError:
            continue
