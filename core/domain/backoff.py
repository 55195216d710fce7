"""How long to wait before trying again what fails and fails."""

from typing import Final

_MOST_DOUBLINGS: Final = 64
"""More would take any first pause past any longest one that people wait for, and soon be no number any more."""


def backoff(first: float, longest: float, failures: int) -> float:
    """Seconds after that many failures in a row: ``first`` after one, doubled with each more, ``longest`` at most."""
    doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
    return min(longest, first * 2.0**doublings)
