"""Many rules over one text of words: each is tried only where a word opens as its matches do."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from pipeline.rules.openings import LENGTH
from pipeline.rules.rule import Rule

_WORD_START = re.compile(r" (?=\S)")
_PAIR: Final = 2


class RuleIndex:
    """Finds the rules that match; as many tries as there are words that may open one, whatever the number of rules."""

    __slots__ = ("_by_opening", "_lengths", "_rules")

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Sort the rules by their openings; raise ValueError for a rule that nearly any word may open."""
        self._rules = tuple(rules)
        self._by_opening: defaultdict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(self._rules):
            for opening in rule.openings:
                self._by_opening[opening.rstrip("*")].append(number)
        self._lengths: defaultdict[str, set[int]] = defaultdict(set)
        for opening in self._by_opening:
            if len(opening) < _PAIR:
                raise ValueError(opening)
            self._lengths[opening[:_PAIR]].add(len(opening))

    def matching(self, text: str) -> list[Rule]:
        """Return the rules that match a text in the form of ``words``, in their own order."""
        found: set[int] = set()
        for opening, places in _openings_in(text).items():
            for length in self._lengths.get(opening[:_PAIR], ()):
                self._add_matching(self._by_opening.get(opening[:length], ()), text, places, found)
        return [self._rules[number] for number in sorted(found)]

    def _add_matching(self, numbers: Iterable[int], text: str, places: list[int], found: set[int]) -> None:
        for number in numbers:
            if number not in found:
                match = self._rules[number].pattern.match
                if any(match(text, place) for place in places):
                    found.add(number)


def _openings_in(text: str) -> dict[str, list[int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for word in _WORD_START.finditer(text):
        places[text[word.end() : word.end() + LENGTH]].append(word.start())
    return places
