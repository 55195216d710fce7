"""Faults on demand: rules that catch calls, and calls that are held until released."""

import asyncio
import itertools
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.waiting import Bell

Verdict = Literal["go", "cut"]

HELD_TOO_LONG = 3600.0
"""Seconds after which a held call goes on by itself."""


class Fault(BaseModel):
    """What every fault rule has; each emulator adds its actions and their settings.

    ``times`` None means for ever, ``skip`` lets the first matching calls pass. The settings of an
    action may stand flat or in an object named like the action.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: dict[str, str] = Field(default_factory=dict)
    times: int | None = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    action: str

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        action = value.get("action")
        nested = value.get(action)
        if action in cls.model_fields or not isinstance(nested, dict):
            return value
        return {key: item for key, item in value.items() if key != action} | nested

    @model_validator(mode="after")
    def _known_keys(self) -> Self:
        unknown = set(self.match) - self.match_keys()
        if unknown:
            message = f"match has unknown keys: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        return self

    @classmethod
    def match_keys(cls) -> frozenset[str]:
        """The facts of a call that a rule may match on."""
        return frozenset({"text_contains"})

    def catches(self, facts: Mapping[str, str]) -> bool:
        """Whether a call with these facts is one that the rule means."""
        return all(_agrees(key, wanted, facts) for key, wanted in self.match.items())


def _agrees(key: str, wanted: str, facts: Mapping[str, str]) -> bool:
    name, _, contains = key.rpartition("_")
    if contains == "contains":
        return wanted.casefold() in facts.get(name, "").casefold()
    return facts.get(key) == wanted


Rule = TypeVar("Rule", bound=Fault)


@dataclass(slots=True)
class _Armed(Generic[Rule]):
    id: int
    rule: Rule
    skip: int
    left: int | None
    caught: int = 0

    def spend(self) -> bool:
        """Whether this call is one to catch, counted."""
        if self.skip:
            self.skip -= 1
            return False
        if self.left is not None:
            self.left -= 1
        self.caught += 1
        return True


class FaultBook(Generic[Rule]):
    """The armed rules, in the order in which they were added; the first that fits is taken."""

    def __init__(self) -> None:
        self._armed: list[_Armed[Rule]] = []
        self._ids = itertools.count(1)

    def add(self, rule: Rule) -> int:
        """Arm a rule; returns its id."""
        armed = _Armed(next(self._ids), rule, rule.skip, rule.times)
        self._armed.append(armed)
        return armed.id

    def take(self, actions: Collection[str], facts: Mapping[str, str]) -> Rule | None:
        """The first rule with one of ``actions`` that catches the call; it counts as spent once."""
        for armed in self._armed:
            if armed.rule.action in actions and armed.rule.catches(facts) and armed.spend():
                self._drop_spent()
                return armed.rule
        return None

    def remove(self, rule_id: int | None = None) -> int:
        """Disarm one rule, or all; returns how many."""
        kept = [armed for armed in self._armed if rule_id is not None and armed.id != rule_id]
        removed = len(self._armed) - len(kept)
        self._armed = kept
        return removed

    def listing(self) -> list[dict[str, object]]:
        """The armed rules with what is left of each."""
        return [
            {"id": a.id, "left": a.left, "skip": a.skip, "caught": a.caught, "rule": a.rule.model_dump(mode="json")}
            for a in self._armed
        ]

    def _drop_spent(self) -> None:
        self._armed = [armed for armed in self._armed if armed.left != 0]


@dataclass(slots=True)
class _Held:
    id: int
    facts: dict[str, object]
    released: asyncio.Event = field(default_factory=asyncio.Event)
    verdict: Verdict = "go"


class Holds:
    """Calls that wait for a release; a harness reads the list to strike at exactly that moment.

    A call whose caller goes away leaves the list at once.
    """

    def __init__(self) -> None:
        self._held: dict[int, _Held] = {}
        self._ids = itertools.count(1)
        self._bell = Bell()

    async def hold(self, facts: dict[str, object], seconds: float = HELD_TOO_LONG) -> Verdict:
        """Wait for a release, or for ``seconds``; returns what the release said."""
        held = _Held(next(self._ids), facts)
        with self._listed(held):
            try:
                async with asyncio.timeout(seconds):
                    await held.released.wait()
            except TimeoutError:
                return "go"
            return held.verdict

    def release(self, hold_id: int | None = None, verdict: Verdict = "go") -> int:
        """Let one call go on, or all; returns how many. They leave the list at once, before they have answered."""
        chosen = [held for held in self._held.values() if hold_id in (None, held.id)]
        for held in chosen:
            del self._held[held.id]
            held.verdict = verdict
            held.released.set()
        return len(chosen)

    async def wait_for(self, count: int, seconds: float) -> list[dict[str, object]]:
        """What is held, once at least ``count`` calls are or the time is over."""
        await self._bell.until(lambda: len(self._held) >= count, seconds)
        return [{"id": held.id, **held.facts} for held in self._held.values()]

    @contextmanager
    def _listed(self, held: _Held) -> Iterator[None]:
        self._held[held.id] = held
        self._bell.ring()
        try:
            yield
        finally:
            self._held.pop(held.id, None)
            self._bell.ring()
