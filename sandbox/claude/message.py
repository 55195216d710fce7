"""The answer of the API: one message, whole or as a stream of events."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import orjson

from sandbox.claude.cache import Usage, tokens_of
from sandbox.wire import JsonObject

THOUGHT = "Leio o que a pessoa escreveu, procuro nos fatos o que responde e escolho o mais próximo."
DELTA = 40
"""Characters of one text delta."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says; ``thinking`` None means that it did not think."""

    text: str | None
    stop_reason: str = "end_turn"
    thinking: str | None = None
    thought_tokens: int = 0

    @property
    def output_tokens(self) -> int:
        """The tokens billed for it; an empty answer costs something too."""
        return max(1, self.thought_tokens + tokens_of(self.text or ""))

    def limited(self, max_tokens: int) -> "Answer":
        """The same cut off where the tokens end."""
        if self.output_tokens <= max_tokens:
            return self
        left = max_tokens - self.thought_tokens
        text = (self.text or "")[: int(left * 3.5)] if left > 0 else None
        return replace(self, text=text, stop_reason="max_tokens", thought_tokens=min(self.thought_tokens, max_tokens))


@dataclass(frozen=True, slots=True)
class Message:
    """An answer with everything around it."""

    model: str
    answer: Answer
    usage: Usage
    id: str = field(default_factory=lambda: "msg_01" + secrets.token_hex(11))

    def as_json(self) -> JsonObject:
        """The body of a non-streaming answer."""
        return {**self._frame(), "content": list(self._blocks()), **self._end(), "usage": self._usage(final=True)}

    def events(self) -> Iterator[tuple[str, JsonObject]]:
        """The events of a stream, by name."""
        start: JsonObject = {**self._frame(), "content": [], "stop_reason": None, "stop_sequence": None}
        yield "message_start", {"message": {**start, "usage": self._usage(final=False)}}
        yield "ping", {}
        for index, block in enumerate(self._blocks()):
            yield from _block_events(index, block)
        yield "message_delta", {"delta": self._end(), "usage": self._usage(final=True)}
        yield "message_stop", {}

    def _frame(self) -> JsonObject:
        return {"id": self.id, "type": "message", "role": "assistant", "model": self.model}

    def _end(self) -> JsonObject:
        end: JsonObject = {"stop_reason": self.answer.stop_reason, "stop_sequence": None}
        if self.answer.stop_reason == "refusal":
            end["stop_details"] = {"type": "refusal", "category": None, "explanation": None}
        return end

    def _blocks(self) -> Iterator[JsonObject]:
        if self.answer.thinking is not None:
            yield {"type": "thinking", "thinking": self.answer.thinking, "signature": secrets.token_urlsafe(48)}
        if self.answer.text is not None:
            yield {"type": "text", "text": self.answer.text}

    def _usage(self, *, final: bool) -> JsonObject:
        output = self.answer.output_tokens if final else 1
        usage: JsonObject = {**self.usage.as_json(), "output_tokens": output, "service_tier": "standard"}
        if final and self.answer.thought_tokens:
            usage["output_tokens_details"] = {"thinking_tokens": self.answer.thought_tokens}
        return usage


def _block_events(index: int, block: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    kind = str(block["type"])
    empty = {key: "" for key in block if key != "type"}
    yield "content_block_start", {"index": index, "content_block": {"type": kind, **empty}}
    whole = str(block[kind])
    for start in range(0, len(whole), DELTA):
        yield "content_block_delta", _delta(index, f"{kind}_delta", kind, whole[start : start + DELTA])
    if "signature" in block:
        yield "content_block_delta", _delta(index, "signature_delta", "signature", str(block["signature"]))
    yield "content_block_stop", {"index": index}


def _delta(index: int, kind: str, key: str, piece: str) -> JsonObject:
    return {"index": index, "delta": {"type": kind, key: piece}}


def as_event(name: str, data: JsonObject) -> bytes:
    """One server-sent event."""
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps({"type": name, **data}) + b"\n\n"
