"""What a worker counts: turns, sends and model calls, by outcome, never by tenant or person."""

from collections.abc import Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from core.domain.prompt import ModelCall

_TURN_SECONDS: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_SEND_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 20.0)


class WorkerMetrics:
    """The worker's counters, in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._turns = Counter("turns", "Turns of the AI, by how they ended.", ["outcome"], registry=registry)
        self._turn_seconds = Histogram(
            "turn_seconds", "From a turn's claim to its commit.", buckets=_TURN_SECONDS, registry=registry
        )
        self._sends = Counter("sends", "Calls to send a message, by what came of them.", ["outcome"], registry=registry)
        self._send_seconds = Histogram(
            "send_seconds", "From a message's claim to the provider's answer.", buckets=_SEND_SECONDS, registry=registry
        )
        self._calls = Counter("model_calls", "Calls of a model.", ["model", "outcome"], registry=registry)
        self._tokens = Counter("model_tokens", "Tokens used.", ["model", "kind"], registry=registry)
        self._cost = Counter("model_cost_dollars", "What the calls cost, in US dollars.", ["model"], registry=registry)

    def turn_ended(self, outcome: str, seconds: float) -> None:
        """One turn is over."""
        self._turns.labels(outcome).inc()
        self._turn_seconds.observe(seconds)

    def send_ended(self, outcome: str, seconds: float) -> None:
        """The provider was called, or was not."""
        self._sends.labels(outcome).inc()
        self._send_seconds.observe(seconds)

    def model_called(self, calls: Sequence[ModelCall]) -> None:
        """A model was asked, once or more often."""
        for call in calls:
            self._calls.labels(call.model, call.outcome).inc()
            self._tokens.labels(call.model, "in").inc(call.tokens_in)
            self._tokens.labels(call.model, "out").inc(call.tokens_out)
            self._tokens.labels(call.model, "cache_read").inc(call.tokens_cache_read)
            self._tokens.labels(call.model, "cache_write").inc(call.tokens_cache_write)
            self._cost.labels(call.model).inc(call.cost_micros / 1_000_000)
