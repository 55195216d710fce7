"""The table of turns."""

from app.bench.memory import IdleMemory
from app.bench.turn_report import memory_table, turns_table
from app.bench.turns import TurnRound


def _round(rate: float, *faults: str) -> TurnRound:
    times = {"p50": rate / 10, "p99": rate / 5}
    return TurnRound(rate, 90.0, 100, times, times, {"worker": 4.0}, {"worker": 150.0}, list(faults))


def test_a_line_shows_medians() -> None:
    """Of three rounds the middle one."""
    _, line, integrity = turns_table({"scene": [_round(90), _round(100), _round(300)]}).splitlines()
    assert line.split()[:6] == ["scene", "100.0", "90", "(most", "100)", "10.0"]
    assert integrity == "integrity: ok"


def test_every_fault_is_told() -> None:
    """Once, however often it came."""
    table = turns_table({"scene": [_round(1, "a"), _round(1, "a", "b")]})
    assert table.splitlines()[-1] == "integrity: a; b"


def test_the_emulators_are_counted_apart() -> None:
    """A production run has none."""
    memory = IdleMemory({"web": 60.0, "sandbox": 50.0, "postgres": 40.0}, shared_counted_once=True)
    assert (memory.total, memory.emulators) == (100.0, 50.0)
    assert memory_table(memory).startswith("`up`, idle: 100 MB (PSS)")
