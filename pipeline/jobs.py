"""The ``Jobs`` port over the queue: every nudge is one entry of ids, and losing it costs seconds."""

from collections.abc import Sequence
from uuid import UUID

from core.domain.ports import ConversationRef, TurnDue
from pipeline.publisher import Nudge, StreamPublisher


class QueueJobs:
    """Publishes nudges; says nothing when the queue is away, because the sweepers find what is due."""

    def __init__(self, publisher: StreamPublisher) -> None:
        self._publisher = publisher

    async def turns_due(self, turns: Sequence[TurnDue]) -> None:
        """One entry a turn, in one round trip."""
        await self._publisher.publish_many([Nudge("turn", _turn(turn)) for turn in turns])

    async def sends_due(self, conversation: ConversationRef) -> None:
        """One entry for all that is queued in the conversation."""
        await self._publisher.publish(
            "send",
            {"tenant_id": str(conversation.tenant_id), "conversation_id": str(conversation.conversation_id)},
        )

    async def summary_due(self, tenant_id: UUID, hand_off_id: UUID) -> None:
        """One entry for the summary."""
        await self._publisher.publish("summary", {"tenant_id": str(tenant_id), "hand_off_id": str(hand_off_id)})

    async def fetch_due(self, tenant_id: UUID, fetch_id: UUID) -> None:
        """One entry for the message."""
        await self._publisher.publish("fetch", {"tenant_id": str(tenant_id), "fetch_id": str(fetch_id)})


def _turn(turn: TurnDue) -> dict[str, object]:
    return {
        "tenant_id": str(turn.tenant_id),
        "lead_id": str(turn.lead_id) if turn.lead_id else None,
        "conversation_id": str(turn.conversation_id),
        "message_id": str(turn.message_id) if turn.message_id else None,
        "channel": turn.channel,
        "delay": turn.delay,
    }
