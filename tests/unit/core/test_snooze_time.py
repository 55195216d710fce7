"""Until when a conversation is to sleep, as people say it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import BadRequest
from core.domain.snooze_time import LONGEST, SnoozePast, SnoozeTooLong, SnoozeUnclear, read_time

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 3, 4, 10, 30, tzinfo=SAO_PAULO)  # a Wednesday
ZONES = [ZoneInfo(name) for name in ("America/Sao_Paulo", "America/Manaus", "Europe/Berlin", "UTC")]

moments = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("em 1 h", "2026-03-04T11:30"),
        ("1 hora", "2026-03-04T11:30"),
        ("30min", "2026-03-04T11:00"),
        ("em 1h30", "2026-03-04T12:00"),
        ("em 1 h 30 min", "2026-03-04T12:00"),
        ("daqui a 2 dias", "2026-03-06T10:30"),
        ("in 2 hours", "2026-03-04T12:30"),
        ("in 1 week", "2026-03-11T10:30"),
        ("amanhã", "2026-03-05T09:00"),
        ("Amanhã às 9", "2026-03-05T09:00"),
        ("amanha 14h30", "2026-03-05T14:30"),
        ("tomorrow at 3pm", "2026-03-05T15:00"),
        ("hoje às 18h", "2026-03-04T18:00"),
        ("today at 12pm", "2026-03-04T12:00"),
        ("às 15h", "2026-03-04T15:00"),
        ("15h", "2026-03-04T15:00"),
        ("9:00", "2026-03-05T09:00"),  # that hour is over today
        ("sexta", "2026-03-06T09:00"),
        ("sexta-feira às 10", "2026-03-06T10:00"),
        ("quarta 11h", "2026-03-11T11:00"),  # the next one
        ("monday at 10:15", "2026-03-09T10:15"),
        ("25/03", "2026-03-25T09:00"),
        ("25/03 às 14:30", "2026-03-25T14:30"),
        ("2026-03-25 08:00", "2026-03-25T08:00"),
    ],
)
def test_what_people_say(words: str, expected: str) -> None:
    """In both languages, on the business's own clock."""
    assert read_time(words, NOW, SAO_PAULO) == datetime.fromisoformat(expected).replace(tzinfo=SAO_PAULO)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("hoje às 9", SnoozePast),
        ("2026-03-01", SnoozePast),
        ("em 0 min", SnoozePast),
        ("em 61 dias", SnoozeTooLong),
        ("25/12", SnoozeTooLong),
        ("", SnoozeUnclear),
        ("quando der", SnoozeUnclear),
        ("amanhã às 25", SnoozeUnclear),
        ("31/02", SnoozeUnclear),
        ("tomorrow at 13pm", SnoozeUnclear),
        ("segundo", SnoozeUnclear),
        ("em 9999 semanas", SnoozeTooLong),
    ],
)
def test_what_is_no_time_to_wake_at(words: str, error: type[BadRequest]) -> None:
    """Over, too far away, or no time at all: each is told apart."""
    with pytest.raises(error):
        read_time(words, NOW, SAO_PAULO)


@given(st.text(max_size=40), moments, st.sampled_from(ZONES))
def test_whatever_is_written_is_a_time_ahead_or_refused(words: str, now: datetime, zone: ZoneInfo) -> None:
    """Nothing sleeps into the past or for longer than it may, and nothing breaks."""
    try:
        until = read_time(words, now, zone)
    except BadRequest:
        return
    assert now < until <= now + LONGEST


@given(moments, st.sampled_from(ZONES), st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
def test_tomorrow_at_a_time_is_that_time_on_the_clock(now: datetime, zone: ZoneInfo, hour: int, minute: int) -> None:
    """Also on the days when the clocks change, unless that hour is missing."""
    until = read_time(f"amanhã às {hour}:{minute:02d}", now, zone).astimezone(zone)
    day = now.astimezone(zone).date() + timedelta(days=1)
    missing = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    if missing.astimezone(UTC).astimezone(zone).hour != hour:
        return
    assert (until.date(), until.hour, until.minute) == (day, hour, minute)


@given(moments, st.sampled_from(ZONES), st.integers(1, 60 * 24 * 60))
def test_so_many_minutes_are_real_ones(now: datetime, zone: ZoneInfo, minutes: int) -> None:
    """Whatever the clocks do."""
    if minutes > 9999:
        return
    assert read_time(f"em {minutes} min", now, zone) - now == timedelta(minutes=minutes)
