"""What the webhooks count: deliveries, events and time, by channel and outcome, never by tenant or person."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0)
_LABELS: Final = ("channel", "outcome")
_ELSEWHERE: Final = "unknown"
"""The channel of requests that name none of ours: a label with a stranger's words would grow without end."""


class WebhookMetrics(Collector):
    """The webhooks' counters: plain numbers of the one thread that counts, shaped for the registry when it asks."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests: Counter[tuple[str, str]] = Counter()
        self._events: Counter[tuple[str, str]] = Counter()
        self._within = [0] * (len(_SECONDS) + 1)
        self._seconds = 0.0
        registry.register(self)

    def answered(self, channel: str | None, outcome: str) -> None:
        """One request was answered."""
        self._requests[channel or _ELSEWHERE, outcome] += 1

    def taken(self, channel: str, counts: Counter[str], seconds: float) -> None:
        """One delivery was taken, with so many events of each outcome."""
        self._requests[channel, "ok"] += 1
        self._within[bisect_left(_SECONDS, seconds)] += 1
        self._seconds += seconds
        for outcome, events in counts.items():
            self._events[channel, outcome] += events

    def collect(self) -> Iterator[Metric]:
        """What was counted so far."""
        yield _counter("webhook_requests", "Requests to the webhooks, by what became of them.", self._requests)
        yield _counter("webhook_events", "Events in verified deliveries, by what became of them.", self._events)
        seconds = HistogramMetricFamily("webhook_seconds", "From a verified delivery's headers to its answer.")
        bounds: Iterable[str] = (*map(str, _SECONDS), "+Inf")
        seconds.add_metric([], list(zip(bounds, accumulate(self._within), strict=True)), self._seconds)
        yield seconds


def _counter(name: str, about: str, counted: Counter[tuple[str, str]]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, about, labels=_LABELS)
    for labels, number in counted.items():
        family.add_metric(labels, number)
    return family
