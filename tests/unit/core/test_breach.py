"""Until when the authority and the people affected have to be told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.breach import tell_by


@pytest.mark.parametrize(
    ("known", "small_agent", "expected"),
    [
        pytest.param(date(2026, 11, 23), False, date(2026, 11, 26), id="monday"),
        pytest.param(date(2026, 11, 26), False, date(2026, 12, 1), id="over a weekend"),
        pytest.param(date(2026, 11, 28), False, date(2026, 12, 2), id="known on a saturday"),
        pytest.param(date(2026, 11, 26), True, date(2026, 12, 4), id="a small agent"),
    ],
)
def test_three_working_days_twice_as_many_for_small_agents(known: date, small_agent: bool, expected: date) -> None:  # noqa: FBT001 - a case
    """The day it was known does not count, nor do weekends."""
    assert tell_by(known, small_agent=small_agent) == expected


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.booleans())
def test_it_is_a_working_day_soon(known: date, small_agent: bool) -> None:  # noqa: FBT001 - a case
    """Whatever the day."""
    found = tell_by(known, small_agent=small_agent)
    assert found.weekday() < 5
    assert 3 <= (found - known).days <= (10 if small_agent else 5)
