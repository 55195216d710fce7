"""Reading the model's decision."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.decision import INTENTS, decision_schema, parse_decision
from core.domain.errors import ModelInvalid
from tests.fakes import decided

FIELDS = sorted(decided())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*FIELDS, "name", "value"]), inner),
    max_leaves=12,
)


def test_a_decision_is_read_whole() -> None:
    """Every field of the answer arrives."""
    told = decided(
        "Oi!",
        "Tudo bem?",
        intent="buying",
        confidence=81,
        should_handoff=True,
        handoff_reason="wants to visit",
        score_delta=12,
        lead_facts=[{"name": "budget", "value": "500"}],
    )
    assert parse_decision(told).to_json() == {
        "replies": ["Oi!", "Tudo bem?"],
        "intent": "buying",
        "confidence": 81,
        "should_handoff": True,
        "handoff_reason": "wants to visit",
        "score_delta": 12,
        "facts": {"budget": "500"},
    }


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_anything_else_is_an_invalid_answer(value: dict[str, Any]) -> None:
    """No JSON object does worse than ``ModelInvalid``."""
    with suppress(ModelInvalid):
        parse_decision(value)


@given(st.sampled_from(FIELDS), JSON)
def test_one_wrong_field_is_an_invalid_answer(name: str, value: Any) -> None:
    """A single field of any shape is taken within its limits or refused, never a crash."""
    with suppress(ModelInvalid):
        decision = parse_decision(decided() | {name: value})
        assert 0 <= decision.confidence <= 100
        assert -50 <= decision.score_delta <= 30
        assert decision.intent in INTENTS


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN"])
def test_a_number_that_is_none_is_invalid(number: str) -> None:
    """JSON readers make infinities of numbers that are too large; they are no confidence."""
    with pytest.raises(ModelInvalid):
        parse_decision(decided(confidence=json.loads(number)))


@pytest.mark.parametrize("missing", FIELDS)
def test_every_field_is_needed(missing: str) -> None:
    """An answer without one of the fields is invalid."""
    with pytest.raises(ModelInvalid, match=missing):
        parse_decision({name: value for name, value in decided().items() if name != missing})


def test_numbers_are_clamped() -> None:
    """What is beyond the limits counts as the limit."""
    decision = parse_decision(decided(confidence=140, score_delta=-90))
    assert (decision.confidence, decision.score_delta) == (100, -50)


def test_a_decision_needs_words() -> None:
    """An answer of nothing but blanks is invalid."""
    with pytest.raises(ModelInvalid):
        parse_decision(decided("", "  \n"))


def test_spam_needs_no_words() -> None:
    """Spam gets no answer, so none is asked for."""
    assert parse_decision(decided("", intent="spam")).replies == ()


def test_words_are_fit_to_be_stored() -> None:
    """Zero bytes and lone surrogates, which no database takes, are gone."""
    assert parse_decision(decided("a\x00b\ud800")).replies == ("ab?",)


def test_an_intent_that_is_none_of_ours() -> None:
    """The intent is one of the list."""
    with pytest.raises(ModelInvalid, match="greeting"):
        parse_decision(decided(intent="weather"))


def test_the_schema_asks_for_what_is_read() -> None:
    """The schema requires exactly the fields that are read, and nothing more is allowed."""
    schema = decision_schema()
    assert (schema["required"], schema["additionalProperties"]) == (list(decided()), False)
