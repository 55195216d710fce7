"""When jobs are due, by the clocks of every zone that there is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.schedule import Daily, Hourly, Monthly, Weekly, When, instant, latest_due, next_due

ZONES = sorted(available_timezones() - {"localtime"})
AWKWARD = (
    "America/Sao_Paulo", "America/New_York", "America/St_Johns", "Europe/Lisbon", "Europe/Dublin", "Asia/Kolkata",
    "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kwajalein", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza",
    "America/Godthab", "Antarctica/Troll",
)  # fmt: skip
"""Zones whose clocks jump at midnight, over midnight, by half an hour, by two hours, by a day."""

zones = st.sampled_from(AWKWARD) | st.sampled_from(ZONES)
times = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
schedules: st.SearchStrategy[When] = (
    st.builds(Hourly, st.integers(0, 59))
    | st.builds(Daily, times)
    | st.builds(Weekly, st.integers(0, 6), times)
    | st.builds(Monthly, st.integers(1, 31), times)
)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given UTC


@given(schedules, zones, moments)
def test_nothing_is_due_in_the_future(when: When, zone: str, at: datetime) -> None:
    """The latest moment is past, the next one is not, and nothing lies between."""
    due, coming = latest_due(when, ZoneInfo(zone), at), next_due(when, ZoneInfo(zone), at)
    assert due <= at < coming
    assert next_due(when, ZoneInfo(zone), due) == coming
    assert latest_due(when, ZoneInfo(zone), coming - timedelta(microseconds=1)) == due


@given(schedules, zones, moments)
def test_what_is_due_is_a_moment_of_its_own(when: When, zone: str, at: datetime) -> None:
    """Whoever looks later, before the next moment, finds the very same one: it can be a key."""
    due = latest_due(when, ZoneInfo(zone), at)
    assert latest_due(when, ZoneInfo(zone), due) == due


@given(schedules, zones, moments, st.timedeltas(timedelta(), timedelta(days=40)))
def test_time_does_not_go_back(when: When, zone: str, at: datetime, later: timedelta) -> None:
    """What is due later is no earlier moment."""
    assert latest_due(when, ZoneInfo(zone), at) <= latest_due(when, ZoneInfo(zone), at + later)


@given(zones, times, st.dates(date(1990, 1, 1), date(2037, 12, 1)))
def test_each_local_day_has_one_daily_moment(zone: str, at: time, day: date) -> None:
    """At that very time, or at the first one after it that the clocks show; a day that never was has none."""
    clocks = ZoneInfo(zone)
    found = list(Daily(at).on(day, clocks))
    noon = instant(datetime.combine(day, time(12)), clocks)
    assert len(found) == (noon.astimezone(clocks).date() == day)
    for moment in found:
        shown = moment.astimezone(clocks).replace(tzinfo=None, fold=0)
        wanted = datetime.combine(day, at)
        assert shown == wanted or (
            shown > wanted and (moment - timedelta(seconds=1)).astimezone(clocks).replace(tzinfo=None) < wanted
        )


@given(zones, st.integers(0, 59), moments)
def test_hours_are_hours(zone: str, minute: int, at: datetime) -> None:
    """Between two moments of an hourly job lies an hour, or what the clocks make of one where they jump by part of it."""
    due = latest_due(Hourly(minute), ZoneInfo(zone), at)
    assert timedelta() < next_due(Hourly(minute), ZoneInfo(zone), at) - due < timedelta(hours=2)


@given(zones, st.integers(1, 31), times, st.integers(1990, 2036), st.integers(1, 12))
def test_each_month_has_one_moment(zone: str, day: int, at: time, year: int, month: int) -> None:
    """Short months too, on their last day."""
    clocks = ZoneInfo(zone)
    days = [date(year, month, 1) + timedelta(days=ahead) for ahead in range(31)]
    found = [one for each in days if each.month == month for one in Monthly(day, at).on(each, clocks)]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("zone", "when", "at", "due"),
    [
        ("America/New_York", Daily(time(2, 30)), "2026-03-08T12:00-04:00", "2026-03-08T03:00-04:00"),
        ("America/New_York", Daily(time(1, 30)), "2026-11-01T12:00-05:00", "2026-11-01T01:30-04:00"),
        ("America/Sao_Paulo", Daily(time(0)), "2018-11-04T12:00-02:00", "2018-11-04T01:00-02:00"),
        ("Pacific/Apia", Daily(time(3)), "2011-12-31T02:00+14:00", "2011-12-29T03:00-10:00"),
        ("Pacific/Apia", Monthly(30, time(3)), "2011-12-31T02:00+14:00", "2011-12-31T00:00+14:00"),
        ("Asia/Kolkata", Monthly(31, time(0)), "2028-02-29T00:00+05:30", "2028-02-29T00:00+05:30"),
        ("Asia/Kolkata", Monthly(31, time(0)), "2027-03-01T00:00+05:30", "2027-02-28T00:00+05:30"),
        ("Europe/Lisbon", Weekly(6, time(5)), "2026-11-26T00:00+00:00", "2026-11-22T05:00+00:00"),
        ("Europe/Lisbon", Hourly(15), "2026-10-25T01:20+00:00", "2026-10-25T01:15+00:00"),
        ("Australia/Lord_Howe", Hourly(15), "2026-10-04T02:40+11:00", "2026-10-04T02:30+11:00"),
    ],
)
def test_clocks_that_jump(zone: str, when: When, at: str, due: str) -> None:
    """Where the clocks go forward over it, at the first instant after; where they go back over it, the first time."""
    assert latest_due(when, ZoneInfo(zone), datetime.fromisoformat(at)) == datetime.fromisoformat(due)
