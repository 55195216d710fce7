"""A lead who fell silent is written to again when he may be, and never otherwise."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.domain.conversation import ConversationStatus
from core.domain.follow_up import (
    FollowUpRules,
    FollowUpStep,
    Refusal,
    Silenced,
    StepHold,
    StepKind,
    Verdict,
    good_until,
    verdict,
)
from core.domain.tenant import OpeningHours

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
HOURS = OpeningHours({str(day): ("09:00-20:00",) for day in range(5)})
STEPS = (
    FollowUpStep(timedelta(hours=3), StepKind.TEXT, "Ainda posso ajudar?"),
    FollowUpStep(timedelta(hours=2), StepKind.TEXT, "Última vez!"),
)
RULES = FollowUpRules(is_on=True, steps=STEPS, hours=HOURS, holidays=frozenset(), stages=frozenset({"new"}))
NOON = datetime(2026, 3, 2, 12, tzinfo=SAO_PAULO)  # a Monday
LEAD = Silenced(
    status=ConversationStatus.AI, stage="new", opted_out=False, last_word_at=NOON, is_answered=True, is_unsent=False, steps_done=0,
    last_step_at=None,
)  # fmt: skip


def test_a_step_is_due_its_time_after_the_last_word() -> None:
    """Not a moment before."""
    assert verdict(RULES, LEAD, SAO_PAULO, NOON) == Verdict(1, NOON + timedelta(hours=3))


def test_what_is_due_by_night_waits_for_the_morning() -> None:
    """The hours of follow-ups are their own, and of the days that were chosen."""
    friday = datetime(2026, 3, 6, 18, tzinfo=SAO_PAULO)
    monday = datetime(2026, 3, 9, 9, tzinfo=SAO_PAULO)
    assert verdict(RULES, replace(LEAD, last_word_at=friday), SAO_PAULO, friday).due_at == monday


def test_a_holiday_is_no_day_for_it() -> None:
    """The morning after is."""
    rules = replace(RULES, holidays=frozenset({date(2026, 3, 2), date(2026, 3, 3)}))
    assert verdict(rules, LEAD, SAO_PAULO, NOON).due_at == datetime(2026, 3, 4, 9, tzinfo=SAO_PAULO)


def test_two_to_one_lead_are_far_apart() -> None:
    """Twenty hours at least, though the step says two, and though he wrote in between."""
    again = replace(LEAD, steps_done=1, last_step_at=NOON)
    anew = replace(LEAD, last_word_at=NOON + timedelta(hours=1), last_step_at=NOON)
    assert [verdict(RULES, one, SAO_PAULO, NOON).due_at for one in (again, anew)] == [
        datetime(2026, 3, 3, 9, tzinfo=SAO_PAULO)
    ] * 2


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"ai_answers": False}, Refusal.TENANT), ({"opted_out": True}, Refusal.OPTED_OUT),
        ({"status": ConversationStatus.CLOSED}, Refusal.CLOSED), ({"status": ConversationStatus.HUMAN}, Refusal.PERSON),
        ({"status": ConversationStatus.WAITING_HUMAN}, Refusal.PERSON), ({"stage": "lost"}, Refusal.STAGE),
        ({"channel_works": False}, Refusal.CHANNEL), ({"over_budget": True}, Refusal.BUDGET),
        ({"is_answered": False}, Refusal.ANSWERED), ({"is_unsent": True}, Refusal.UNSENT), ({"steps_done": 2}, Refusal.DONE),
    ],
)  # fmt: skip
def test_each_reason_keeps_it_back(change: dict[str, object], refusal: Refusal) -> None:
    """Alone, whatever else holds, and at any time."""
    lead = replace(LEAD, **change)  # type: ignore[arg-type]  # fields of mixed types
    later = NOON + timedelta(days=3)
    assert [verdict(RULES, lead, SAO_PAULO, at) for at in (NOON, later)] == [Verdict(refusal=refusal)] * 2


def test_it_is_off_until_it_is_switched_on() -> None:
    """Whatever the steps are."""
    assert verdict(replace(RULES, is_on=False), LEAD, SAO_PAULO, NOON) == Verdict(refusal=Refusal.OFF)


def test_no_hour_is_no_follow_up() -> None:
    """Hours that never come, or holidays without end."""
    never = replace(RULES, holidays=frozenset(date(2026, 3, 2) + timedelta(days=n) for n in range(100)))
    assert verdict(never, LEAD, SAO_PAULO, NOON).refusal is Refusal.HOURS


def test_beyond_the_window_a_step_is_held() -> None:
    """It is told, not sent, and a template is held as long as there are none."""
    narrow = replace(LEAD, window=timedelta(hours=2))
    template = replace(RULES, steps=(FollowUpStep(timedelta(hours=1), StepKind.TEMPLATE),))
    held = [verdict(RULES, narrow, SAO_PAULO, NOON), verdict(template, LEAD, SAO_PAULO, NOON)]
    assert [(one.hold, one.may_go_at(NOON + timedelta(days=9))) for one in held] == [
        (StepHold.WINDOW, False),
        (StepHold.TEMPLATE, False),
    ]


def test_the_last_moment_of_its_hours_is_too_late_to_write() -> None:
    """It would have to leave at once; a minute before there is time enough."""
    closing = datetime(2026, 3, 2, 20, tzinfo=SAO_PAULO)
    silent = replace(LEAD, last_word_at=NOON - timedelta(days=1))
    at = [closing - timedelta(seconds=left) for left in (60, 59)]
    assert [verdict(RULES, silent, SAO_PAULO, one).due_at for one in at] == [
        at[0],
        datetime(2026, 3, 3, 9, tzinfo=SAO_PAULO),
    ]


def test_the_last_moment_before_a_holiday_or_the_windows_end_is_too_late_too() -> None:
    """As if it were over."""
    hours = OpeningHours({str(day): ("00:00-00:00",) for day in range(7)})
    rules = replace(RULES, hours=hours, holidays=frozenset({date(2026, 3, 3)}))
    midnight = datetime(2026, 3, 3, tzinfo=SAO_PAULO)
    late = verdict(rules, LEAD, SAO_PAULO, midnight - timedelta(seconds=30))
    narrow = replace(LEAD, window=timedelta(hours=4, seconds=30))
    held = verdict(RULES, narrow, SAO_PAULO, NOON + timedelta(hours=4))
    assert (late.due_at, held.hold) == (midnight + timedelta(days=1), StepHold.WINDOW)


def test_hours_that_follow_on_one_another_are_one() -> None:
    """Over midnight too: nothing waits for the next day's."""
    hours = OpeningHours({str(day): ("00:00-00:00",) for day in range(7)})
    at = datetime(2026, 3, 2, 23, 59, 30, tzinfo=SAO_PAULO)
    assert verdict(replace(RULES, hours=hours), LEAD, SAO_PAULO, at).due_at == at


