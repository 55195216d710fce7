"""What a business may set: the bounds of each of its settings, whichever way they are changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from core.domain.decision import INTENTS
from core.domain.follow_up import LONGEST_DELAY_HOURS, LONGEST_WORDS, MOST_STEPS, StepKind
from core.domain.follow_up_words import unknown_variables, words_for
from core.domain.retention import LONGEST_DAYS, SHORTEST_LEAD_DAYS, SHORTEST_MESSAGE_DAYS, Sensitive
from core.domain.silence import SilentAction
from core.domain.team import Inbox
from core.domain.tenant import DEFAULT_MODEL, PEOPLE_BEYOND_PLAN, THRIFTY_MODEL, HandOffRules, TenantSettings
from core.domain.waiting import WaitingAction, out_of_order

LOCALES: Final = ("pt-BR", "en")
EFFORTS: Final = ("low", "medium", "high")
"""How hard a model may think before it answers, by the provider's words."""
_MOST_SPANS: Final = 6
_MOST_WORDS: Final = 50
_MOST_DAYS: Final = 100
_LONGEST_VARIABLE: Final = 40
_WEEK_MINUTES: Final = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that a business may choose; ``thrifty``: the choice of who would rather pay less."""

    id: str
    name: str
    thrifty: bool = False


MODELS: Final = (
    OfferedModel(DEFAULT_MODEL, "Claude Sonnet 5.5"),
    OfferedModel("claude-opus-5-5", "Claude Opus 5.5"),
    OfferedModel(THRIFTY_MODEL, "Claude Haiku 5.5", thrifty=True),
)


@dataclass(frozen=True, slots=True)
class BusinessSettings:
    """All that a business sets, its own facts beside what its attendant is told."""

    name: str
    timezone: str
    locale: str
    debounce_seconds: float
    settings: TenantSettings


@dataclass(frozen=True, slots=True)
class SettingFault:
    """What is wrong with one setting: ``at`` is its path, as ``hand_off.idle_turns``."""

    at: str
    why: str


_Rule = Callable[[Any], str]
"""What is wrong with a value; nothing when nothing is."""


@cache
def timezones() -> Sequence[str]:
    """The time zones a business may be in: those of places, and UTC."""
    places = {name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))}
    return sorted(places | {"UTC"})


def changed_settings(before: BusinessSettings, after: BusinessSettings) -> Mapping[str, Any]:
    """The settings that are not as they were, by path, as they are to be."""
    known = dict(_leaves(before))
    return {path: value for path, value in _leaves(after) if known[path] != value}


def faults_in(changes: Mapping[str, Any]) -> Sequence[SettingFault]:
    """What is wrong with settings, by path. One that stood before a rule did is nobody's fault until it is changed."""
    found = ((path, _RULES[path](value)) for path, value in changes.items())
    return [SettingFault(path, why) for path, why in found if why]


def faults_between(changes: Mapping[str, Any], rules: HandOffRules) -> Sequence[SettingFault]:
    """What is wrong with times that are right each by itself: who changes one of them sets them in their order."""
    late = out_of_order(rules)
    changed = any(f"hand_off.{name}" in changes for name in _LADDER)
    return [SettingFault(f"hand_off.{late}", "is not before what follows it")] if late and changed else []


def _leaves(settings: BusinessSettings) -> Iterator[tuple[str, Any]]:
    values = asdict(settings)
    yield from _flat(values.pop("settings"), "")
    yield from values.items()


def _flat(values: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping) and path + name in _GROUPS:
            yield from _flat(value, f"{path}{name}.")
        else:
            yield path + name, value


_GROUPS: Final = frozenset({"hours", "hand_off", "messages", "privacy", "follow_up"})


def _text(longest: int, *, empty: bool = True) -> _Rule:
    def rule(value: str) -> str:
        if len(value) > longest:
            return f"is longer than {longest} characters"
        return "" if empty or value.strip() else "is blank"

    return rule


def _between(lowest: float, highest: float) -> _Rule:
    return lambda value: "" if lowest <= value <= highest else f"is not between {lowest:g} and {highest:g}"


def _one_of(known: Sequence[str]) -> _Rule:
    return lambda value: "" if value in known else f"is none of {', '.join(known)}"


def _each_of(known: Sequence[str]) -> _Rule:
    return lambda values: next((why for value in values if (why := _one_of(known)(value))), "")


def _switch(_value: bool) -> str:  # noqa: FBT001 - a value of a setting
    return ""


def _zone(value: str) -> str:
    return "" if value in timezones() else "is no time zone; a name like America/Sao_Paulo is expected"


