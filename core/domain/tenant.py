"""What a business decides about its attendant: read from JSON once, frozen afterwards."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, time
from functools import lru_cache
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID
from zoneinfo import ZoneInfo

from core.domain.errors import BadRequest

DEFAULT_MODEL = "claude-sonnet-5-5"
THRIFTY_MODEL = "claude-haiku-5-5"
PEOPLE_BEYOND_PLAN = "people"
_WEEKDAYS = tuple("0123456")


@dataclass(frozen=True, slots=True)
class HandOffRules:
    """When a conversation goes to a person. ``intents`` hand off whatever the model says of them."""

    intents: tuple[str, ...] = ("complaint",)
    on_price: bool = False
    min_confidence: int = 70
    hot_score: int = 60
    idle_turns: int = 15
    unreadable_run: int = 3
    person_words: tuple[str, ...] = ()
    """Words besides the usual ones ("atendente", "humano", …) by which a lead asks for a person."""
    reminder_minutes: int = 10
    """How long a lead may wait for anybody until the team is told again, closed hours not counted; 0: it is not."""
    escalation_minutes: int = 20
    """And until those who lead the team are told; 0: they are not."""
    waiting_minutes: int = 30
    """And until ``waiting_action`` happens: ``ai`` (it apologises and goes on), ``message`` (to the lead), or ``nothing``."""
    waiting_action: str = "ai"
    silent_minutes: int = 120
    """How long a lead may wait for whoever has his conversation until the team is told, closed hours not counted; 0: for ever."""
    silent_action: str = "alert"
    """And what follows after twice that time: ``alert`` (nothing more), ``release`` (to the team), or ``ai``."""
    automatic_turns: int = 5
    """The last of so many turns in a row that look like a machine's is not answered any more; 0: all are."""


@dataclass(frozen=True, slots=True)
class Messages:
    """What the AI says for the business outside its own answers; an empty one means the locale's."""

    transition_open: str = ""
    transition_closed: str = ""
    generic: str = ""
    apology: str = ""
    still_waiting: str = ""


@dataclass(frozen=True, slots=True)
class PrivacyRules:
    """How long a business keeps what it need not, and what the law holds it to (``docs/privacy.md``)."""

    message_days: int = 730
    """What was said, and what the AI made of it, goes after so many days."""
    lead_days: int = 1825
    """A lead with whom nothing has happened for so many days is forgotten."""
    sensitive: str = "none"
    """Which data that the law calls sensitive its leads tell it by the nature of its trade: ``none``, ``health`` or ``other``."""
    small_agent: bool = False
    """Whether it is an "agente de tratamento de pequeno porte": its deadlines are doubled."""


@dataclass(frozen=True, slots=True)
class FollowUpStepSetting:
    """What is said to a lead who has been silent for so long: ``kind`` is ``text``, ``ai`` or ``template``."""

    after_hours: int = 20
    """Since his last word, or since the step before."""
    kind: str = "text"
    text: str = ""
    """The words; of an AI's step what it is to aim at, of a template its name."""


def _days_of_follow_ups() -> Mapping[str, tuple[str, ...]]:
    return dict.fromkeys(_WEEKDAYS[:5], ("09:00-19:00",)) | {"5": ("09:00-13:00",)}


@dataclass(frozen=True, slots=True)
class FollowUpSettings:
    """Who is written to unasked, how and when. Its hours and holidays are its own, not those in which people are there."""

    is_on: bool = False
    steps: tuple[FollowUpStepSetting, ...] = ()
    hours: Mapping[str, tuple[str, ...]] = field(default_factory=_days_of_follow_ups)
    holidays: tuple[str, ...] = ()
    """Days on which nobody is written to, as ``2026-12-25``."""
    stages: tuple[str, ...] = ()
    """In which leads are followed up; none named: in all that are open."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When people are there: by weekday (0 Monday), spans as ``HH:MM-HH:MM`` in the tenant's time zone."""

    spans: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_open(self, local: datetime) -> bool:
        """Whether people are there at this local time; with no hours set they always are."""
        if not self.spans:
            return True
        moment, today, yesterday = local.time(), local.weekday(), (local.weekday() - 1) % 7
        begun = any(_begun(span, moment) for span in self.spans.get(str(today), ()))
        return begun or any(_left_over(span, moment) for span in self.spans.get(str(yesterday), ()))

    def of_weekday(self, weekday: int) -> list[tuple[time, time]]:
        """When each span of that day begins and ends; one that ends no later than it begins ends on the next day."""
        return [_ends(span) for span in self.spans.get(str(weekday), ())]


