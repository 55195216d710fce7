"""Judges what a lead wrote before the model reads it: clean, suspicious or an attack, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from pipeline.disguise import carries_invisible_text, hidden_texts, mixes_scripts, respelled, spells_letters_out
from pipeline.normalise import clean, compact, fold, join_separated, words
from pipeline.rules.disclosure import disclosure_rules
from pipeline.rules.layout import layout_rules
from pipeline.rules.override import override_rules
from pipeline.rules.persona import persona_rules
from pipeline.rules.pressure import pressure_rules
from pipeline.rules.rule import Rule
from pipeline.rules.run_together import run_together_rules

_Hits = Iterator[tuple[str, bool]]
MAX_CHARACTERS: Final = 20_000
"""Longer than any channel delivers; what is over it is not read, and said so."""


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """``attack``: an order to the model; ``suspicious``: could be one. ``reasons`` are stable codes, ``kind.rule``."""

    verdict: Literal["clean", "suspicious", "attack"]
    reasons: tuple[str, ...]


def inspect(text: str) -> GuardVerdict:
    """Judge one text of a lead: a message, a caption, a file name, a transcript, a profile name."""
    hits = dict.fromkeys(_hits(text[:MAX_CHARACTERS]))
    if len(text) > MAX_CHARACTERS:
        hits["obfuscation.oversized", False] = None
    return _verdict(hits)


def _verdict(hits: Iterable[tuple[str, bool]]) -> GuardVerdict:
    found = list(hits)
    if not found:
        return GuardVerdict("clean", ())
    reasons = tuple(dict.fromkeys(code for code, _ in found))
    certain = any(certain for _, certain in found) or len(reasons) > 1
    return GuardVerdict("attack" if certain else "suspicious", reasons)


def _hits(text: str) -> _Hits:
    cleaned = clean(text)
    yield from _matches(layout_rules(), cleaned)
    plain = fold(cleaned, lookalikes=False)
    yield from _worded(plain)
    yield from _disguised(text, cleaned, plain)


def _disguised(text: str, cleaned: str, plain: str) -> _Hits:
    if carries_invisible_text(text):
        yield "obfuscation.invisible", True
    if mixes_scripts(cleaned):
        yield "obfuscation.mixed_scripts", False
    if spells_letters_out(text):
        yield "obfuscation.spelled_out", False
    together = compact(plain)
    yield from _matches(run_together_rules(), together)
    yield from _matches(run_together_rules(), together[::-1])
    for reading in _readings(text, cleaned, plain):
        found = list(_worded(reading))
        found += _matches(run_together_rules(), compact(reading))
        if any(certain for _, certain in found):
            yield "obfuscation.hidden_order", True
            yield from found


def _readings(text: str, cleaned: str, plain: str) -> Iterator[str]:
    lookalike = fold(cleaned)
    if lookalike != plain:
        yield lookalike
    joined = fold(join_separated(cleaned))
    if joined != lookalike:
        yield joined
    yield from respelled(lookalike)
    for hidden in hidden_texts(text):
        yield fold(clean(hidden))


def _worded(folded: str) -> _Hits:
    return _matches(_word_rules(), words(folded))


def _matches(rules: Iterable[Rule], view: str) -> _Hits:
    return ((rule.code, rule.certain) for rule in rules if rule.pattern.search(view))


@cache
def _word_rules() -> tuple[Rule, ...]:
    return override_rules() + persona_rules() + disclosure_rules() + pressure_rules()
