"""Who waits for a person, for how long, and who has whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.conversation import ConversationStatus
from core.domain.team import called
from core.services.tenants import load_profile
from db.tenancy import tenant_scope

_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class QueuedConversation:
    """A conversation that people have or should have. ``member``: who has it, empty for the business's own phone."""

    conversation_id: UUID
    lead: str
    waits: bool
    minutes: int
    """Since when it waits, or the lead for an answer; 0 when nobody waits for anything."""
    member: str
    at_hand: bool
    asleep_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """All of them, those that wait longest first; ``more`` are not listed."""

    conversations: Sequence[QueuedConversation]
    more: int
    ai_paused: bool
    on_duty: int
    at: datetime

    @property
    def waiting(self) -> list[QueuedConversation]:
        """Those that nobody has taken."""
        return [one for one in self.conversations if one.waits and one.asleep_until is None]

    @property
    def held(self) -> list[QueuedConversation]:
        """Those that somebody has."""
        return [one for one in self.conversations if not one.waits and one.asleep_until is None]

    @property
    def asleep(self) -> list[QueuedConversation]:
        """Those that sleep until a time, those that wake first first."""
        return [one for one in self.conversations if one.asleep_until is not None]


async def queue_of(actor: Actor) -> Queue:
    """The queue of the actor's tenant."""
    async with tenant_scope(actor.tenant_id) as scope:
        profile, at = await load_profile(scope, actor.tenant_id)
        rows = await scope.rows("queue_view", actor.tenant_id, _SHOWN)
        duty = await scope.row("members_on_duty", actor.tenant_id)
    conversations = [
        QueuedConversation(
            conversation_id=row["id"],
            lead=called(row["name"], row["phone"], row["reply_address"]),
            waits=row["status"] == ConversationStatus.WAITING_HUMAN,
            minutes=max(int((at - row["since"]).total_seconds() // 60), 0) if row["since"] else 0,
            member=row["member"] or "",
            at_hand=row["since"] is not None,
            asleep_until=profile.local(row["asleep_until"]) if row["asleep_until"] else None,
        )
        for row in rows
    ]
    more = rows[0]["total"] - len(rows) if rows else 0
    return Queue(conversations, more, profile.ai_paused, duty["members"] if duty else 0, profile.local(at))
