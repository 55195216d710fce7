"""What the log says of a model call; enough for a checker to know what the context held."""

import hashlib
import time
from dataclasses import dataclass, field

from sandbox.claude.message import Message
from sandbox.claude.prompt import Conversation, lead_text
from sandbox.claude.request import MessagesRequest
from sandbox.claude.schema import Schema
from sandbox.eventlog import EventLog
from sandbox.wire import JsonObject


def short_hash(text: str) -> str:
    """Tells two texts apart without showing them."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Call:
    """A call under way."""

    request_id: str
    key: str
    model: str
    started: float = field(default_factory=time.monotonic)

    def logged(self) -> JsonObject:
        """What every event about the call says."""
        return {"request_id": self.request_id, "key": short_hash(self.key), "model": self.model}

    @property
    def milliseconds(self) -> float:
        """Time since the call came in."""
        return round((time.monotonic() - self.started) * 1000, 2)


class Journal:
    """Writes the model calls into the log; a system prompt whole once, by its hash afterwards."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._systems: set[str] = set()

    def asked(
        self, call: Call, request: MessagesRequest, schema: Schema | None, heard: Conversation, tokens: int
    ) -> None:
        """A valid request came in."""
        system = request.system_text
        digest = short_hash(system)
        if digest not in self._systems:
            self._systems.add(digest)
            self._log.write("claude_system", system_hash=digest, text=system)
        self._log.write(
            "claude_request",
            **call.logged(),
            system_hash=digest,
            lead_text=lead_text(request.last_user_text),
            lead_lines=len(heard.lead_lines),
            history=heard.history,
            history_lines=len(heard.history.splitlines()),
            messages=len(request.messages),
            input_tokens=tokens,
            max_tokens=request.max_tokens,
            stream=bool(request.stream),
            properties=sorted(schema.properties) if schema else [],
        )

    def answered(self, call: Call, message: Message) -> None:
        """The answer leaves."""
        self._log.write(
            "claude_answered",
            **call.logged(),
            message_id=message.id,
            stop_reason=message.answer.stop_reason,
            text=message.answer.text,
            output_tokens=message.answer.output_tokens,
            usage=message.usage.as_json(),
            ms=call.milliseconds,
        )

    def event(self, event: str, call: Call, **fields: object) -> None:
        """Anything else about a call."""
        self._log.write(event, **call.logged(), ms=call.milliseconds, **fields)
