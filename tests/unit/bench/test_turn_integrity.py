"""What a round of turns must have left, and what it must not."""

from dataclasses import replace
from typing import Any

import pytest

from app.bench.turn_integrity import Left, Seen

SEEN = Seen(statuses={"200": 3}, said=3, calls=3, answered=3, unanswered=0, unasked=0, crossed=0)
ROWS = {
    **dict.fromkeys(("heard", "turns", "answered", "covered", "written", "sent", "different", "calls"), 3),
    **dict.fromkeys(("unfinished", "unsent", "dead", "raised"), 0),
}


def test_a_round_that_adds_up_has_no_faults() -> None:
    """Three messages, three turns, three answers."""
    assert Left(ROWS, queued=0).faults(SEEN) == []


@pytest.mark.parametrize("name", sorted(ROWS))
@pytest.mark.parametrize("by", [1, -1])
def test_one_row_too_many_or_too_few_is_a_fault(name: str, by: int) -> None:
    """Whatever it is that was counted."""
    assert Left({**ROWS, name: ROWS[name] + by}, queued=0).faults(SEEN) != []


@pytest.mark.parametrize(
    "change",
    [
        {"statuses": {"200": 2, "503": 1}},
        {"answered": 2, "unanswered": 1},
        {"unasked": 1},
        {"crossed": 1},
        {"calls": 4},
    ],
)
def test_what_the_world_outside_saw_counts_too(change: dict[str, Any]) -> None:
    """A refused delivery, a lead without an answer, an answer to nobody, another's account, a call too many."""
    assert Left(ROWS, queued=0).faults(replace(SEEN, **change)) != []


def test_the_queue_must_be_empty() -> None:
    """A nudge that nobody took is work left over."""
    assert Left(ROWS, queued=1).faults(SEEN) == ["1 entries left in the queue"]
