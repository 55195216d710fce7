"""A tenant's settings, read from JSON."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import BadRequest
from core.domain.tenant import TenantSettings, read_settings, stored_settings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted(asdict(TenantSettings()))


def test_nothing_set_gives_the_defaults() -> None:
    """The default hand-off rules: complaints, below 70, above 60, 15 idle turns, three unreadable messages."""
    rules = read_settings({}).hand_off
    assert (rules.intents, rules.min_confidence, rules.hot_score, rules.idle_turns, rules.unreadable_run) == (
        ("complaint",), 70, 60, 15, 3,
    )  # fmt: skip


def test_settings_are_read() -> None:
    """Values of every shape arrive, nested ones too."""
    settings = read_settings(
        {
            "persona": "Bia",
            "monthly_budget_usd": 12,
            "hand_off": {"intents": ["buying", "complaint"], "on_price": True},
            "hours": {"spans": {"0": ["08:00-18:00"]}},
        }
    )
    assert (settings.persona, settings.monthly_budget_usd, settings.hand_off.intents, settings.hours.spans) == (
        "Bia", 12.0, ("buying", "complaint"), {"0": ("08:00-18:00",)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"personna": "x"}, "personna"),
        ({"persona": 5}, "persona"),
        ({"max_bubbles": True}, "max_bubbles"),
        ({"max_bubbles": "2"}, "max_bubbles"),
        ({"hand_off": {"waiting_minutes": 9_999_999_999}}, "hand_off.waiting_minutes"),
        ({"monthly_budget_usd": "much"}, "monthly_budget_usd"),
        ({"monthly_budget_usd": float("nan")}, "monthly_budget_usd"),
        ({"hand_off": {"min_confidence": "high"}}, "hand_off.min_confidence"),
        ({"hand_off": {"intents": "complaint"}}, "hand_off.intents"),
        ({"hand_off": {"intents": ["complaint", 5]}}, "hand_off.intents"),
        ({"hand_off": {"minimum": 5}}, "hand_off.minimum"),
        ({"hand_off": []}, "hand_off"),
        ({"hours": {"spans": []}}, "hours.spans"),
        ({"hours": {"spans": {"0": ["8 to 18"]}}}, "hours.spans"),
        ({"hours": {"spans": {"0": ["08:00"]}}}, "hours.spans"),
        ({"hours": {"spans": {"0": ["25:00-26:00"]}}}, "hours.spans"),
        ({"hours": {"spans": {"0": ["08:00+03:00-18:00"]}}}, "hours.spans"),
        ({"hours": {"spans": {"0": 5}}}, "hours.spans"),
        ({"hours": {"spans": {"0": "08:00-18:00"}}}, "hours.spans"),
        ({"hours": {"spans": {"monday": ["08:00-18:00"]}}}, "hours.spans"),
        ({"hours": {"spans": {"7": ["08:00-18:00"]}}}, "hours.spans"),
    ],
)
def test_what_does_not_fit_is_named(values: Mapping[str, Any], named: str) -> None:
    """The error says which setting is at fault."""
    with pytest.raises(BadRequest, match=rf"\b{named}\b"):
        read_settings(values)


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4))
def test_anything_is_read_or_refused(values: dict[str, Any]) -> None:
    """No JSON does worse than ``BadRequest``."""
    with suppress(BadRequest):
        read_settings(values)


@given(st.dictionaries(st.text(max_size=3), st.lists(st.text("0123456789:-+", max_size=12) | JSON, max_size=2)))
def test_any_hours_are_read_or_refused(spans: dict[str, Any]) -> None:
    """The same for opening hours, the one setting with a language of its own."""
    with suppress(BadRequest):
        read_settings({"hours": {"spans": spans}})


def test_stored_settings_that_no_longer_fit_cost_only_themselves() -> None:
    """What another release stored under another name stops no turn; the rest is read."""
    settings = stored_settings({"gone": 1, "max_bubbles": "two", "persona": "Bia"})
    assert (settings.persona, settings.max_bubbles) == ("Bia", 1)
