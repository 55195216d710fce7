"""How a benchmark of turns counts."""

import pytest

from app.bench.business import TOPICS
from app.bench.exchanges import Exchange, InFlight, Tally


def test_calls_in_flight_are_weighed_by_time() -> None:
    """One for six seconds and three for four of them are two and a fifth in the mean."""
    flight = InFlight()
    flight.change(5, at=0.0)
    flight.change(-4, at=1.0)
    flight.begin(at=10.0)
    flight.change(3, at=16.0)
    assert flight.mean(10.0, 20.0) == pytest.approx(2.2)
    assert flight.most == 5


def test_the_models_time_is_not_the_workers() -> None:
    """Said at 1, taken in at 1.5, with the model for 2 seconds, answered at 4: one second added, half of it since the commit."""
    tally = Tally()
    tally.note(Exchange("1", TOPICS[0], said=1.0, taken=1.5, thought=2.0), 4.0, measured=True)
    assert (tally.whole, tally.since_commit) == ([1.0], [0.5])


def test_what_is_answered_outside_the_measured_time_only_counts() -> None:
    """For the integrity, not for the speed."""
    tally = Tally()
    tally.note(Exchange("1", TOPICS[0], said=1.0), 4.0, measured=False)
    assert (tally.answered, tally.answered_in_time, tally.whole) == (1, 0, [])