@pytest.mark.parametrize(("before", "minutes"), [(3600, 10), (300, 5), (90, 1)])
def test_what_is_written_is_good_while_its_hours_last(before: int, minutes: int) -> None:
    """And for ten minutes at most."""
    at = datetime(2026, 3, 2, 20, tzinfo=SAO_PAULO) - timedelta(seconds=before)
    assert good_until(RULES, LEAD, SAO_PAULO, at) == at + timedelta(minutes=minutes)


_CLOCKS = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
_WEEKS = st.dictionaries(
    st.sampled_from("0123456"),
    st.lists(st.tuples(_CLOCKS, _CLOCKS).map("-".join), min_size=1, max_size=3).map(tuple),
    min_size=1,
)


@given(
    week=_WEEKS, zone=st.sampled_from(["America/Sao_Paulo", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    seconds=st.integers(0, 21 * 24 * 3600), holidays=st.sets(st.integers(0, 30), max_size=5),
)  # fmt: skip
def test_it_is_never_due_outside_its_hours(
    week: dict[str, tuple[str, ...]], zone: str, seconds: int, holidays: set[int]
) -> None:
    """Nor on a holiday, whatever the clocks do; it may be written then, and has a minute to leave."""
    days = frozenset(date(2026, 3, 1) + timedelta(days=number) for number in holidays)
    rules = replace(RULES, hours=OpeningHours(week), holidays=days)
    at, clocks = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=seconds), ZoneInfo(zone)
    silent = replace(LEAD, last_word_at=at - timedelta(days=1))
    due = verdict(rules, silent, clocks, at).due_at
    assert due is not None
    local = due.astimezone(clocks)
    assert due >= at
    assert local.date() not in days
    assert rules.hours.is_open(local.replace(tzinfo=None))
    assert verdict(rules, silent, clocks, due).may_go_at(due)
    assert good_until(rules, silent, clocks, due) >= due + timedelta(minutes=1)


@dataclass
class _Draft:
    """A message that was planned or written, and what was true of the lead then."""

    number: int
    word: int


class Histories(RuleBasedStateMachine):
    """Any order of words, take-overs, returns, closes, jobs, kills and jumps of the clock."""

    @initialize(zone=st.sampled_from(["America/Sao_Paulo", "America/New_York", "Australia/Lord_Howe", "UTC"]))
    def begin(self, zone: str) -> None:
        """Close to a change of clocks, and asked for at any hour."""
        self.zone = ZoneInfo(zone)
        self.at = datetime(2026, 3, 7, 13, tzinfo=UTC)
        self.word, self.word_at, self.answered = 1, self.at, True
        self.status, self.out = ConversationStatus.AI, False
        self.planned: _Draft | None = None
        self.written: _Draft | None = None
        self.sent: list[tuple[datetime, int, int]] = []
        self.faults: list[str] = []

    def _lead(self, *, unsent: bool) -> Silenced:
        done = [at for at, word, _ in self.sent if word == self.word]
        return Silenced(
            status=self.status, stage="new", opted_out=self.out, last_word_at=self.word_at, is_answered=self.answered, is_unsent=unsent,
            steps_done=len(done), last_step_at=self.sent[-1][0] if self.sent else None,
        )  # fmt: skip

    def _may(self, *, unsent: bool) -> Verdict | None:
        found = verdict(RULES, self._lead(unsent=unsent), self.zone, self.at)
        return found if found.may_go_at(self.at) else None

    @rule(hours=st.sampled_from([-1, 1, 2, 3, 5, 8, 13, 21, 24, 24, 48, 72]))
    def time_passes(self, hours: int) -> None:
        """Also backwards: a clock was put right."""
        self.at += timedelta(hours=hours)

    @rule()
    def lead_writes(self) -> None:
        """And waits for an answer."""
        self.word, self.word_at, self.answered = self.word + 1, self.at, False
        if self.status is ConversationStatus.CLOSED:
            self.status = ConversationStatus.AI

    @precondition(lambda self: self.status is ConversationStatus.AI)
    @rule()
    def ai_answers(self) -> None:
        """His turn is committed and sent."""
        self.answered = True

    @rule(status=st.sampled_from([*ConversationStatus, *[ConversationStatus.AI] * 6]))
    def somebody_moves_it(self, status: ConversationStatus) -> None:
        """A take-over, a return, a close."""
        self.status = status

    @rule(out=st.sampled_from([True, False, False]))
    def wishes(self, out: bool) -> None:  # noqa: FBT001 - drawn by the strategy
        """He wants to be left alone, or not."""
        self.out = out

    @rule()
    def job_plans(self) -> None:
        """As often as it runs, twice at once too."""
        found = self._may(unsent=self.written is not None)
        if found is not None and found.number is not None and self.planned is None:
            self.planned = _Draft(found.number, self.word)

    @rule(between=st.sampled_from(["nothing", "word", "out", "person", "hour"]))
    def all_of_it_with_something_between(self, between: str) -> None:
        """The way of a follow-up, and what may come just before it leaves."""
        self.job_plans()
        self.job_writes(killed=False)
        match between:
            case "word":
                self.lead_writes()
            case "out":
                self.out = True
            case "person":
                self.status = ConversationStatus.HUMAN
            case "hour":
                self.at += timedelta(hours=9)
        self.it_is_sent()

    @rule(hours=st.integers(1, 9))
    def one_soon_after_the_other(self, hours: int) -> None:
        """The job runs again on the same day, and finds the next step."""
        for _ in range(2):
            self.all_of_it_with_something_between("nothing")
            self.at += timedelta(hours=hours)

    @rule(killed=st.booleans())
    def job_writes(self, killed: bool) -> None:  # noqa: FBT001 - drawn by the strategy
        """What was planned, unless things stand otherwise by now; or it is killed before."""
        draft, found = self.planned, self._may(unsent=self.written is not None)
        self.planned = None
        if (
            not killed
            and draft is not None
            and found is not None
            and (found.number, self.word) == (draft.number, draft.word)
        ):
            self.written = draft

    @rule()
    def it_is_sent(self) -> None:
        """Or cancelled, by the same verdict."""
        draft, found = self.written, self._may(unsent=False)
        self.written = None
        if draft is None or found is None or (found.number, self.word) != (draft.number, draft.word):
            return
        local = self.at.astimezone(self.zone)
        self.faults += [
            name
            for name, wrong in {
                "opted out": self.out,
                "a person has him": self.status is not ConversationStatus.AI,
                "he wrote": not self.answered or draft.word != self.word,
                "by night": not 9 <= local.hour < 20 or local.weekday() > 4,
                "too soon": bool(self.sent) and self.at - self.sent[-1][0] < timedelta(hours=20),
            }.items()
            if wrong
        ]
        self.sent.append((self.at, self.word, draft.number))

    @invariant()
    def nobody_is_bothered(self) -> None:
        """No follow-up reached anybody whom it must not, and no step of one silence went out twice."""
        steps = [(word, number) for _, word, number in getattr(self, "sent", [])]
        assert (getattr(self, "faults", []), len(steps)) == ([], len(set(steps)))


Histories.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestHistories = Histories.TestCase
