"""What a business decides about its attendant: read from JSON once, frozen afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID
from zoneinfo import ZoneInfo

from core.domain.errors import BadRequest

DEFAULT_MODEL = "claude-sonnet-5-5"
THRIFTY_MODEL = "claude-haiku-5-5"


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
    waiting_minutes: int = 30


@dataclass(frozen=True, slots=True)
class Messages:
    """What the AI says for the business outside its own answers; an empty one means the locale's."""

    transition_open: str = ""
    transition_closed: str = ""
    generic: str = ""
    apology: str = ""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When people are there: by weekday (0 Monday), spans as ``HH:MM-HH:MM`` in the tenant's time zone."""

    spans: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_open(self, local: datetime) -> bool:
        """Whether people are there at this local time; with no hours set they always are."""
        if not self.spans:
            return True
        return any(_within(span, local.time()) for span in self.spans.get(str(local.weekday()), ()))


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
    knowledge_token_budget: int = 6000
    hours: OpeningHours = field(default_factory=OpeningHours)
    hand_off: HandOffRules = field(default_factory=HandOffRules)
    messages: Messages = field(default_factory=Messages)


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

    def local(self, moment: datetime) -> datetime:
        """The same moment on the tenant's clock."""
        return moment.astimezone(ZoneInfo(self.timezone))


def read_settings(values: Mapping[str, Any]) -> TenantSettings:
    """The settings in these JSON values. Raises ``BadRequest`` naming what does not fit."""
    settings: TenantSettings = _read(TenantSettings, values, "")
    return settings


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
    if get_origin(hint) is tuple and isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if get_args(hint) and isinstance(value, Mapping):
        return {str(day): tuple(str(_span(span, path)) for span in spans) for day, spans in value.items()}
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and type(value) is hint:
        return value
    message = f"{path} should be {getattr(hint, '__name__', hint)}, not {type(value).__name__}"
    raise BadRequest(message)


def _within(span: str, moment: time) -> bool:
    start, end = (time.fromisoformat(part) for part in span.split("-"))
    return start <= moment < end if start <= end else moment >= start or moment < end


def _span(span: Any, path: str) -> Any:
    try:
        _within(str(span), time())
    except ValueError as error:
        message = f"{path}: {span!r} is not a span of hours like 08:00-18:00"
        raise BadRequest(message) from error
    return span