def _link(value: str) -> str:
    if value and not value.startswith("https://"):
        return "is no address that begins with https://"
    return _text(500)(value)


def _words(values: Sequence[str]) -> str:
    if len(values) > _MOST_WORDS:
        return f"has more than {_MOST_WORDS} words"
    return next((why for value in values if (why := _text(60, empty=False)(value))), "")


def _spans(days: Mapping[str, Sequence[str]]) -> str:
    return (
        f"has a day with more than {_MOST_SPANS} spans" if any(len(one) > _MOST_SPANS for one in days.values()) else ""
    )


_LADDER: Final = ("reminder_minutes", "escalation_minutes", "waiting_minutes")
"""What happens while a lead waits, in this order."""


def _steps(steps: Sequence[Mapping[str, Any]]) -> str:
    if len(steps) > MOST_STEPS:
        return f"has more than {MOST_STEPS} steps"
    faults = ((number, _step(step)) for number, step in enumerate(steps, 1))
    return next((f"step {number}: {why}" for number, why in faults if why), "")


def _step(step: Mapping[str, Any]) -> str:
    return (
        _between(1, LONGEST_DELAY_HOURS)(step["after_hours"])
        or _one_of(tuple(StepKind))(step["kind"])
        or _text(LONGEST_WORDS, empty=step["kind"] == StepKind.AI)(step["text"])
        or (_words_of_step(step["text"]) if step["kind"] == StepKind.TEXT else "")
    )


def _words_of_step(text: str) -> str:
    unknown = unknown_variables(text)
    if unknown:
        return f"has a variable that there is not: {{{unknown[0][:_LONGEST_VARIABLE]}}}"
    return "" if words_for(text, name=None, business="?") else "is blank for who has told no name"


def _hours_of_follow_ups(days: Mapping[str, Sequence[str]]) -> str:
    return _spans(days) if any(days.values()) else "has no hours: somebody would be written to by night"


def _days(values: Sequence[str]) -> str:
    if len(values) > _MOST_DAYS:
        return f"has more than {_MOST_DAYS} days"
    return next((f"{value!r} is no day like 2026-12-25" for value in values if not _is_day(value)), "")


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_MODEL: Final = _one_of([one.id for one in MODELS])
_RULES: Final[Mapping[str, _Rule]] = {
    "name": _text(200, empty=False),
    "timezone": _zone,
    "locale": _one_of(LOCALES),
    "debounce_seconds": _between(0, 15),
    "persona": _text(10_000),
    "business": _text(40_000),
    "internal_notes": _text(20_000),
    "privacy_link": _link,
    "model": _MODEL,
    "fallback_model": _MODEL,
    "effort": _one_of(EFFORTS),
    "max_bubbles": _between(1, 3),
    "monthly_budget_usd": _between(0, 1_000_000),
    "beyond_plan": _one_of(("answer", PEOPLE_BEYOND_PLAN)),
    "knowledge_token_budget": _between(500, 100_000),
    "inbox": _one_of(tuple(Inbox)),
    "hours.spans": _spans,
    "hand_off.intents": _each_of(INTENTS),
    "hand_off.on_price": _switch,
    "hand_off.min_confidence": _between(0, 100),
    "hand_off.hot_score": _between(0, 100),
    "hand_off.idle_turns": _between(1, 1000),
    "hand_off.unreadable_run": _between(1, 100),
    "hand_off.person_words": _words,
    "hand_off.reminder_minutes": _between(0, _WEEK_MINUTES),
    "hand_off.escalation_minutes": _between(0, _WEEK_MINUTES),
    "hand_off.waiting_minutes": _between(1, _WEEK_MINUTES),
    "hand_off.waiting_action": _one_of(tuple(WaitingAction)),
    "hand_off.silent_minutes": _between(0, _WEEK_MINUTES),
    "hand_off.silent_action": _one_of(tuple(SilentAction)),
    "hand_off.automatic_turns": _between(0, 1000),
    "messages.transition_open": _text(1000),
    "messages.transition_closed": _text(1000),
    "messages.generic": _text(1000),
    "messages.apology": _text(1000),
    "privacy.message_days": _between(SHORTEST_MESSAGE_DAYS, LONGEST_DAYS),
    "privacy.lead_days": _between(SHORTEST_LEAD_DAYS, LONGEST_DAYS),
    "privacy.sensitive": _one_of(tuple(Sensitive)),
    "privacy.small_agent": _switch,
    "messages.still_waiting": _text(1000),
    "follow_up.is_on": _switch,
    "follow_up.steps": _steps,
    "follow_up.hours": _hours_of_follow_ups,
    "follow_up.holidays": _days,
    "follow_up.stages": _words,
}
