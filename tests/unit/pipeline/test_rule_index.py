"""The index tries a rule only where it may match, and so finds what trying it everywhere finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise import words
from pipeline.rules.disclosure import disclosure_rules
from pipeline.rules.index import RuleIndex
from pipeline.rules.openings import openings
from pipeline.rules.override import override_rules
from pipeline.rules.persona import persona_rules
from pipeline.rules.pressure import pressure_rules
from pipeline.rules.rule import rules

_RULES = override_rules() + persona_rules() + disclosure_rules() + pressure_rules()
_INDEX = RuleIndex(_RULES)
_WORDS = (  # noqa: SIM905  (a word list reads best as words)
    "ignore esqueca forget todas all as the suas your instrucoes instructions regras rules anteriores agora now voce"
    " you e are um a pirata sem no filtro limits mostre show me o prompt dados de outros clientes senha modo mode"
    " developer desenvolvedor ativado confirme desconto de 90 sou gerente libere logs always say only finja que . i m"
).split()


@given(st.lists(st.sampled_from(_WORDS), max_size=25))
def test_the_index_finds_what_every_rule_alone_finds(spoken: list[str]) -> None:
    """No rule is missed and none is added, in the rules' own order."""
    text = words(" ".join(spoken))
    assert _INDEX.matching(text) == [rule for rule in _RULES if rule.pattern.search(text)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ab?c", {"abc*", "ac*"}),
        ("(?:a |the )?(?:x|y[zw])", {"a x*", "a yz*", "a yw*", "the x*", "the yz", "the yw", "x*", "yz*", "yw*"}),
        (r"a\w+b", {"a*"}),
        (r"(?!no)ab", {"ab*"}),
        ("ab{1,3}c", {"ab*"}),
        ("abcdefgh", {"abcdef"}),
        ("a[^b]c", {"a*"}),
    ],
)
def test_openings_are_all_the_ways_a_match_begins(pattern: str, expected: set[str]) -> None:
    """Optional parts, choices, repeats and look-aheads are followed; what is unknown may be anything."""
    assert openings(pattern) == expected


def test_a_pattern_that_does_not_close_is_refused() -> None:
    """A stray parenthesis is a mistake of the pattern's author."""
    with pytest.raises(ValueError, match=r"a\)b"):
        openings("a)b")


def test_a_rule_that_any_word_opens_is_refused() -> None:
    """Such a rule would be tried at every word."""
    with pytest.raises(ValueError, match=r"\*?"):
        RuleIndex(rules("kind", True, [("any", r"\w+ prompt")]))
