"""Nudges as queue entries."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from core.domain.ports import ConversationRef, TurnDue
from pipeline.connection import publisher_client
from pipeline.jobs import QueueJobs
from pipeline.publisher import Nudge, StreamPublisher
from tests.fakes import ManualClock

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


class Noted(StreamPublisher):
    """Notes entries instead of publishing them."""

    def __init__(self) -> None:
        super().__init__(publisher_client("redis://127.0.0.1:1/0"), ManualClock().monotonic)
        self.entries: list[tuple[str, Mapping[str, object]]] = []

    async def publish(self, task: str, kwargs: Mapping[str, object]) -> bool:
        """Noted."""
        self.entries.append((task, kwargs))
        return True

    async def publish_many(self, nudges: Sequence[Nudge]) -> bool:
        """Noted."""
        self.entries += [(nudge.task, nudge.kwargs) for nudge in nudges]
        return True


async def test_a_due_turn() -> None:
    """Ids, the channel's name and the delay; no words of anybody."""
    noted = Noted()
    await QueueJobs(noted).turns_due([TurnDue(ONE, TWO, THREE, ONE, "meta_whatsapp", 4.0)])
    assert noted.entries == [
        (
            "turn",
            {
                "tenant_id": str(ONE),
                "lead_id": str(TWO),
                "conversation_id": str(THREE),
                "message_id": str(ONE),
                "channel": "meta_whatsapp",
                "delay": 4.0,
            },
        )
    ]


async def test_a_due_send_and_a_due_summary() -> None:
    """Ids alone."""
    noted = Noted()
    jobs = QueueJobs(noted)
    await jobs.sends_due(ConversationRef(ONE, TWO))
    await jobs.summary_due(ONE, THREE)
    assert noted.entries == [
        ("send", {"tenant_id": str(ONE), "conversation_id": str(TWO)}),
        ("summary", {"tenant_id": str(ONE), "hand_off_id": str(THREE)}),
    ]
