"""`reveza bench turns` and `reveza bench sse`, as they are typed, at the smallest size."""

import subprocess
import sys

import pytest

from app.running import PROJECT

_WORDS = ("--rounds", "1", "--in-flight", "8", "--rate", "5", "--model", "0.2", "--duration", "2", "--leads", "10")


def _bench(*words: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "app", "bench", *words],
        cwd=PROJECT,
        capture_output=True,
        timeout=300,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.slow
def test_every_lead_is_answered_once_and_memory_is_told() -> None:
    """All parts over real processes: three loads that add up, then the memory of an idle `up`."""
    *_, saturated, waiting, paced, integrity, memory = _bench("turns", *_WORDS)
    assert [line.split("  ")[0] for line in (saturated, waiting, paced)] == [
        "model 0 ms, 64 talking",
        "model 200 ms, 8 talking",
        "model 200 ms, 5 a second",
    ]
    assert integrity == "integrity: ok"
    assert memory.startswith("`up`, idle: ")
    assert all(part in memory for part in ("web", "worker", "scheduler", "postgres", "valkey", "sandbox"))


@pytest.mark.slow
def test_every_screen_hears_of_everything_once() -> None:
    """Signed-in screens over a real web process: no change is missed or heard twice, and a lead's words are in the chat."""
    *_, integrity = _bench(
        "sse", "--rounds", "1", "--clients", "6", "--tenants", "2", "--rate", "50", "--duration", "1"
    )
    assert integrity == "integrity: ok"
