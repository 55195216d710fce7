"""What can be made to go wrong at Z-API and on the way of its webhooks."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from sandbox.faults import HELD_TOO_LONG, Fault

StatusMode = Literal["none", "early", "reverse", "duplicate", "failed", "read_only"]

BEFORE_ACCEPTING = frozenset({"hold_before", "cut", "status"})
AFTER_ACCEPTING = frozenset({"hold", "accept_then_cut"})
ON_STATUSES = frozenset({"statuses"})
ON_WEBHOOKS = frozenset({"drop", "delay", "duplicate", "shuffle"})


class ZapiFault(Fault):
    """A rule for calls or for webhooks.

    ``call`` in ``match`` is message, read, status, webhook_received, webhook_echo, webhook_delivery, webhook_status,
    webhook_connection, webhook_presence, webhook_raw or any. Without it a rule for calls means messages (the question
    for the phone's state passes) and one for webhooks means all of them.

    hold: accept, and answer only when released or after ``ms``. hold_before: neither accept nor answer until then.
    accept_then_cut, cut: close the connection without an answer. status: answer with ``http`` and ``error``.
    statuses: how the webhooks of an accepted message come; failed: with ``error`` and ``error_code``. drop, delay,
    duplicate, shuffle: webhooks going out (shuffle delays each by a random time up to ``ms``).
    """

    action: Literal[
        "hold", "hold_before", "accept_then_cut", "cut", "status", "statuses", "drop", "delay", "duplicate", "shuffle"
    ]
    ms: int | None = Field(default=None, ge=0)
    http: int = Field(default=500, ge=200, le=599)
    error: str = "Internal Server Error"
    error_code: str = ""
    mode: StatusMode = "none"
    copies: int = Field(default=2, ge=1, le=200)

    @classmethod
    def match_keys(cls) -> frozenset[str]:
        """The facts of calls and webhooks."""
        return frozenset({"text_contains", "instance_id", "to", "call"})

    def catches(self, facts: Mapping[str, str]) -> bool:
        """Whether this is a call of the kind, and with the facts, that the rule means."""
        kind = self.match.get("call", "any" if self.action in ON_WEBHOOKS else "message")
        if kind not in ("any", facts.get("call")):
            return False
        return super().catches({**facts, "call": kind})

    @property
    def seconds(self) -> float:
        """The time of a hold or a delay."""
        return HELD_TOO_LONG if self.ms is None else self.ms / 1000
