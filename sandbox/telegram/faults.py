"""What can be made to go wrong at the Bot API and on the way of its updates."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from sandbox.faults import HELD_TOO_LONG, Fault
from sandbox.telegram.errors import STANDARD, ApiError, too_many_requests

BEFORE_ACCEPTING = frozenset({"down", "cut", "status", "slow", "hold_before"})
AFTER_ACCEPTING = frozenset({"hold", "accept_then_cut"})
ON_WEBHOOKS = frozenset({"drop_webhook", "delay_webhook", "duplicate_webhook"})
POLLING = "getUpdates"


class TelegramFault(Fault):
    """A rule for calls or for webhooks.

    Without ``method`` in ``match`` a rule for calls means every method but getUpdates; ``any`` means that one too.

    down: close every connection (getUpdates too, and webhooks do not leave) until it is cleared. cut: close one
    without accepting. accept_then_cut: do what is asked, then close without an answer. status: answer with error
    ``http`` (429 with ``retry_after``). slow: wait ``ms``, then go on. hold: accept, and answer when released or after
    ``ms``. hold_before: neither accept nor answer until then. drop_webhook (one attempt is lost), delay_webhook (by
    ``ms``), duplicate_webhook: updates going out.
    """

    action: Literal[
        "down",
        "cut",
        "status",
        "slow",
        "hold_before",
        "hold",
        "accept_then_cut",
        "drop_webhook",
        "delay_webhook",
        "duplicate_webhook",
    ]
    ms: int | None = Field(default=None, ge=0)
    http: int | None = Field(default=None, ge=400, le=599)
    retry_after: int | None = Field(default=None, ge=1)
    description: str = ""

    @model_validator(mode="before")
    @classmethod
    def _down_for_ever(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("action") == "down":
            return {"times": None, **value}
        return value

    @classmethod
    def match_keys(cls) -> frozenset[str]:
        """The facts of calls and updates."""
        return frozenset({"text_contains", "method", "chat_id", "message_thread_id", "bot_id", "update_kind"})

    def catches(self, facts: Mapping[str, str]) -> bool:
        """Whether this is a call of the method, and with the facts, that the rule means."""
        method = facts.get("method", "")
        wanted = self.match.get("method", "any" if self.action == "down" else "")
        if wanted and wanted != "any":
            return wanted.casefold() == method.casefold() and super().catches({**facts, "method": wanted})
        if not wanted and method == POLLING:
            return False
        return super().catches({**facts, "method": wanted})

    @property
    def seconds(self) -> float:
        """The time of a hold, a delay or a slow call."""
        return HELD_TOO_LONG if self.ms is None else self.ms / 1000

    def refusal(self) -> ApiError:
        """The error that a ``status`` rule answers with."""
        if self.retry_after is not None:
            return too_many_requests(self.retry_after)
        code = self.http or 500
        if code == 429:  # noqa: PLR2004 - the HTTP status that carries a waiting time
            return too_many_requests(1)
        return ApiError(code, self.description or STANDARD.get(code, "Internal Server Error"))
