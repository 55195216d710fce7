"""When a lead who fell silent is written to again, and when he must not be: every rule in one place.

The same verdict is asked for when a step is planned, when its message is written, and right before that is sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from core.domain.conversation import ConversationStatus
from core.domain.open_time import LOOKS_AHEAD, open_from
from core.domain.schedule import instant
from core.domain.tenant import FollowUpSettings, OpeningHours

MOST_STEPS: Final = 5
APART: Final = timedelta(hours=20)
"""Between two follow-ups to one lead there is never less, whatever the steps say."""
LONGEST_DELAY_HOURS: Final = 144
"""A conversation in which nothing happens for a week is over: whoever is in none is not written to."""
LONGEST_WORDS: Final = 500
"""Characters of a step: it leaves as one message on every channel."""
GOOD_FOR: Final = timedelta(minutes=10)
"""So long after it was written it may still leave, if its hours last so long."""
LEAST: Final = timedelta(minutes=1)
"""Where hours, day or window do not last so long any more, nothing is written that would have to leave at once."""


class FollowUpState(StrEnum):
    """How far one step of one silence has come."""

    PLANNED = "planned"
    QUEUED = "queued"
    SENT = "sent"
    """Claimed for sending: from then on the lead may have it."""
    HELD = "held"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepKind(StrEnum):
    """What a step says."""

    TEXT = "text"
    AI = "ai"
    TEMPLATE = "template"


class Refusal(StrEnum):
    """Why a lead is not written to, or not now."""

    OFF = "off"
    TENANT = "tenant"
    """The business is suspended, or its AI pauses."""
    BUDGET = "budget"
    CHANNEL = "channel"
    OPTED_OUT = "opted_out"
    CLOSED = "closed"
    PERSON = "person"
    """Somebody of the team has him, or is waited for."""
    STAGE = "stage"
    ANSWERED = "answered"
    """He has written, and the answer is due or under way."""
    UNSENT = "unsent"
    """Of a message to him nobody knows yet whether he has it."""
    DONE = "done"
    """He has had every step."""
    HOURS = "hours"
    """No hour is left in which it may go out."""
    STEP = "step"
    """The steps were changed since it was planned: it is not what is next."""
    WORDS = "words"
    """What the AI wrote may not be said, or it would rather say nothing."""
    MODEL = "model"
    """The AI cannot be asked."""
    LATE = "late"
    """It could not leave while it was good."""
    APART = "apart"
    """He has just had another one."""
    TAKEN_BACK = "taken_back"
    """Something else in the conversation took back what was about to be said."""
    STOPPED = "stopped"
    """Somebody of the team did not want it."""
    RESTORED = "restored"
    """It was due in a past that was restored: he may have had it since."""


class StepHold(StrEnum):
    """Why a step that is due cannot be said."""

    WINDOW = "window"
    """The channel takes free words no more."""
    TEMPLATE = "template"
    """It is a template, and templates are not sent yet."""


@dataclass(frozen=True, slots=True)
class FollowUpStep:
    """``after``: since the lead's last word, or since the step before."""

    after: timedelta
    kind: StepKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpRules:
    """What the business has chosen; ``stages``: those in which leads are followed up."""

    is_on: bool
    steps: tuple[FollowUpStep, ...]
    hours: OpeningHours
    holidays: frozenset[date]
    stages: frozenset[str]


def rules_of(settings: FollowUpSettings, open_stages: Iterable[str]) -> FollowUpRules:
    """What the settings say, where these stages are those of leads who are neither won nor lost."""
    return FollowUpRules(
        is_on=settings.is_on,
        steps=tuple(
            FollowUpStep(timedelta(hours=step.after_hours), StepKind(step.kind), step.text) for step in settings.steps
        ),
        hours=OpeningHours(settings.hours),
        holidays=frozenset(date.fromisoformat(day) for day in settings.holidays),
        stages=frozenset(settings.stages or open_stages),
    )


