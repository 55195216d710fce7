"""Finds which of the stated facts answers a line, by the words they share."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sandbox.claude.prompt import Entry
from sandbox.claude.words import terms

GOOD_ENOUGH = 0.34
"""Share of a question's weight that an entry has to cover to count as its answer."""
TEXT_WEIGHT = 0.85
"""A word in the fact itself counts a little less than one in its question."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, and how well it covers the question: 0 to 1."""

    entry: Entry
    score: float


@lru_cache(maxsize=256)
def index_of(entries: tuple[Entry, ...]) -> "Index":
    """The index of these facts; a tenant's facts come again with every call."""
    return Index(entries)


class Index:
    """The facts of one prompt, ready to be asked."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._known = [(entry, set(terms(entry.cue)), set(terms(entry.text))) for entry in entries]
        self._in_entries = Counter(term for _, cue, text in self._known for term in cue | text)

    def best(self, line: str, whole: str) -> Found | None:
        """The best answer to ``line``.

        Between equals the one that fits ``whole``, all that was asked, and then the one about nothing else besides.
        """
        wanted, context = set(terms(line)), set(terms(whole))
        if not wanted:
            return None
        ranked = [
            (
                self._score(wanted, cue, text),
                self._score(context, cue, text),
                len(wanted & cue) / max(len(cue), 1),
                -position,
            )
            for position, (_, cue, text) in enumerate(self._known)
        ]
        best = max(ranked, key=lambda rank: (rank[0] + rank[1] / 2, *rank[2:]), default=(0.0, 0.0, 0.0, 0))
        return Found(self._known[-best[3]][0], best[0]) if best[0] >= GOOD_ENOUGH else None

    def _score(self, wanted: set[str], cue: set[str], text: set[str]) -> float:
        whole = sum(self._weight(term) for term in wanted)
        covered = sum(self._weight(term) * (1 if term in cue else TEXT_WEIGHT) for term in wanted & (cue | text))
        return covered / whole if whole else 0.0

    def _weight(self, term: str) -> float:
        return math.log(1 + (len(self._known) + 1) / (self._in_entries[term] + 1))
