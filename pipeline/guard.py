"""Judges what a lead wrote before the model reads it: clean, suspicious or an attack, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from pipeline.disguise import carries_invisible_text, hidden_texts, mixes_scripts, respelled, spells_letters_out
from pipeline.normalise import (
    READ_WHOLE,
    clean,
    collapse,
    compact,
    excerpt,
    fold,
    join_separated,
    words,
)
from pipeline.rules.disclosure import disclosure_rules
from pipeline.rules.index import RuleIndex
from pipeline.rules.layout import layout_rules
from pipeline.rules.override import override_rules
from pipeline.rules.persona import persona_rules
from pipeline.rules.pressure import pressure_rules
from pipeline.rules.rule import Rule
from pipeline.rules.run_together import run_together_rules

_Hits = Iterator[tuple[str, bool]]
_MOST_DECODED: Final = READ_WHOLE
"""Characters of hidden texts that are read, all together."""


@dataclass(frozen=True, slots=True)
class GuardVerdict:
    """``attack``: an order to the model; ``suspicious``: could be one. ``reasons`` are stable codes, ``kind.rule``."""

    verdict: Literal["clean", "suspicious", "attack"]
    reasons: tuple[str, ...]


def inspect(text: str) -> GuardVerdict:
    """Judge one text of a lead: a message, a caption, a file name, a transcript, a profile name.

    Of a text longer than ``READ_WHOLE`` its head and tail are read, and a reason says so. The time is
    linear in the characters read, whatever they are: this runs between the turns of other leads.
    """
    hits = dict.fromkeys(_hits(excerpt(text)))
    if len(text) > READ_WHOLE:
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
    cleaned = excerpt(collapse(clean(collapse(text))))
    plain = fold(cleaned, lookalikes=False)
    found = [*_matches(layout_rules(), cleaned.lower()), *_worded(plain)]
    yield from found
    yield from _disguises(text, cleaned)
    yield from _run_together(plain)
    # An order in plain sight settles it; looking for the same under a disguise would add nothing.
    if not any(certain for _, certain in found):
        yield from _hidden_orders(text, cleaned, plain)


def _disguises(text: str, cleaned: str) -> _Hits:
    if carries_invisible_text(text):
        yield "obfuscation.invisible", True
    if mixes_scripts(cleaned):
        yield "obfuscation.mixed_scripts", False
    if spells_letters_out(text):
        yield "obfuscation.spelled_out", False


def _hidden_orders(text: str, cleaned: str, plain: str) -> _Hits:
    seen = {plain}
    for reading in _readings(text, cleaned, plain):
        if reading in seen:
            continue
        seen.add(reading)
        found = [*_worded(reading), *_run_together(reading)]
        if any(certain for _, certain in found):
            yield "obfuscation.hidden_order", True
            yield from found
            return


def _readings(text: str, cleaned: str, plain: str) -> Iterator[str]:
    lookalike = plain if plain.isascii() else fold(cleaned)
    yield lookalike
    yield fold(join_separated(cleaned))
    yield from respelled(lookalike)
    left = _MOST_DECODED
    for hidden in hidden_texts(text):
        yield fold(excerpt(collapse(clean(collapse(hidden[:left])))))
        left -= len(hidden)
        if left <= 0:
            return


def _worded(folded: str) -> _Hits:
    return ((rule.code, rule.certain) for rule in _word_rules().matching(words(folded)))


def _run_together(folded: str) -> _Hits:
    together = compact(folded)
    return _matches(run_together_rules(), f"{together}\n{together[::-1]}")


def _matches(rules: Iterable[Rule], view: str) -> _Hits:
    return ((rule.code, rule.certain) for rule in rules if rule.pattern.search(view))


@cache
def _word_rules() -> RuleIndex:
    return RuleIndex(override_rules() + persona_rules() + disclosure_rules() + pressure_rules())
