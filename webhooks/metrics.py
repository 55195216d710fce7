"""What the webhooks count: deliveries, events and time, by channel and outcome, never by tenant or person."""

from collections import Counter
from typing import Final

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client import Counter as Metric

_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)
_ELSEWHERE: Final = "unknown"
"""The channel of requests that name none of ours: a label with a stranger's words would grow without end."""


class WebhookMetrics:
    """The webhooks' counters, in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Metric(
            "webhook_requests",
            "Requests to the webhooks, by what became of them.",
            ["channel", "outcome"],
            registry=registry,
        )
        self._events = Metric(
            "webhook_events",
            "Events in verified deliveries, by what became of them.",
            ["channel", "outcome"],
            registry=registry,
        )
        self._seconds = Histogram(
            "webhook_seconds", "From a verified delivery's headers to its answer.", buckets=_SECONDS, registry=registry
        )
        self._labelled: dict[tuple[Metric, str, str], Metric] = {}

    def answered(self, channel: str | None, outcome: str) -> None:
        """One request was answered."""
        self._of(self._requests, channel or _ELSEWHERE, outcome).inc()

    def taken(self, channel: str, counts: Counter[str], seconds: float) -> None:
        """One delivery was taken, with so many events of each outcome."""
        self._of(self._requests, channel, "ok").inc()
        self._seconds.observe(seconds)
        for outcome, events in counts.items():
            self._of(self._events, channel, outcome).inc(events)

    def _of(self, metric: Metric, channel: str, outcome: str) -> Metric:
        """Looking labels up costs more than counting; there are only a few."""
        key = (metric, channel, outcome)
        found = self._labelled.get(key)
        if found is None:
            found = self._labelled[key] = metric.labels(channel, outcome)
        return found
