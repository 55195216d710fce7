"""How often one session may ask."""

from uuid import uuid4

import pytest

from core.domain.request_limit import RequestLimit, TooManyRequests
from core.domain.token_bucket import TokenBuckets
from tests.fakes import ManualClock


def test_a_crowd_of_requests_passes_and_then_they_are_paced() -> None:
    """And who waits as he was told is served."""
    clock, session = ManualClock(), uuid4()
    limit = RequestLimit(clock.monotonic, burst=3, per_second=0.5)
    for _ in range(3):
        limit.asked(session)
    with pytest.raises(TooManyRequests) as told:
        limit.asked(session)
    clock.advance(told.value.retry_after)
    limit.asked(session)


def test_sessions_do_not_share_their_pace() -> None:
    """One that runs wild leaves another's requests alone."""
    limit = RequestLimit(ManualClock().monotonic, burst=1, per_second=1)
    wild, calm = uuid4(), uuid4()
    limit.asked(wild)
    with pytest.raises(TooManyRequests):
        limit.asked(wild)
    limit.asked(calm)


def test_what_is_remembered_has_its_bounds() -> None:
    """Of too many keys those that were used last are remembered."""
    buckets: TokenBuckets[int] = TokenBuckets(ManualClock().monotonic, burst=1, per_second=1, most=10)
    for key in range(100):
        buckets.take(key)
    assert len(buckets) == 10
    assert (buckets.wait(99) > 0, buckets.wait(0)) == (True, 0.0)
