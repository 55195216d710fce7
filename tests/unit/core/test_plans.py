"""Plans: what is beyond one, what it costs, where a month leads."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.plans import Money, Plan, fault_in, next_month, projected

PRO = Plan("pro", "Pro", 1000, 3, price_cents=49_700, excess_cents=90)


@pytest.mark.parametrize(("leads", "excess", "cents"), [(0, 0, 0), (1000, 0, 0), (1001, 1, 90), (1500, 500, 45_000)])
def test_what_is_beyond_is_priced(leads: int, excess: int, cents: int) -> None:
    """Each lead beyond the plan costs the same; up to its last one nothing does."""
    assert (PRO.terms.excess(leads), PRO.terms.excess_price(leads)) == (excess, Money(cents, "BRL"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"key": "Pro plan"}, "key"),
        ({"key": "x" * 25}, "key"),
        ({"name": " "}, "name"),
        ({"leads": 0}, "leads"),
        ({"attendants": 0}, "attendants"),
        ({"price_cents": -1}, "price"),
        ({"excess_cents": -1}, "price"),
        ({"currency": "R$"}, "currency"),
    ],
)
def test_what_is_no_plan_is_named(change: dict[str, object], named: str) -> None:
    """An operator is told what is wrong with what he described."""
    assert not fault_in(PRO)
    assert named in fault_in(replace(PRO, **change))  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(
    ("at", "leads", "end"),
    [
        (datetime(2026, 11, 16), 150, 300),  # noqa: DTZ001 - half of a month of the tenant's own
        (datetime(2026, 11, 1, 0, 1), 10, 300),  # noqa: DTZ001 - its first minute
        (datetime(2026, 11, 30, 23, 59, 59), 299, 299),  # noqa: DTZ001 - its last second
        (datetime(2026, 2, 15), 14, 28),  # noqa: DTZ001 - half of a short one
    ],
)
def test_a_month_goes_on_as_it_did(at: datetime, leads: int, end: int) -> None:
    """Twice as many at its end as in its half; of the first day no less than a day is taken."""
    assert projected(leads, at) == end


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), st.integers(0, 10_000))  # noqa: DTZ001 - a clock's face
def test_no_month_ends_with_fewer_than_it_has(at: datetime, leads: int) -> None:
    """Whatever the clocks did to the month."""
    assert leads <= projected(leads, at.replace(tzinfo=ZoneInfo("America/Sao_Paulo"))) <= leads * 31


def test_after_december_comes_january() -> None:
    """The months of a year and the next."""
    assert [next_month(date(2026, month, 15)).isoformat() for month in (1, 11, 12)] == [
        "2026-02-01",
        "2026-12-01",
        "2027-01-01",
    ]
