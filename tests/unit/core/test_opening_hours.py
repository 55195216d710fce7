"""When people are there."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from core.domain.tenant import OpeningHours, TenantProfile, TenantSettings

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(hours: float, weekday: int = 0) -> datetime:
    """That hour of that weekday."""
    return MONDAY + timedelta(days=weekday, hours=hours)


@pytest.mark.parametrize(
    ("hour", "is_open"), [(7.99, False), (8, True), (11.9, True), (12, False), (13, True), (18, False)]
)
def test_spans_of_a_day(hour: float, is_open: bool) -> None:  # noqa: FBT001 - the expected value
    """Open from the first minute of a span, closed from its last."""
    assert OpeningHours({"0": ("08:00-12:00", "13:00-18:00")}).is_open(at(hour)) is is_open


def test_a_day_without_spans_is_closed() -> None:
    """Who names Monday alone is closed on Tuesday."""
    assert not OpeningHours({"0": ("08:00-12:00",)}).is_open(at(9, weekday=1))


def test_no_hours_at_all_is_always_open() -> None:
    """Who sets nothing has people there always."""
    assert OpeningHours().is_open(at(3))


@pytest.mark.parametrize(
    ("weekday", "hour", "is_open"),
    [(4, 21, False), (4, 22, True), (4, 23.9, True), (5, 0, True), (5, 1.9, True), (5, 2, False), (4, 1, False)],
)
def test_a_span_over_midnight(weekday: int, hour: float, is_open: bool) -> None:  # noqa: FBT001 - the expected value
    """Friday 22:00-02:00 ends on Saturday morning, and says nothing of Friday morning."""
    assert OpeningHours({"4": ("22:00-02:00",)}).is_open(at(hour, weekday)) is is_open


def test_a_span_over_the_end_of_the_week() -> None:
    """Sunday's night ends on Monday."""
    assert OpeningHours({"6": ("22:00-02:00",)}).is_open(at(1))


@pytest.mark.parametrize("hour", [0, 12, 23.9])
def test_a_span_of_a_whole_day(hour: float) -> None:
    """From midnight to midnight is all day."""
    assert OpeningHours({"0": ("00:00-00:00",)}).is_open(at(hour))


@pytest.mark.parametrize(
    ("timezone", "hour"), [("America/Sao_Paulo", 9), ("Asia/Tokyo", 21), ("America/Rio_Branco", 7)]
)
def test_hours_are_the_tenants_own(timezone: str, hour: int) -> None:
    """The same moment is another hour on each tenant's clock."""
    tenant = TenantProfile(uuid4(), "Acme", "active", timezone, "pt-BR", False, 4.0, TenantSettings())
    assert tenant.local(datetime(2026, 3, 2, 12, tzinfo=UTC)).hour == hour
