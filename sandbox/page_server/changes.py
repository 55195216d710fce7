"""The page's word that something is not as it was."""

from collections import Counter
from typing import Literal

from sandbox.waiting import Bell

Topic = Literal["phones", "chats", "switches", "model"]


class Changes:
    """Counts changes by topic and wakes those who show them."""

    def __init__(self) -> None:
        self.total = 0
        self._counts: Counter[Topic] = Counter()
        self._bell = Bell()

    def of(self, topic: Topic) -> int:
        """How often it changed."""
        return self._counts[topic]

    def note(self, topic: Topic) -> None:
        """It changed."""
        self.total += 1
        self._counts[topic] += 1
        self._bell.ring()

    async def after(self, total: int, seconds: float) -> bool:
        """Whether anything changed after ``total``, within that time."""
        return await self._bell.until(lambda: self.total > total, seconds)


def topic_of(event: str) -> Topic:
    """What an emulator's event is about."""
    if event.startswith("telegram_"):
        return "chats"
    if event.startswith("claude_"):
        return "model"
    return "switches" if event == "fault_armed" else "phones"
