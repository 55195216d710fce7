"""What happens while a lead waits for the team: each rung once, in order, in the tenant's open time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.open_time import after_open
from core.domain.tenant import HandOffRules, OpeningHours, TenantProfile, TenantSettings
from core.domain.waiting import (
    DueRung,
    Rung,
    Wait,
    WaitingAction,
    minutes_to_fallback,
    out_of_order,
    waiting_action,
)

OFFICE = OpeningHours({str(day): ("09:00-12:00", "13:00-18:00") for day in range(5)})
ZONES = ("America/Sao_Paulo", "America/Manaus", "Europe/Berlin", "UTC")
MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("America/Sao_Paulo"))

clocks = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
spans = st.tuples(clocks, clocks).map("-".join)
weeks = st.dictionaries(st.sampled_from("0123456"), st.lists(spans, max_size=3).map(tuple), max_size=7)
rules = st.builds(
    HandOffRules,
    reminder_minutes=st.integers(0, 600),
    escalation_minutes=st.integers(0, 600),
    waiting_minutes=st.integers(1, 600),
)
moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: datetime(2026, 3, 2, tzinfo=UTC) + minutes * MINUTE)


def tenant(
    hand_off: HandOffRules | None = None, hours: OpeningHours | None = None, zone: str = ZONES[0]
) -> TenantProfile:
    """A business with these times."""
    settings = TenantSettings(hand_off=hand_off or HandOffRules(), hours=hours or OpeningHours())
    return TenantProfile(UUID(int=1), "Acme", "active", zone, "pt-BR", False, 4.0, settings)


tenants = st.builds(tenant, rules, weeks.map(OpeningHours), st.sampled_from(ZONES))


def wait(business: TenantProfile, since: datetime) -> Wait:
    """A wait as it begins."""
    minutes = minutes_to_fallback(business, since)
    return Wait(since, None if minutes is None else since + minutes * MINUTE)


def climbed(business: TenantProfile, since: datetime) -> list[DueRung]:
    """All that happens in a wait that nobody ends."""
    now, found = wait(business, since), []
    while (due := now.next_rung(business)) is not None:
        found.append(due)
        now = now.after(due.rung)
    return found


def test_the_team_is_reminded_then_its_leaders_are_told_then_the_choice_happens() -> None:
    """After ten, twenty and thirty minutes, with nothing set."""
    assert [(due.rung, due.at - MONDAY) for due in climbed(tenant(), MONDAY)] == [
        (Rung.REMINDER, 10 * MINUTE),
        (Rung.ESCALATION, 20 * MINUTE),
        (Rung.FALLBACK, 30 * MINUTE),
    ]


def test_who_writes_at_night_is_reminded_of_after_opening() -> None:
    """Closed hours do not count: ten minutes after the doors open, not at two in the morning."""
    night = MONDAY.replace(hour=2)
    (first, *_) = climbed(tenant(hours=OFFICE), night)
    assert first == DueRung(Rung.REMINDER, MONDAY.replace(hour=9, minute=10))


def test_a_rung_that_is_off_is_left_out() -> None:
    """Zero minutes: nobody is told."""
    quiet = tenant(HandOffRules(reminder_minutes=0, escalation_minutes=0))
    assert [due.rung for due in climbed(quiet, MONDAY)] == [Rung.FALLBACK]


def test_a_team_that_is_never_there_is_never_reminded() -> None:
    """Nobody would hear it: with no open hour ahead the lead waits for as long as it takes."""
    closed = tenant(hours=OpeningHours({"0": ()}))
    assert climbed(closed, MONDAY) == []


@given(tenants, moments)
def test_each_rung_happens_once_and_in_order(business: TenantProfile, since: datetime) -> None:
    """Whatever the hours, the zone and the times: rungs rise, and time does not run back."""
    found = climbed(business, since)
    assert all(one.rung < two.rung and one.at <= two.at for one, two in pairwise(found))


@given(tenants, moments)
def test_nothing_happens_before_its_open_minutes_have_passed(business: TenantProfile, since: datetime) -> None:
    """Reminders to the second, the choice to the minute: never early."""
    set_to = business.settings.hand_off
    times = {
        Rung.REMINDER: set_to.reminder_minutes,
        Rung.ESCALATION: set_to.escalation_minutes,
        Rung.FALLBACK: set_to.waiting_minutes,
    }
    for due in climbed(business, since):
        told = after_open(business, since, times[due.rung])
        assert told is not None
        assert told <= due.at < told + MINUTE


@given(tenants, moments)
def test_times_in_order_are_all_kept(business: TenantProfile, since: datetime) -> None:
    """No rung that is set is lost to another, when the settings say what they may say."""
    set_to = business.settings.hand_off
    if out_of_order(set_to) or wait(business, since).until is None:
        return
    expected = [Rung.REMINDER] * (set_to.reminder_minutes > 0) + [Rung.ESCALATION] * (set_to.escalation_minutes > 0)
    assert [due.rung for due in climbed(business, since)] == [*expected, Rung.FALLBACK]


@given(tenants, moments, st.integers(0, 3))
def test_what_lies_behind_does_not_come_again(business: TenantProfile, since: datetime, step: int) -> None:
    """Whoever looks after a restart goes on where the row says."""
    due = replace(wait(business, since), climbed=step).next_rung(business)
    assert due is None or due.rung > step


def test_a_wait_without_end_is_told_of_all_the_same() -> None:
    """Whom the AI is not to have back the team is reminded of, and no choice follows."""
    for_ever = Wait(MONDAY, None)
    first = for_ever.next_rung(tenant())
    assert first == DueRung(Rung.REMINDER, MONDAY + 10 * MINUTE)
    assert for_ever.after(Rung.ESCALATION).next_rung(tenant()) is None


@pytest.mark.parametrize(
    ("reminder", "escalation", "waiting", "late"),
    [
        (10, 20, 30, ""),
        (0, 0, 1, ""),
        (20, 20, 30, "reminder_minutes"),
        (10, 30, 30, "escalation_minutes"),
        (30, 0, 30, "reminder_minutes"),
        (0, 40, 30, "escalation_minutes"),
    ],
)
def test_times_that_overtake_each_other_are_named(reminder: int, escalation: int, waiting: int, late: str) -> None:
    """What is off has no place in the order."""
    assert (
        out_of_order(HandOffRules(reminder_minutes=reminder, escalation_minutes=escalation, waiting_minutes=waiting))
        == late
    )


def test_a_choice_of_another_release_counts_as_not_set() -> None:
    """What nobody here knows harms nobody."""
    assert waiting_action(tenant(HandOffRules(waiting_action="?"))) is WaitingAction.AI
