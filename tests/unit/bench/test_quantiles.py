"""The times that a benchmark tells."""

from app.bench.quantiles import quantiles


def test_quantiles_are_in_milliseconds() -> None:
    """Of a hundred moments, the middle one, the last but a few, the last."""
    told = quantiles([number / 1000 for number in range(100, 0, -1)])
    assert told == {"p50": 51.0, "p95": 96.0, "p99": 100.0, "p999": 100.0, "max": 100.0}


def test_quantiles_of_nothing_are_zero() -> None:
    """Not an error: nothing was answered in the measured time."""
    assert set(quantiles([]).values()) == {0.0}
