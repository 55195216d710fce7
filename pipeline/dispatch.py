"""What one worker process has under way: timers until turns are due, running turns and their leases, sends."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final
from uuid import UUID

import structlog

from core.domain.ports import ConversationRef
from core.services.turn_state import Claim, NotNow
from core.services.turns import Turns
from pipeline.deliver import Deliverer
from pipeline.turn import TurnRunner

log = structlog.get_logger(__name__)

RETRY_SECONDS: Final = 2.0
"""A turn that failed in an unforeseen way is tried again after this long, times its attempts."""
LONGEST_TIMER: Final = 20.0
_FAIR_SHARE: Final = 0.5
_KEPT_FREE: Final = 0.2
"""One tenant may take more than its share of the places only while this part of them stays free for the others;
its other turns wait for the sweeper."""


class Dispatch:
    """Starts what is due, once for each conversation, within the worker's places."""

    def __init__(self, turns: Turns, runner: TurnRunner, deliverer: Deliverer, *, places: int, lease: float) -> None:
        """``places``: turns under way at the same time; ``lease``: seconds, renewed three times as often."""
        self._turns = turns
        self._runner = runner
        self._deliverer = deliverer
        self._places = places
        self._lease = lease
        self._waiting: dict[UUID, asyncio.Task[None]] = {}
        self._running: dict[UUID, tuple[Claim, asyncio.Task[None]]] = {}
        self._by_tenant: Counter[UUID] = Counter()
        self._sending: dict[UUID, asyncio.Task[None]] = {}
        self._again: set[UUID] = set()
        # Turns that are written and still being told of: they hold no lease any more.
        self._committed: set[UUID] = set()
        self._stopping = False

    @property
    def free(self) -> int:
        """Places for turns that nobody takes."""
        return max(self._places - self._by_tenant.total(), 0)

    def turn(self, ref: ConversationRef, delay: float) -> None:
        """A turn is due in ``delay`` seconds; one timer a conversation is enough."""
        if self._stopping or ref.conversation_id in self._waiting or ref.conversation_id in self._running:
            return
        task = asyncio.create_task(self._wait_and_run(ref, delay))
        self._waiting[ref.conversation_id] = task
        task.add_done_callback(lambda _: self._waiting.pop(ref.conversation_id, None))

    def send(self, ref: ConversationRef) -> bool:
        """Messages are queued here; a nudge that comes while we send makes us look once more. False: we are stopping."""
        if self._stopping:
            return False
        if ref.conversation_id in self._sending:
            self._again.add(ref.conversation_id)
            return True
        task = asyncio.create_task(self._send(ref))
        self._sending[ref.conversation_id] = task
        task.add_done_callback(lambda _: self._sent(ref))
        return True

    async def renew_leases(self) -> None:
        """Renew what runs; a turn that has gone to another worker is stopped here."""
        held = [claim for claim, _ in self._running.values() if claim.ref.conversation_id not in self._committed]
        if not held:
            return
        ours = await self._turns.renew(held)
        for claim in held:
            conversation_id = claim.ref.conversation_id
            current = self._running.get(conversation_id)
            if conversation_id in ours or conversation_id in self._committed:
                continue
            if current is not None and current[0] is claim:
                log.info("turn.lease_lost", conversation_id=str(conversation_id))
                current[1].cancel()

    async def stop(self, grace: float) -> None:
        """Start nothing more, and let what runs finish within ``grace`` seconds. Timers are dropped: they stand in PostgreSQL."""
        self._stopping = True
        for timer in list(self._waiting.values()):
            timer.cancel()
        left = [task for _, task in self._running.values()] + list(self._sending.values())
        if left:
            await asyncio.wait(left, timeout=grace)
        cut = [task for task in left if not task.done()]
        for task in cut:
            task.cancel()
        if cut:
            await asyncio.wait(cut, timeout=2.0)
        log.info("dispatch.stopped", finished=len(left) - len(cut), cut=len(cut))

    async def _wait_and_run(self, ref: ConversationRef, delay: float) -> None:
        remaining: float | None = delay
        while remaining is not None and remaining <= LONGEST_TIMER:
            await asyncio.sleep(max(remaining, 0.0))
            if not self._has_place(ref.tenant_id):
                return
            remaining = await self._try_claim(ref)

    def _has_place(self, tenant_id: UUID) -> bool:
        within_share = self._by_tenant[tenant_id] < max(self._places * _FAIR_SHARE, 1)
        return self.free > (0 if within_share else self._places * _KEPT_FREE)

    async def _try_claim(self, ref: ConversationRef) -> float | None:
        """Claim and start; else the seconds until the turn is due."""
        self._by_tenant[ref.tenant_id] += 1
        claimed: Claim | NotNow = NotNow(None)
        try:
            claimed = await self._turns.claim(ref)
        except Exception as error:  # noqa: BLE001 - a timer ends here; the sweeper finds the turn again
            log.warning("turn.claim_failed", conversation_id=str(ref.conversation_id), error=type(error).__name__)
        finally:
            if isinstance(claimed, NotNow) or self._stopping:
                self._leave(ref.tenant_id)
        if isinstance(claimed, NotNow):
            return claimed.due_in
        if self._stopping:
            await self._give_back(claimed, 0.0)
            return None
        task = asyncio.create_task(self._run(claimed))
        self._running[ref.conversation_id] = (claimed, task)
        task.add_done_callback(lambda done: self._ended(claimed, done))
        return None

    def _ended(self, claim: Claim, task: asyncio.Task[None]) -> None:
        self._leave(claim.ref.tenant_id)
        self._committed.discard(claim.ref.conversation_id)
        current = self._running.get(claim.ref.conversation_id)
        if current is not None and current[1] is task:
            del self._running[claim.ref.conversation_id]

    def _leave(self, tenant_id: UUID) -> None:
        self._by_tenant[tenant_id] -= 1
        if self._by_tenant[tenant_id] <= 0:
            del self._by_tenant[tenant_id]

    async def _run(self, claim: Claim) -> None:
        try:
            # What it wrote is sent from here: the way through the queue would be the longest part of it.
            await self._runner.run(
                claim, committed=lambda: self._committed.add(claim.ref.conversation_id), sending=self.send
            )
        except asyncio.CancelledError:
            with suppress(Exception):
                await asyncio.shield(self._give_back(claim, 0.0))
            raise
        except Exception as error:
            # The process goes on; the turn's attempts are counted in PostgreSQL, and at the cap a person gets it.
            log.exception("turn.failed", conversation_id=str(claim.ref.conversation_id), error=type(error).__name__)
            await self._give_back(claim, RETRY_SECONDS * claim.attempts)

    async def _give_back(self, claim: Claim, after: float) -> None:
        try:
            await self._turns.give_back(claim, after)
        except Exception as error:  # noqa: BLE001 - the lease ends by itself
            log.warning("turn.kept", conversation_id=str(claim.ref.conversation_id), error=type(error).__name__)

    async def _send(self, ref: ConversationRef) -> None:
        try:
            await self._deliverer.run(ref)
        except Exception as error:
            # The sweeper looks again; this conversation's trouble is nobody else's.
            log.exception("send.broke", conversation_id=str(ref.conversation_id), error=type(error).__name__)

    def _sent(self, ref: ConversationRef) -> None:
        self._sending.pop(ref.conversation_id, None)
        if ref.conversation_id in self._again:
            self._again.discard(ref.conversation_id)
            self.send(ref)