@dataclass(frozen=True, slots=True)
class Silenced:
    """How things stand with a lead at one moment."""

    status: ConversationStatus
    stage: str
    opted_out: bool
    last_word_at: datetime
    """The lead's."""
    is_answered: bool
    is_unsent: bool
    steps_done: int
    """Since his last word."""
    last_step_at: datetime | None
    """The last one that he ever had, also in an earlier silence."""
    ai_answers: bool = True
    over_budget: bool = False
    channel_works: bool = True
    window: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Step ``number`` (from 1) may go out from ``due_at`` on; or is held then; or there is none."""

    number: int | None = None
    due_at: datetime | None = None
    refusal: Refusal | None = None
    hold: StepHold | None = None

    def may_go_at(self, at: datetime) -> bool:
        """Whether the step may go out at that moment."""
        return self.refusal is None and self.hold is None and self.due_at is not None and self.due_at <= at

    def refusal_of(self, number: int, silent_since: datetime, lead: Silenced) -> Refusal | None:
        """Why this very step, planned for the silence that began then, is not what the lead is to get."""
        if self.refusal is not None:
            return self.refusal
        if lead.last_word_at != silent_since:
            return Refusal.ANSWERED
        return None if self.number == number else Refusal.STEP


def verdict(rules: FollowUpRules, lead: Silenced, zone: ZoneInfo, at: datetime) -> Verdict:
    """What is next for the lead, seen at that moment."""
    refusal = _refusal(rules, lead)
    if refusal is not None:
        return Verdict(refusal=refusal)
    step = rules.steps[lead.steps_done]
    since = lead.last_step_at if lead.steps_done and lead.last_step_at is not None else lead.last_word_at
    wanted = max(since + step.after, lead.last_step_at + APART if lead.last_step_at is not None else since)
    due_at = _allowed(rules, zone, max(wanted, at))
    if due_at is None:
        return Verdict(refusal=Refusal.HOURS)
    return Verdict(lead.steps_done + 1, due_at, hold=_hold(step, lead, due_at))


def good_until(rules: FollowUpRules, lead: Silenced, zone: ZoneInfo, at: datetime) -> datetime:
    """Until when what is written at that allowed moment may leave: while hours, day and window last."""
    minutes = range(GOOD_FOR // LEAST, 0, -1)
    last = next((at + n * LEAST for n in minutes if _lasts(rules, zone, at, n * LEAST)), at)
    return last if lead.window is None else min(last, lead.last_word_at + lead.window)


def _refusal(rules: FollowUpRules, lead: Silenced) -> Refusal | None:
    by_weight = (
        (Refusal.OFF, not rules.is_on or not rules.steps),
        (Refusal.TENANT, not lead.ai_answers),
        (Refusal.OPTED_OUT, lead.opted_out),
        (Refusal.CLOSED, lead.status is ConversationStatus.CLOSED),
        (Refusal.PERSON, lead.status is not ConversationStatus.AI),
        (Refusal.STAGE, lead.stage not in rules.stages),
        (Refusal.CHANNEL, not lead.channel_works),
        (Refusal.BUDGET, lead.over_budget),
        (Refusal.ANSWERED, not lead.is_answered),
        (Refusal.UNSENT, lead.is_unsent),
        (Refusal.DONE, lead.steps_done >= min(len(rules.steps), MOST_STEPS)),
    )
    return next((refusal for refusal, holds in by_weight if holds), None)


def _hold(step: FollowUpStep, lead: Silenced, due_at: datetime) -> StepHold | None:
    if step.kind is StepKind.TEMPLATE:
        return StepHold.TEMPLATE
    closes = None if lead.window is None else lead.last_word_at + lead.window
    return StepHold.WINDOW if closes is not None and due_at + LEAST > closes else None


def _allowed(rules: FollowUpRules, zone: ZoneInfo, wanted: datetime) -> datetime | None:
    """The first moment from ``wanted`` on that is in the hours and on no holiday, and not their very last."""
    at, last = wanted, wanted + LOOKS_AHEAD
    while (opened := open_from(rules.hours, zone, at, LEAST)) is not None and opened <= last:
        if _lasts(rules, zone, opened, LEAST):
            return opened
        next_day = opened.astimezone(zone).date() + timedelta(days=1)
        at = instant(datetime.combine(next_day, time()), zone)
    return None


def _lasts(rules: FollowUpRules, zone: ZoneInfo, at: datetime, length: timedelta) -> bool:
    """Whether hours and day last for so long from then on."""
    days = {moment.astimezone(zone).date() for moment in (at, at + length)}
    return open_from(rules.hours, zone, at, length) == at and not days & rules.holidays
