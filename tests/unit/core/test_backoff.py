"""Pauses that grow, and where alone they are reckoned."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.backoff import backoff

PROJECT = Path(__file__).parents[3]
PACKAGES = ("app", "bot", "channels", "core", "db", "miniapp", "pipeline", "scheduler", "webhooks")
PAUSES = st.floats(min_value=0.001, max_value=3600.0)
FAILURES = st.integers(min_value=0, max_value=10**12)


@given(first=PAUSES, longest=PAUSES, failures=FAILURES)
def test_a_pause_is_never_longer_than_the_longest(first: float, longest: float, failures: int) -> None:
    """However often it failed: a thousand failures once overflowed."""
    assert min(first, longest) <= backoff(first, longest, failures) <= longest


@given(first=PAUSES, longest=PAUSES, failures=FAILURES)
def test_a_pause_is_never_shorter_than_the_one_before(first: float, longest: float, failures: int) -> None:
    """It grows, or stays."""
    assert backoff(first, longest, failures) <= backoff(first, longest, failures + 1)


@pytest.mark.parametrize(("failures", "pause"), [(0, 0.5), (1, 0.5), (2, 1.0), (3, 2.0), (5, 8.0), (6, 10.0)])
def test_a_pause_doubles(failures: int, pause: float) -> None:
    """From the first failure on, up to the longest."""
    assert backoff(0.5, 10.0, failures) == pause


def _powers_of_two(code: str) -> Iterator[int]:
    """The lines on which two is raised to something that is not written there."""
    for node in ast.walk(ast.parse(code)):
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Pow)
            and isinstance(node.left, ast.Constant)
            and node.left.value == 2
            and not isinstance(node.right, ast.Constant)
        ):
            yield node.lineno


def test_nobody_doubles_a_pause_by_himself() -> None:
    """A doubling that nothing bounds ends in an overflow: ``backoff`` alone does it."""
    sources = [path for package in PACKAGES for path in (PROJECT / package).rglob("*.py") if "web" not in path.parts]
    found = {
        f"{path.relative_to(PROJECT)}:{line}"
        for path in sources
        for line in _powers_of_two(path.read_text(encoding="utf-8"))
        if path.name != "backoff.py"
    }
    assert found == set()


def test_a_doubling_is_noticed() -> None:
    """What the rule is about, and what it is not."""
    assert list(_powers_of_two("pause = 2.0 ** failures")) == [1]
    assert list(_powers_of_two("most = 2**31; x = first * 2 ** min(n, 10)")) == [1]
    assert list(_powers_of_two("most = 2**31 - 1")) == []
