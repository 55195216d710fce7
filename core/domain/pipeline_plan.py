"""The stages of a business's pipeline as somebody wants them: which go, which come, and what may not be."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FIRST_STAGE: Final = "new"
"""Where leads begin."""
MOST_STAGES: Final = 30
_LONGEST_NAME: Final = 80
_LONGEST_KEY: Final = 30
_HIGHEST_SCORE: Final = 100


class Outcome(StrEnum):
    """What a stage says of the leads in it: there is something to do, or how it ended."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """A stage as it is to be; ``key`` is ``None`` for a new one, and never changes."""

    key: str | None
    name: str
    min_score: int | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class StageFault:
    """What is wrong with a plan; ``at`` says where."""

    at: str
    why: str


def removed_keys(known: Collection[str], plan: Sequence[PlannedStage]) -> Sequence[str]:
    """The stages that the plan leaves out."""
    kept = {stage.key for stage in plan}
    return [key for key in known if key not in kept]


def faults_in_plan(
    known: Collection[str], plan: Sequence[PlannedStage], moves: Mapping[str, str]
) -> Sequence[StageFault]:
    """What is wrong with it; ``moves`` says where the leads of each stage go that is left out."""
    return [*_of_all(plan), *_of_each(known, plan), *_of_moves(removed_keys(known, plan), plan, moves)]


def with_keys(known: Collection[str], plan: Sequence[PlannedStage]) -> Sequence[tuple[str, PlannedStage]]:
    """Every stage with its key, a new one with one of its own."""
    taken, found = set(known), []
    for stage in plan:
        key = stage.key or _new_key(stage.name, taken)
        taken.add(key)
        found.append((key, stage))
    return found


def _of_all(plan: Sequence[PlannedStage]) -> Iterator[StageFault]:
    if len(plan) > MOST_STAGES:
        yield StageFault("stages", f"are more than {MOST_STAGES}")
    if all(stage.outcome is not Outcome.OPEN for stage in plan):
        yield StageFault("stages", "hold none that is open")
    if all(stage.key != FIRST_STAGE for stage in plan):
        yield StageFault("stages", f"lack {FIRST_STAGE}, where leads begin")


def _of_each(known: Collection[str], plan: Sequence[PlannedStage]) -> Iterator[StageFault]:
    seen: set[str] = set()
    for place, stage in enumerate(plan):
        at = f"stages.{place}"
        if stage.key is not None and (stage.key not in known or stage.key in seen):
            yield StageFault(f"{at}.key", "is no stage, or comes twice")
        seen.update({stage.key} if stage.key else ())
        if not stage.name.strip() or len(stage.name) > _LONGEST_NAME:
            yield StageFault(f"{at}.name", f"is blank or longer than {_LONGEST_NAME} characters")
        yield from _of_score(at, stage)


def _of_score(at: str, stage: PlannedStage) -> Iterator[StageFault]:
    if stage.min_score is None:
        return
    if stage.outcome is not Outcome.OPEN:
        yield StageFault(f"{at}.min_score", "no score ends anything by itself")
    if not 0 <= stage.min_score <= _HIGHEST_SCORE:
        yield StageFault(f"{at}.min_score", f"is not between 0 and {_HIGHEST_SCORE}")


def _of_moves(removed: Sequence[str], plan: Sequence[PlannedStage], moves: Mapping[str, str]) -> Iterator[StageFault]:
    kept = {stage.key for stage in plan if stage.key is not None}
    for key in removed:
        if moves.get(key) not in kept:
            yield StageFault("moves", f"say of {key} no stage that its leads could go to")
    if not moves.keys() <= set(removed):
        yield StageFault("moves", "name a stage that is not removed")


def _new_key(name: str, taken: Collection[str]) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_KEY] or "stage"
    number, tried = 1, key
    while tried in taken:
        number += 1
        tried = f"{key}_{number}"
    return tried
