"""What the business has set: its facts, how its attendant behaves, and whether it answers at all."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator

from core.domain.decision import INTENTS
from core.domain.errors import BadRequest, Forbidden
from core.domain.setting_rules import EFFORTS, LOCALES, MODELS, BusinessSettings, timezones
from core.domain.tenant import TenantSettings, read_settings
from core.services.ai_pause import pause_ai, resume_ai
from core.services.business import (
    SeenSettings,
    SettingsChanged,
    SettingsInvalid,
    business_settings,
    change_business_settings,
)
from core.services.stages import stages
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.parts import Number, Storable
from miniapp.api.problem import Fault, InvalidInput

Weekday = Literal["0", "1", "2", "3", "4", "5", "6"]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Hours(ApiModel):
    """When people are there: by weekday (0 Monday), as ``08:00-18:00``; none: always."""

    spans: Mapping[Weekday, Sequence[Storable]]

    @field_validator("spans")
    @classmethod
    def _are_hours(cls, spans: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
        return _read_spans(spans)


def _read_spans(spans: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    try:
        read_settings({"hours": {"spans": spans}})
    except BadRequest:
        message = "has a span that is not like 08:00-18:00"
        raise ValueError(message) from None
    return spans


class HandOffSettings(ApiModel):
    """When a conversation goes to a person, and what follows when nobody comes."""

    intents: Sequence[Storable]
    on_price: bool
    min_confidence: Number
    hot_score: Number
    idle_turns: Number
    unreadable_run: Number
    person_words: Sequence[Storable]
    reminder_minutes: Number
    escalation_minutes: Number
    waiting_minutes: Number
    waiting_action: Storable
    silent_minutes: Number
    silent_action: Storable
    automatic_turns: Number


class MessageSettings(ApiModel):
    """What is said for the business beside the AI's own answers; empty: the usual words."""

    transition_open: Storable
    transition_closed: Storable
    generic: Storable
    apology: Storable
    still_waiting: Storable


class PrivacySettings(ApiModel):
    """How long the business keeps what it need not, and what the law holds it to."""

    message_days: Number
    lead_days: Number
    sensitive: Storable
    small_agent: bool


class FollowUpStep(ApiModel):
    """One step: so many hours after the lead's last word, or after the step before. ``kind``: ``text``, ``ai``, ``template``."""

    after_hours: Number
    kind: Storable
    text: Storable


class FollowUpRules(ApiModel):
    """Who is written to unasked, how, and when: hours and holidays of its own."""

    is_on: bool
    steps: Sequence[FollowUpStep]
    hours: Mapping[Weekday, Sequence[Storable]]
    holidays: Sequence[Storable]
    stages: Sequence[Storable]

    @field_validator("hours")
    @classmethod
    def _are_hours(cls, spans: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
        return _read_spans(spans)


class Business(ApiModel):
    """All of it. Who changes it says by ``version`` which he saw."""

    name: Storable
    timezone: Storable
    locale: Storable
    debounce_seconds: Amount
    persona: Storable
    business: Storable
    internal_notes: Storable
    privacy_link: Storable
    model: Storable
    fallback_model: Storable
    effort: Storable
    max_bubbles: Number
    monthly_budget_usd: Amount
    beyond_plan: Storable
    knowledge_token_budget: Number
    inbox: Storable
    hours: Hours
    hand_off: HandOffSettings
    messages: MessageSettings
    privacy: PrivacySettings
    follow_up: FollowUpRules
    version: Number

    @classmethod
    def of(cls, seen: SeenSettings) -> Self:
        """As they are."""
        own = {name: getattr(seen.values, name) for name in _OWN}
        return cls.model_validate({**own, **asdict(seen.values.settings), "version": seen.version})

    def values(self) -> BusinessSettings:
        """As they are to be."""
        told = self.model_dump(exclude={*_OWN, "version"})
        settings: TenantSettings = read_settings(told)
        return BusinessSettings(self.name, self.timezone, self.locale, self.debounce_seconds, settings)


_OWN = ("name", "timezone", "locale", "debounce_seconds")


class Model(ApiModel):
    """A model that may be chosen; ``thrifty``: for who would rather pay less."""

    id: str
    name: str
    thrifty: bool


class StageChoice(ApiModel):
    """A stage of the business's own."""

    key: str
    name: str


class Options(ApiModel):
    """What there is to choose from."""

    stages: Sequence[StageChoice]

    models: Sequence[Model]
    efforts: Sequence[str]
    timezones: Sequence[str]
    locales: Sequence[str]
    intents: Sequence[str]


class AiState(ApiModel):
    """Whether the AI answers nobody at present."""

    ai_paused: bool


class AiSwitch(ApiModel):
    """Whether it is to."""

    paused: bool


class SettingsDesk:
    """The operations about settings."""

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        business, ai = "/settings/business", "/settings/ai"
        return (
            Operation(
                "business_settings", "GET", business, "What is set.", self._business,
                answer=Business, refusals=(Forbidden,),
            ),
            Operation(
                "change_business_settings", "PUT", business, "Set all of it anew.", self._change,
                body=Business, answer=Business, refusals=(Forbidden, SettingsChanged),
            ),
            Operation("setting_options", "GET", "/settings/options", "What there is to choose from.", self._options,
                      answer=Options),
            Operation("ai_state", "GET", ai, "Whether the AI answers.", self._ai, answer=AiState, refusals=(Forbidden,)),
            Operation("switch_ai", "POST", ai, "Pause the AI, or set it going again.", self._switch,
                      body=AiSwitch, answer=AiState, refusals=(Forbidden,)),
        )  # fmt: skip

    async def _business(self, call: Call[Nothing, Nothing]) -> Business:
        return Business.of(await business_settings(call.actor))

    async def _change(self, call: Call[Nothing, Business]) -> Business:
        try:
            changed = await change_business_settings(call.actor, call.body.values(), call.body.version)
        except SettingsInvalid as error:
            raise InvalidInput([Fault(at=f"body.{one.at}", why=one.why) for one in error.faults]) from error
        return Business.of(changed)

    async def _options(self, call: Call[Nothing, Nothing]) -> Options:
        return Options(
            stages=[StageChoice(key=one.key, name=one.name) for one in await stages(call.actor)],
            models=[Model(id=one.id, name=one.name, thrifty=one.thrifty) for one in MODELS],
            efforts=EFFORTS,
            timezones=timezones(),
            locales=LOCALES,
            intents=INTENTS,
        )

    async def _ai(self, call: Call[Nothing, Nothing]) -> AiState:
        return AiState(ai_paused=(await business_settings(call.actor)).ai_paused)

    async def _switch(self, call: Call[Nothing, AiSwitch]) -> AiState:
        if call.body.paused:
            await pause_ai(call.actor)
        else:
            await resume_ai(call.actor)
        return AiState(ai_paused=call.body.paused)
