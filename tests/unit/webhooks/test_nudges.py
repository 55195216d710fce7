"""Nudges travel together and hold nobody up."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from core.domain.ids import uuid7
from core.domain.ports import ConversationRef, TurnDue
from core.services.nudges import JoinedNudges
from tests.patience import PATIENCE


class _Jobs:
    def __init__(self) -> None:
        self.calls: list[list[TurnDue]] = []
        self.open = asyncio.Event()

    async def turns_due(self, turns: Sequence[TurnDue]) -> None:
        self.calls.append(list(turns))
        await self.open.wait()

    async def sends_due(self, conversation: ConversationRef) -> None:
        raise NotImplementedError

    async def summary_due(self, tenant_id: UUID, hand_off_id: UUID) -> None:
        raise NotImplementedError

    async def fetch_due(self, tenant_id: UUID, fetch_id: UUID) -> None:
        raise NotImplementedError


def _turn() -> TurnDue:
    return TurnDue(uuid7(), uuid7(), uuid7(), uuid7(), "meta_whatsapp", 0.0)


async def test_a_slow_queue_holds_nobody_up() -> None:
    """The call returns while the queue has not answered."""
    jobs = _Jobs()
    nudges = JoinedNudges(jobs)
    async with asyncio.timeout(PATIENCE):
        await nudges.turns_due([_turn()])
    jobs.open.set()
    await nudges.drained()


async def test_all_are_handed_on_in_few_calls() -> None:
    """What comes while the queue answers goes with the next call, in order; drained waits for it."""
    jobs = _Jobs()
    nudges = JoinedNudges(jobs)
    turns = [_turn() for _ in range(50)]
    await nudges.turns_due(turns[:1])
    await asyncio.sleep(0)
    for turn in turns[1:]:
        await nudges.turns_due([turn])
    jobs.open.set()
    await nudges.drained()
    assert [turns[:1], turns[1:]] == jobs.calls
