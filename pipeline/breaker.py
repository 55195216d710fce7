"""A circuit breaker: what has failed so many times in a row is left alone for a while, then tried with one call."""

from collections.abc import Callable
from typing import NewType

Pass = NewType("Pass", int)
"""Leave for one call. Its outcome counts only while the circuit is as it was when the leave was given."""


class Breaker:
    """Closed, open, or half-open with one call under way. For one event loop; it does no I/O and never waits.

    Measured on a monotonic clock: setting the wall clock neither opens nor holds a circuit.
    """

    __slots__ = ("_failures", "_generation", "_monotonic", "_open_until", "_probing", "_run", "_seconds")

    def __init__(self, monotonic: Callable[[], float], *, failures: int, seconds: float) -> None:
        """Open after ``failures`` in a row, for ``seconds``."""
        self._monotonic = monotonic
        self._failures = failures
        self._seconds = seconds
        self._run = 0
        self._open_until: float | None = None
        self._probing = False
        self._generation = 0

    def admit(self) -> Pass | None:
        """Leave for a call, whose outcome must be told by one of the three below; ``None`` while the circuit is open."""
        if self._open_until is not None:
            if self._probing or self._monotonic() < self._open_until:
                return None
            self._probing = True
            self._generation += 1
        return Pass(self._generation)

    def succeeded(self, call: Pass) -> None:
        """It answered: the run of failures is over, and a probe closes the circuit."""
        if call != self._generation:
            return
        self._run = 0
        if self._probing:
            self._open_until = None
            self._settle()

    def failed(self, call: Pass) -> bool:
        """It did not answer. Whether this opened the circuit, anew or for the first time."""
        if call != self._generation:
            return False
        self._run += 1
        if not self._probing and self._run < self._failures:
            return False
        self._open_until = self._monotonic() + self._seconds
        self._settle()
        return True

    def released(self, call: Pass) -> None:
        """The call said nothing either way, or its outcome was told: another probe may go."""
        if call == self._generation and self._probing:
            self._settle()

    def _settle(self) -> None:
        """From here on, calls that were let through before say nothing any more."""
        self._probing = False
        self._generation += 1
