"""Failures are limited by address, in bounded memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.failure_limit import FailureLimit, TooManyFailures, client_address


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _fails(limit: FailureLimit, address: str) -> bool:
    try:
        limit.failed(address)
    except TooManyFailures:
        return True
    return False


def test_burst_then_turned_away() -> None:
    """So many failures pass at once, the next one is too many, and the wait is told in whole seconds."""
    limit = FailureLimit(_Clock(), burst=3, per_second=0.5)
    assert [_fails(limit, "a") for _ in range(3)] == [False, False, False]
    with pytest.raises(TooManyFailures) as told:
        limit.failed("a")
    assert told.value.retry_after == 2


def test_waiting_as_told_is_enough() -> None:
    """After the wait that was told one more failure passes."""
    clock = _Clock()
    limit = FailureLimit(clock, burst=1, per_second=0.5)
    limit.failed("a")
    with pytest.raises(TooManyFailures) as told:
        limit.failed("a")
    clock.now += told.value.retry_after
    assert not limit.exhausted("a")
    assert not _fails(limit, "a")


def test_addresses_do_not_share_a_bucket() -> None:
    """One address's flood leaves another's failures alone."""
    limit = FailureLimit(_Clock(), burst=1, per_second=1)
    assert [_fails(limit, "a") for _ in range(5)].count(True) == 4
    assert limit.exhausted("a")
    assert not limit.exhausted("b")
    assert not _fails(limit, "b")


def test_memory_is_bounded() -> None:
    """Of too many addresses those that failed last are remembered."""
    limit = FailureLimit(_Clock(), burst=1, per_second=1, addresses=100)
    for number in range(1000):
        limit.failed(str(number))
    assert len(limit) == 100
    assert limit.exhausted("999")
    assert not limit.exhausted("0")


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=60))
def test_never_more_than_burst_and_rate(steps: list[tuple[float, bool]]) -> None:
    """In any pattern of waits, failures that pass are at most the burst and what the time refilled."""
    clock = _Clock()
    limit = FailureLimit(clock, burst=4, per_second=2)
    began, passed = clock.now, 0
    for wait, tries in steps:
        clock.now += wait
        passed += tries and not _fails(limit, "a")
    assert passed <= 4 + (clock.now - began) * 2 + 1e-6


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        ("203.0.113.9", ["198.51.100.1"], 0, "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.9"], 1, "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.9, 10.0.0.2"], 2, "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9"], 2, "10.0.0.1"),
        ("10.0.0.1", ["unknown"], 1, "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9:4711"], 1, "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8:1:2:3::4]:4711"], 1, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3::4", [], 0, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", [], 0, "203.0.113.9"),
        (None, [], 0, "local"),
    ],
)
def test_address_that_failures_count_against(
    peer: str | None, forwarded: list[str], proxies: int, expected: str
) -> None:
    """Entries of our own proxies are counted from the right; what a client wrote itself is not believed."""
    assert expected == client_address(peer, forwarded, proxies)


@given(st.text(max_size=60), st.lists(st.text(max_size=80), max_size=3), st.integers(0, 4))
def test_any_header_gives_an_address(peer: str, forwarded: list[str], proxies: int) -> None:
    """Whatever a client sends, there is something to count by."""
    assert client_address(peer, forwarded, proxies)
