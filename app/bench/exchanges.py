"""What is noted of messages on their way to an answer."""

from collections import Counter
from dataclasses import dataclass, field

from app.bench.business import Topic


@dataclass(slots=True)
class Exchange:
    """A message of a lead on its way to an answer. Moments are those of one clock; 0: not yet."""

    account: str
    topic: Topic
    said: float
    taken: float = 0.0
    thought: float = 0.0
    """Seconds that the model had it."""


@dataclass(slots=True)
class InFlight:
    """How many calls the model has at a time: the most, and the mean while ``measuring``."""

    now: int = 0
    most: int = 0
    measuring: bool = False
    _area: float = 0.0
    _seen: float = 0.0

    def change(self, by: int, at: float) -> None:
        """So many more, or fewer."""
        if self.measuring:
            self._area += self.now * (at - self._seen)
        self._seen = at
        self.now += by
        self.most = max(self.most, self.now)

    def begin(self, at: float) -> None:
        """From now on the mean counts."""
        self.change(0, at)
        self.measuring = True

    def mean(self, began: float, ended: float) -> float:
        """The mean between two moments; the later one is now."""
        self.change(0, ended)
        self.measuring = False
        return self._area / max(ended - began, 1e-9)


@dataclass(slots=True)
class Tally:
    """What happened. ``whole`` and ``since_commit`` are seconds added to the model's own, of the measured time."""

    whole: list[float] = field(default_factory=list)
    since_commit: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    said: int = 0
    calls: int = 0
    answered: int = 0
    answered_in_time: int = 0
    unasked: int = 0
    """Sends to a lead who waits for none."""
    crossed: int = 0
    """Sends through another tenant's account."""

    def note(self, exchange: Exchange, now: float, *, measured: bool) -> None:
        """An answer reached its lead; what the worker and everything before it added to the model's own time."""
        self.answered += 1
        if not measured:
            return
        self.answered_in_time += 1
        self.whole.append(now - exchange.said - exchange.thought)
        if exchange.taken:
            self.since_commit.append(max(now - exchange.taken - exchange.thought, 0.0))