@dataclass(frozen=True, slots=True)
class TenantSettings:
    """Everything a tenant may set; what is absent has these defaults."""

    persona: str = ""
    business: str = ""
    """Facts about the business in its own words; they go into every prompt."""
    internal_notes: str = ""
    """What the AI should know and never say."""
    privacy_link: str = ""
    model: str = DEFAULT_MODEL
    fallback_model: str = THRIFTY_MODEL
    effort: str = "low"
    max_bubbles: int = 1
    monthly_budget_usd: float = 50.0
    beyond_plan: str = "answer"
    """Who answers leads whom a month counts beyond the plan: ``answer`` (the AI, as ever) or ``people`` (the team alone)."""
    knowledge_token_budget: int = 6000
    inbox: str = "auto"
    """Where the team gets its leads in Telegram: ``auto``, ``group``, ``private`` or ``both``."""
    hours: OpeningHours = field(default_factory=OpeningHours)
    hand_off: HandOffRules = field(default_factory=HandOffRules)
    messages: Messages = field(default_factory=Messages)
    privacy: PrivacyRules = field(default_factory=PrivacyRules)
    follow_up: FollowUpSettings = field(default_factory=FollowUpSettings)


@dataclass(frozen=True, slots=True)
class TenantProfile:
    """A tenant as a turn needs it."""

    id: UUID
    name: str
    status: str
    timezone: str
    locale: str
    ai_paused: bool
    debounce_seconds: float
    settings: TenantSettings

    @property
    def ai_answers(self) -> bool:
        """Whether a lead whom the AI has gets an answer from it now."""
        return self.status == "active" and not self.ai_paused

    def local(self, moment: datetime) -> datetime:
        """The same moment on the tenant's clock."""
        return moment.astimezone(ZoneInfo(self.timezone))


def read_settings(values: Mapping[str, Any]) -> TenantSettings:
    """The settings in these JSON values. Raises ``BadRequest`` naming what does not fit."""
    settings: TenantSettings = _read(TenantSettings, values, "")
    return settings


def stored_settings(values: Mapping[str, Any]) -> TenantSettings:
    """The settings in what is stored: one that does not fit this release counts as not set, and harms no other."""
    return read_settings({name: value for name, value in values.items() if _fits(name, value)})


def _fits(name: str, value: Any) -> bool:
    try:
        read_settings({name: value})
    except BadRequest:
        return False
    return True


def _read(kind: type[Any], values: Mapping[str, Any], path: str) -> Any:
    hints = get_type_hints(kind)
    known = {item.name for item in fields(kind)}
    for name in values:
        if name not in known:
            message = f"there is no setting {path}{name}; known here: {', '.join(sorted(known))}"
            raise BadRequest(message)
    return kind(**{name: _value(hints[name], value, path + name) for name, value in values.items()})


def _value(hint: Any, value: Any, path: str) -> Any:
    if hasattr(hint, "__dataclass_fields__") and isinstance(value, Mapping):
        return _read(hint, value, f"{path}.")
    if get_origin(hint) is tuple and isinstance(value, list | tuple):
        return _items(get_args(hint)[0], value, path)
    if get_origin(hint) is Mapping and isinstance(value, Mapping):
        return {_day(day, path): _spans(spans, path) for day, spans in value.items()}
    if hint is float and type(value) in {int, float} and abs(value) <= sys.float_info.max:
        return float(value)
    if isinstance(hint, type) and hint is not float and type(value) is hint and _fits_a_column(value):
        return value
    message = f"{path} should be {getattr(hint, '__name__', hint)}, not {type(value).__name__}"
    raise BadRequest(message)


def _items(kind: type[Any], values: Sequence[Any], path: str) -> tuple[Any, ...]:
    if hasattr(kind, "__dataclass_fields__") and all(isinstance(item, Mapping) for item in values):
        return tuple(_read(kind, item, f"{path}.{place}.") for place, item in enumerate(values))
    if kind is str and all(isinstance(item, str) for item in values):
        return tuple(values)
    message = f"{path} should hold a list of {getattr(kind, '__name__', kind)}"
    raise BadRequest(message)


def _fits_a_column(value: Any) -> bool:
    """Whether the database can count with it: 32 bits."""
    return not isinstance(value, int) or -(2**31) <= value < 2**31


def _begun(span: str, moment: time) -> bool:
    """Whether this day's span has begun and is not over; one that ends no later than it starts ends tomorrow."""
    start, end = _ends(span)
    return start <= moment and (moment < end or end <= start)


def _left_over(span: str, moment: time) -> bool:
    """Whether the span of the day before reaches into this day, and so far."""
    start, end = _ends(span)
    return end <= start and moment < end


@lru_cache(maxsize=1024)
def _ends(span: str) -> tuple[time, time]:
    start, end = (datetime.strptime(part, "%H:%M").time() for part in span.split("-"))  # noqa: DTZ007 - a clock's face
    return start, end


def _day(day: Any, path: str) -> str:
    if str(day) not in _WEEKDAYS:
        message = f"{path}: {day!r} is no weekday from 0 (Monday) to 6 (Sunday)"
        raise BadRequest(message)
    return str(day)


def _spans(spans: Any, path: str) -> tuple[str, ...]:
    if not isinstance(spans, list | tuple):
        message = f"{path} should hold a list of spans for each weekday, not {type(spans).__name__}"
        raise BadRequest(message)
    return tuple(_span(span, path) for span in spans)


def _span(span: Any, path: str) -> str:
    try:
        _ends(str(span))
    except ValueError as error:
        message = f"{path}: {span!r} is not a span of hours like 08:00-18:00"
        raise BadRequest(message) from error
    return str(span)
