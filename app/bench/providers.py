"""Claude's and the Graph API's answers, as bytes: the shapes of the real ones, made fast."""

from typing import Any, Final
from uuid import uuid4

import orjson

from app.bench.business import TOPICS, Topic
from app.bench.serving import response

_LIMITS: Final = "".join(
    f"anthropic-ratelimit-{what}-limit: 4000000\r\nanthropic-ratelimit-{what}-remaining: 3990000\r\n"
    f"anthropic-ratelimit-{what}-reset: 2026-01-01T00:00:00Z\r\n"
    for what in ("requests", "input-tokens", "output-tokens", "tokens")
).encode()
_ORGANISATION: Final = b"anthropic-organization-id: bench\r\n"
_USAGE: Final = {
    "input_tokens": 640,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 1980,
    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 148,
    "service_tier": "standard",
    "output_tokens_details": {"thinking_tokens": 30},
}
_THINKING: Final = {
    "type": "thinking",
    "thinking": "I read what the person wrote, look for it in the facts, and answer from what is there.",
    "signature": "EqQBCkYIChgCKkD" + "0" * 80,
}
_CUSTOMER: Final = b"Customer: Lead "
_MODEL: Final = b'"model":'
READ_MARKED: Final = response(b'{"success":true}')


def customer(body: bytes) -> str:
    """The phone number of the lead whom a prompt is about: leads of a benchmark are named by it."""
    begin = body.find(_CUSTOMER) + len(_CUSTOMER)
    end = begin
    while body[end : end + 1].isdigit():
        end += 1
    return body[begin:end].decode()


def model_of(body: bytes) -> str:
    """The model that a request names."""
    begin = body.index(b'"', body.index(_MODEL) + len(_MODEL)) + 1
    return body[begin : body.index(b'"', begin)].decode()


def decision(topic: Topic) -> str:
    """The structured answer, as text."""
    values = {
        "reply": [topic.answered],
        "intent": "question",
        "confidence": 92,
        "should_handoff": False,
        "handoff_reason": "",
        "score_delta": 3,
        "lead_facts": [{"name": "interesse", "value": topic.asked}],
    }
    return orjson.dumps(values).decode()


_DECISIONS: Final = {topic: decision(topic) for topic in TOPICS}


def thought(topic: Topic, model: str) -> bytes:
    """Claude's whole response."""
    number = uuid4().hex[:22]
    message = {
        "id": f"msg_01{number}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [_THINKING, {"type": "text", "text": _DECISIONS[topic]}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": _USAGE,
    }
    named = b"request-id: req_01%b\r\n" % number.encode()
    return response(orjson.dumps(message), named + _ORGANISATION + _LIMITS)


def accepted(call: dict[str, Any]) -> bytes:
    """The Graph API's whole response to a message that it took."""
    to = str(call["to"])
    receipt = {
        "messaging_product": "whatsapp",
        "contacts": [{"input": to, "wa_id": to}],
        "messages": [{"id": f"wamid.sent{uuid4().hex}"}],
    }
    return response(orjson.dumps(receipt))
