"""A business whose lead falls silent, and the clock that a test moves: whatever happened lies so much further back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson

from core.services.follow_up_plans import FollowUpPlans
from core.services.follow_ups import FollowUps
from core.services.sends import SendJob
from pipeline.follow_up_writer import FollowUpWriter
from pipeline.prompt import PromptBuilder
from tests.integration.services.desk import SETTINGS, Desk

ALWAYS: Mapping[str, Sequence[str]] = {str(day): ["00:00-00:00"] for day in range(7)}
TEXT: Mapping[str, object] = {"after_hours": 3, "kind": "text", "text": "Ainda posso ajudar?"}
ON: Mapping[str, object] = {
    "is_on": True,
    "steps": [TEXT, {**TEXT, "text": "Última vez!"}],
    "hours": ALWAYS,
    "stages": ["new"],
}
_MOVED: Mapping[str, Sequence[str]] = {
    "conversations": ("last_inbound_at", "last_activity_at", "created_at", "first_unanswered_at"),
    "messages": ("created_at", "sent_at"),
    "follow_ups": ("silent_since", "due_at", "leave_at", "leave_by", "sent_at", "lease_until"),
    "job_marks": ("upto", "at"),
}


@dataclass(slots=True)
class Clockwork:
    """The desk, and what runs by the clock."""

    desk: Desk
    windows: dict[str, timedelta | None] = field(default_factory=dict)

    @property
    def writer(self) -> FollowUpWriter:
        """What writes to silent leads."""
        follow_ups = FollowUps(self.desk.fitting, self.windows, self.desk.jobs)
        return FollowUpWriter(follow_ups, self.desk.model, PromptBuilder(b"canary key", bytes))

    async def set(self, **follow_up: object) -> None:
        """The business sets how it follows up."""
        settings = {**SETTINGS, "follow_up": {**ON, **follow_up}}
        await self.desk.run("UPDATE tenants SET settings = $1::jsonb", orjson.dumps(settings).decode())

    async def passes(self, **time: float) -> None:
        """So much time goes by."""
        for table, columns in _MOVED.items():
            moved = ", ".join(f"{column} = {column} - $1::interval" for column in columns)
            await self.desk.run(f"UPDATE {table} SET {moved}", timedelta(**time))

    async def talks(self) -> None:
        """The lead writes, is answered, and has the answer."""
        await self.desk.hears()
        await self.desk.answers()
        await self.desk.deliverer.run(self.desk.ref)

    async def talks_if_he_may(self) -> None:
        """The same, where the AI has him and answers."""
        await self.desk.hears()
        if await self.desk.conversation("turn_due_at IS NOT NULL"):
            await self.desk.answers()
            await self.desk.deliverer.run(self.desk.ref)

    async def plans(self) -> Mapping[str, int]:
        """The job, until it has nothing more to do."""
        counts: dict[str, int] = {}
        at, more = await self.desk.value("SELECT now()"), True
        while more:
            batch = await FollowUpPlans().batch(self.desk.ref.tenant_id, at, dry=False)
            counts |= batch.counts
            more = batch.more
        return counts

    async def writes(self) -> int:
        """Whatever has its place now is written."""
        await self.desk.run("UPDATE follow_ups SET leave_at = now() WHERE leave_at > now() AND state = 'planned'")
        return await self.writer.write_leaving()

    async def runs(self) -> int:
        """Plan, write, send: how many messages left."""
        await self.plans()
        await self.writes()
        before = len(self.desk.channel.sent)
        await self.desk.deliverer.run(self.desk.ref)
        return len(self.desk.channel.sent) - before

    async def sends(self) -> SendJob | None:
        """What the conversation's sender claims now."""
        job = await self.desk.sends.claim(self.desk.ref)
        return job if isinstance(job, SendJob) else None

    async def steps(self) -> list[tuple[Any, ...]]:
        """Each step: its number, how far it has come, and why no further."""
        return await self.desk.rows("SELECT step, state, reason FROM follow_ups ORDER BY created_at, step")

    async def due(self) -> None:
        """The lead is silent and a follow-up waits to be sent."""
        await self.set()
        await self.talks()
        await self.passes(hours=4)
        await self.plans()
        assert await self.writes() == 1
