"""Two transactions about one lead at the same instant: one of them stopped half-way, until the other waits for it or is through."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.services.assignments import Assignments
from core.services.lead_changes import LeadEdit, edit_lead, move_lead
from tests.factories import Thread
from tests.integration.follow_ups.clockwork import Clockwork
from tests.patience import PATIENCE

CONTESTED = "wamid.contested"
"""An id; whoever brings another message under it has a webhook wait that has taken the conversation."""
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@dataclass(slots=True)
class AtOnce:
    """The clock's lead, his conversation on another channel, a member, and a gate before which a transaction stops."""

    clock: Clockwork
    elsewhere: Thread
    actor: Actor
    gate: asyncpg.Connection
    word: str = CONTESTED
    """What the lead's message bears."""
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    @asynccontextmanager
    async def held(self, statement: str, *values: object) -> AsyncIterator[None]:
        """While whoever needs these rows waits for them."""
        async with self.gate.transaction():
            await self.gate.execute(statement, *values)
            yield

    @asynccontextmanager
    async def contested(self) -> AsyncIterator[None]:
        """While a webhook that brings what the lead says waits, with his conversation in its hands."""
        async with self.gate.transaction():
            # No foreign key is looked at: nobody waits for rows that this one points to.
            await self.gate.execute("SET LOCAL session_replication_role = replica")
            for place, account in enumerate([self.clock.desk.business.account_id, self.elsewhere.account_id]):
                await self.gate.execute(
                    "INSERT INTO messages (id, tenant_id, conversation_id, lead_id, channel_account_id, seq, direction, author, status, external_id)"
                    " SELECT uuid_v7(), tenant_id, id, lead_id, $1, 1000 + $2, 'in', 'lead', 'received', $3 FROM conversations LIMIT 1",
                    account, place, CONTESTED,
                )  # fmt: skip
            try:
                yield
            finally:
                await self.gate.execute("DELETE FROM messages WHERE external_id = $1", CONTESTED)

    async def waits(self, task: "asyncio.Task[object]", *, beside: int = 0) -> bool:
        """Whether it comes to wait for a lock, ``beside`` others that do; false when it came to its end instead."""
        async with asyncio.timeout(PATIENCE):
            while not task.done():
                if await self.clock.desk.value(_WAITING) > beside:
                    return True
                await asyncio.sleep(0.01)
        return False

    async def heard_here(self) -> None:
        """The lead writes in the conversation that he is written to in."""
        await self.clock.desk.hears("Voltei", external_id=self.word)

    async def heard_elsewhere(self) -> None:
        """He writes on the other channel."""
        await self.clock.desk.hears("Voltei", self.elsewhere, external_id=self.word)

    async def taken_here(self) -> None:
        """A member takes the conversation."""
        await self._taken(self.clock.desk.ref.conversation_id)

    async def taken_elsewhere(self) -> None:
        """A member takes the one on the other channel."""
        await self._taken(self.elsewhere.conversation_id)

    async def left_alone(self) -> None:
        """A member writes down that he is to be left alone."""
        await edit_lead(self.actor, self.elsewhere.lead_id, LeadEdit(opted_out=True))

    async def moved(self) -> None:
        """A member puts him into a stage in which nobody is followed up."""
        await move_lead(self.actor, self.elsewhere.lead_id, "won", None)

    async def _taken(self, conversation_id: UUID) -> None:
        await Assignments(self.clock.desk.jobs, self.pause).take(self.actor, conversation_id)


async def at_once(clock: Clockwork, gate: asyncpg.Connection) -> AtOnce:
    """A lead with two conversations, nothing said in the second yet."""
    desk = clock.desk
    external_id = "200000000000001"
    credentials = await desk.seed.credential_set("elsewhere")
    account = await desk.seed.channel_account(desk.business.tenant_id, credentials, external_id=external_id)
    conversation = await desk.seed.insert(
        "conversations", tenant_id=desk.business.tenant_id, lead_id=desk.thread.lead_id, channel_account_id=account, status="ai",
        reply_kind="phone", reply_address=desk.thread.address, last_activity_at=await desk.value("SELECT now()"),
    )  # fmt: skip
    elsewhere = replace(desk.thread, account_id=account, conversation_id=conversation)
    return AtOnce(clock, elsewhere, Actor(desk.business.tenant_id, desk.business.member_id, Role.ADMIN), gate)
