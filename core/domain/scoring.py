"""How warm a lead is, and how far along the pipeline that takes him."""

from collections.abc import Sequence
from dataclasses import dataclass

LOWEST, HIGHEST = 0, 100


@dataclass(frozen=True, slots=True)
class Decay:
    """Who has been silent for so many hours loses so many points, once in each silence; ``reason`` is kept with it."""

    hours: int
    points: int
    reason: str


DECAYS = (Decay(24, 10, "silent_24h"), Decay(48, 20, "silent_48h"))
"""In the order of hours; each comes on top of those before it."""


@dataclass(frozen=True, slots=True)
class StageRule:
    """A stage of the pipeline; ``min_score``: entered by itself from this score on."""

    key: str
    position: int
    min_score: int | None = None
    outcome: str = "open"


DEFAULT_STAGES = (
    StageRule("new", 0),
    StageRule("qualifying", 1, 21),
    StageRule("hot", 2, 61),
    StageRule("human", 3),
    StageRule("converted", 4, outcome="won"),
    StageRule("lost", 5, outcome="lost"),
)


def scored(score: int, delta: int) -> int:
    """The score after a change, within 0 and 100."""
    return max(LOWEST, min(HIGHEST, score + delta))


def stage_for(stages: Sequence[StageRule], current: str, score: int) -> str:
    """The stage a lead of this score belongs in: automatic moves go forward only, never out of an ended stage."""
    by_key = {stage.key: stage for stage in stages}
    here = by_key.get(current)
    if here is not None and here.outcome != "open":
        return current
    reached = [stage for stage in stages if stage.min_score is not None and score >= stage.min_score]
    best = max(reached, key=lambda stage: stage.position, default=None)
    if best is None or (here is not None and best.position <= here.position):
        return current
    return best.key


def crossed_up(before: int, after: int, threshold: int) -> bool:
    """Whether the score crossed the threshold upwards in this turn."""
    return before <= threshold < after
