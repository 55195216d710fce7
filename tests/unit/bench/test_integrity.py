"""What a round of deliveries must have left."""

import pytest

from app.bench.integrity import Found

ROWS = {
    **dict.fromkeys(("messages", "different", "events"), 100),
    **dict.fromkeys(("leads", "counted", "usage"), 60),
    **dict.fromkeys(("due", "spoken"), 50),
    "misnumbered": 0,
}


@pytest.mark.parametrize("answered", [100, 103])
def test_a_round_that_adds_up_has_no_faults(answered: int) -> None:
    """Of what was answered 200, a few in a hundred were sent twice."""
    assert Found(ROWS, nudges=50).faults({"200": answered}) == []


@pytest.mark.parametrize("name", sorted(ROWS))
def test_one_row_too_many_is_a_fault(name: str) -> None:
    """Whatever it is that was counted."""
    assert Found({**ROWS, name: ROWS[name] + 1}, nudges=50).faults({"200": 100}) != []


@pytest.mark.parametrize("statuses", [{"200": 99}, {"200": 120}, {"200": 100, "503": 1}])
def test_answers_and_messages_agree(statuses: dict[str, int]) -> None:
    """Stored without an answer, answered without being stored, refused."""
    assert Found(ROWS, nudges=50).faults(statuses) != []


def test_each_due_turn_is_nudged_once() -> None:
    """A nudge too few waits for the sweep."""
    assert Found(ROWS, nudges=49).faults({"200": 100}) == ["49 nudges for 50 due turns"]
