"""``reveza test --all`` tries once more alone what failed beside other tests, and hides nothing of it."""

import pytest

from app.commands.test import MOST_AGAIN, alone

OK, FAILED, INTERRUPTED = 0, 1, 2


class Suite:
    """Tests of which some fail beside others, and some of those alone too."""

    def __init__(self, beside: set[str], by_itself: set[str]) -> None:
        self.failed = frozenset(beside)
        self.runs: list[tuple[str, ...]] = []
        self._by_itself = frozenset(by_itself)

    def run(self, *arguments: str) -> int:
        """The second run."""
        self.runs.append(arguments)
        self.failed = self._by_itself
        return FAILED if self.failed else OK

    def last_failed(self) -> frozenset[str]:
        """What pytest's cache holds."""
        return self.failed


def test_what_passes_alone_is_told_and_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Its name stands in the output."""
    suite = Suite({"a::one"}, set())
    assert alone(FAILED, suite.run, suite.last_failed) == OK
    assert "failed beside others, passed alone: a::one" in capsys.readouterr().err


def test_what_fails_twice_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """Only the other one is called passed."""
    suite = Suite({"a::one", "b::two"}, {"b::two"})
    assert alone(FAILED, suite.run, suite.last_failed) == FAILED
    told = capsys.readouterr().err
    assert ("passed alone: a::one" in told, "passed alone: b::two" in told) == (True, False)


@pytest.mark.parametrize(
    ("code", "beside"),
    [(OK, set()), (FAILED, {str(n) for n in range(MOST_AGAIN + 1)}), (INTERRUPTED, {"a::one"}), (FAILED, set())],
)
def test_nothing_else_is_run_again(code: int, beside: set[str]) -> None:
    """Not when all passed, nor when many failed, nor when pytest itself did, nor when it is not known which."""
    suite = Suite(beside, set())
    assert (alone(code, suite.run, suite.last_failed), suite.runs) == (code, [])
