"""Time that passes only while people are there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.open_time import LOOKS_AHEAD, open_after
from core.domain.tenant import OpeningHours

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = OpeningHours({str(day): ("09:00-12:00", "13:00-18:00") for day in range(5)})
MINUTE = timedelta(minutes=1)

clocks = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
spans = st.tuples(clocks, clocks).map("-".join)
weeks = st.dictionaries(st.sampled_from("0123456"), st.lists(spans, max_size=3).map(tuple), max_size=7)
moments = st.integers(0, 14 * 24 * 60).map(lambda minutes: datetime(2026, 3, 2, tzinfo=UTC) + minutes * MINUTE)


def local(text: str, zone: ZoneInfo = SAO_PAULO) -> datetime:
    """A moment on that zone's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("since", "minutes", "expected"),
    [
        ("2026-03-02T09:00", 120, "2026-03-02T11:00"),
        ("2026-03-02T11:00", 120, "2026-03-02T14:00"),  # lunch does not count
        ("2026-03-02T17:00", 120, "2026-03-03T10:00"),  # nor does the night
        ("2026-03-06T17:30", 60, "2026-03-09T09:30"),  # nor the weekend
        ("2026-03-07T10:00", 1, "2026-03-09T09:01"),
        ("2026-03-02T16:00", 120, "2026-03-02T18:00"),  # the last minute of a span is one of it
        ("2026-03-02T08:00", 0, "2026-03-02T08:00"),
    ],
)
def test_closed_hours_do_not_count(since: str, minutes: int, expected: str) -> None:
    """Two hours from Friday evening end on Monday morning."""
    assert open_after(OFFICE, SAO_PAULO, local(since), minutes * MINUTE) == local(expected)


def test_with_no_hours_every_minute_counts() -> None:
    """Who sets nothing has people there always."""
    since = local("2026-03-07T23:30")
    assert open_after(OpeningHours(), SAO_PAULO, since, 120 * MINUTE) == since + 120 * MINUTE


def test_a_night_that_reaches_into_the_day_counts() -> None:
    """A span that began yesterday goes on today."""
    night = OpeningHours({"4": ("22:00-02:00",)})
    assert open_after(night, SAO_PAULO, local("2026-03-07T01:00"), 90 * MINUTE) == local("2026-03-13T22:30")


def test_minutes_are_real_on_the_day_the_clocks_change() -> None:
    """In the night to 29 March an hour is missing in Berlin: three hours are over an hour later on the clock."""
    always = OpeningHours({str(day): ("00:00-00:00",) for day in range(7)})
    assert open_after(always, BERLIN, local("2026-03-29T00:00", BERLIN), 180 * MINUTE) == local(
        "2026-03-29T04:00", BERLIN
    )


def test_who_is_never_open_never_gets_there() -> None:
    """A week without a span has no such moment, and looking for it ends."""
    assert open_after(OpeningHours({"0": ()}), SAO_PAULO, local("2026-03-02T09:00"), MINUTE) is None


@given(weeks, moments, st.integers(1, 3000))
def test_it_is_open_for_exactly_so_many_minutes(
    week: dict[str, tuple[str, ...]], since: datetime, minutes: int
) -> None:
    """Counted minute by minute with the rule that says whether people are there."""
    hours = OpeningHours(week)
    found = open_after(hours, SAO_PAULO, since, minutes * MINUTE)
    if found is None:
        assert _open_minutes(hours, since, since + LOOKS_AHEAD) < minutes
    else:
        assert _open_minutes(hours, since, found) == minutes
        assert hours.is_open((found - MINUTE).astimezone(SAO_PAULO))


@given(weeks, moments, st.integers(0, 2000), st.integers(0, 2000))
def test_waiting_on_is_waiting_longer(week: dict[str, tuple[str, ...]], since: datetime, one: int, more: int) -> None:
    """A part of the time and then the rest come to the same moment as all of it."""
    hours = OpeningHours(week)
    part = open_after(hours, SAO_PAULO, since, one * MINUTE)
    whole = open_after(hours, SAO_PAULO, since, (one + more) * MINUTE)
    if whole is not None and more:
        assert part is not None
        assert open_after(hours, SAO_PAULO, part, more * MINUTE) == whole


def _open_minutes(hours: OpeningHours, since: datetime, until: datetime) -> int:
    count, moment = 0, since
    while moment < until:
        count += hours.is_open(moment.astimezone(SAO_PAULO))
        moment += MINUTE
    return count
