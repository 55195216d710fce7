"""`reveza bench turns`, as it is typed, at the smallest size."""

import subprocess
import sys

import pytest

from app.running import PROJECT

_WORDS = ("--rounds", "1", "--in-flight", "8", "--rate", "5", "--model", "0.2", "--duration", "2", "--leads", "10")


@pytest.mark.slow
def test_every_lead_is_answered_once_and_memory_is_told() -> None:
    """All parts over real processes: three loads that add up, then the memory of an idle `up`."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "bench", "turns", *_WORDS],
        cwd=PROJECT,
        capture_output=True,
        timeout=300,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *_, saturated, waiting, paced, integrity, memory = done.stdout.splitlines()
    assert [line.split("  ")[0] for line in (saturated, waiting, paced)] == [
        "model 0 ms, 64 talking",
        "model 200 ms, 8 talking",
        "model 200 ms, 5 a second",
    ]
    assert integrity == "integrity: ok"
    assert memory.startswith("`up`, idle: ")
    assert all(part in memory for part in ("web", "worker", "scheduler", "postgres", "valkey", "sandbox"))
