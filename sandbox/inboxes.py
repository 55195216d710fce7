"""What was sent to whom, for those who look for it or wait for it."""

from bisect import bisect_right
from collections import defaultdict
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

from sandbox.waiting import Bell


class Numbered(Protocol):
    """A message with its place in the order of all."""

    @property
    def seq(self) -> int:
        """Its number, from ``next_seq``."""

    @property
    def to(self) -> str:
        """The person it went to."""


Message = TypeVar("Message", bound=Numbered)


class Inboxes(Generic[Message]):
    """Messages by account and person, with a bell for those who wait for the next one."""

    def __init__(self) -> None:
        self._messages: dict[tuple[str, str], list[Message]] = defaultdict(list)
        self._bells: dict[tuple[str, str], Bell] = defaultdict(Bell)
        self._seq = 0

    def next_seq(self) -> int:
        """The number for the next message."""
        self._seq += 1
        return self._seq

    def add(self, account: str, message: Message) -> None:
        """File the message under its person, its account, and all."""
        for key in ((account, message.to), (account, ""), ("", "")):
            self._messages[key].append(message)
            self._bells[key].ring()

    async def after(self, key: tuple[str, str], seq: int, seconds: float) -> list[Message]:
        """What was sent after ``seq``, waiting up to ``seconds`` for the first such message."""
        filed = self._messages[key]
        await self._bells[key].until(lambda: bool(filed) and filed[-1].seq > seq, seconds)
        return filed[bisect_right(filed, seq, key=attrgetter("seq")) :]
