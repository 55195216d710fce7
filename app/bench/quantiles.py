"""What a load generator makes of the times that it took."""

from typing import Final

_POINTS: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p999": 0.999, "max": 1.0}


def quantiles(seconds: list[float]) -> dict[str, float]:
    """Their quantiles by name, in milliseconds; zeros when there are none."""
    ordered = sorted(seconds)
    last = len(ordered) - 1
    return {
        name: round(ordered[min(last, int(len(ordered) * point))] * 1000, 2) if ordered else 0.0
        for name, point in _POINTS.items()
    }
