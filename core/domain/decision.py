"""The AI's structured answer: the only way a model changes anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.errors import ModelInvalid

INTENTS = ("greeting", "question", "buying", "complaint", "farewell", "spam", "other")
_FACTS_MOST = 20


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer: what to say, what it is about, and what it means for the lead.

    ``confidence`` is 0–100; ``facts`` are what the lead told about himself in this turn, by name.
    """

    replies: tuple[str, ...]
    intent: str
    confidence: int
    should_handoff: bool
    handoff_reason: str
    score_delta: int
    facts: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """Plain values, to be stored with the turn."""
        return {
            "replies": list(self.replies),
            "intent": self.intent,
            "confidence": self.confidence,
            "should_handoff": self.should_handoff,
            "handoff_reason": self.handoff_reason,
            "score_delta": self.score_delta,
            "facts": dict(self.facts),
        }


def decision_schema() -> dict[str, object]:
    """The JSON schema the model must answer in, within the subset that structured outputs take."""
    text: dict[str, object] = {"type": "string"}
    fact = {
        "type": "object",
        "properties": {"name": text, "value": text},
        "required": ["name", "value"],
        "additionalProperties": False,
    }
    properties: dict[str, object] = {
        "reply": {"type": "array", "items": text},
        "intent": {"type": "string", "enum": list(INTENTS)},
        "confidence": {"type": "integer"},
        "should_handoff": {"type": "boolean"},
        "handoff_reason": text,
        "score_delta": {"type": "integer"},
        "lead_facts": {"type": "array", "items": fact},
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def parse_decision(value: Mapping[str, Any]) -> Decision:
    """The decision in a model's answer. Raises ``ModelInvalid`` when it does not fit the schema's meaning."""
    try:
        decision = Decision(
            replies=tuple(_clean(text) for text in _items(value["reply"]) if _clean(text)),
            intent=_one_of(value["intent"], INTENTS),
            confidence=_between(value["confidence"], 0, 100),
            should_handoff=_boolean(value["should_handoff"]),
            handoff_reason=_clean(value["handoff_reason"])[:500],
            score_delta=_between(value["score_delta"], -50, 30),
            facts=dict(_fact(item) for item in _items(value["lead_facts"])[:_FACTS_MOST]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        message = f"the decision does not fit its schema: {error}"
        raise ModelInvalid(message) from error
    if not decision.replies and decision.intent != "spam":
        message = "the decision holds no reply"
        raise ModelInvalid(message)
    return decision


def _items(value: object) -> list[Any]:
    if not isinstance(value, list):
        message = "a list is expected"
        raise TypeError(message)
    return value


def _clean(value: object) -> str:
    if not isinstance(value, str):
        message = "a text is expected"
        raise TypeError(message)
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        message = "a boolean is expected"
        raise TypeError(message)
    return value


def _between(value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = "a number is expected"
        raise TypeError(message)
    return max(low, min(high, round(value)))


def _one_of(value: object, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        message = f"one of {', '.join(allowed)} is expected"
        raise ValueError(message)
    return str(value)


def _fact(item: Mapping[str, object]) -> tuple[str, str]:
    return _clean(item["name"])[:80], _clean(item["value"])[:500]
