"""What can be made to go wrong at the Messages API."""

from typing import Literal

from pydantic import Field

from sandbox.claude.errors import ApiError
from sandbox.faults import HELD_TOO_LONG, Fault
from sandbox.wire import JsonObject

BEFORE = frozenset({"status", "hang", "hold", "delay"})
ON_THE_ANSWER = frozenset({"refusal", "max_tokens", "empty", "invalid_json", "wrong_schema", "decision"})
ON_THE_WAY = frozenset({"cut", "stream_error"})


class ClaudeFault(Fault):
    """A rule for calls of ``/v1/messages``; a call may meet one rule of each group.

    status: an error with ``http``, ``retry_after`` seconds, ``error_code``, ``message``. hang: nothing for ``ms``, then a
    closed connection. hold: answer when released. delay: answer ``ms`` later. refusal, max_tokens, empty, invalid_json,
    wrong_schema: what the answer is. decision: fields of the JSON answer to override. cut: half of the answer, then a
    closed connection. stream_error: an error event (``http`` says which) in the middle of a stream.
    """

    action: Literal[
        "status", "hang", "hold", "delay",
        "refusal", "max_tokens", "empty", "invalid_json", "wrong_schema", "decision",
        "cut", "stream_error",
    ]  # fmt: skip
    ms: int | None = Field(default=None, ge=0)
    http: int = Field(default=529, ge=400, le=599)
    retry_after: float | None = None
    error_code: str = ""
    message: str = ""
    decision: JsonObject = Field(default_factory=dict)

    @classmethod
    def match_keys(cls) -> frozenset[str]:
        """``text`` is the last user message, ``lead_text`` what stands in its fence."""
        return frozenset({"text_contains", "lead_text_contains", "system_contains", "model"})

    @property
    def seconds(self) -> float:
        """The time of a hang, a hold or a delay."""
        return HELD_TOO_LONG if self.ms is None else self.ms / 1000

    def error(self) -> ApiError:
        """The error that the rule asks for."""
        headers = {} if self.retry_after is None else {"retry-after": f"{self.retry_after:g}"}
        return ApiError(self.http, self.message, self.error_code, headers)
