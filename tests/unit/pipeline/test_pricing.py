"""What calls cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.pricing import Tokens, cost_micros

COUNTS = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("model", "tokens", "micros"),
    [
        ("claude-sonnet-5-5", Tokens(fresh=1000, out=100), 3000),
        ("claude-sonnet-5-5", Tokens(cache_read=10_000), 1000),
        ("claude-sonnet-5-5", Tokens(cache_write=1000), 2500),
        ("claude-haiku-5-5", Tokens(fresh=1000, out=100), 150),
        ("claude-haiku-5-5", Tokens(fresh=200_000), 100_000),
        ("claude-haiku-5-5", Tokens(cache_read=1), 1),
        ("a-model-of-tomorrow", Tokens(fresh=1000), 10_000),
        ("claude-opus-5-5", Tokens(), 0),
    ],
)
def test_the_price_of_a_call(model: str, tokens: Tokens, micros: int) -> None:
    """In millionths of a dollar, rounded up; an unknown model at the highest price."""
    assert cost_micros(model, tokens) == micros


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_more_never_costs_less(fresh: int, out: int, read: int, written: int) -> None:
    """A call's cost grows with every kind of token."""
    less, more = Tokens(fresh, out, read, written), Tokens(fresh + 1, out + 1, read + 1, written + 1)
    assert cost_micros("claude-haiku-5-5", less) <= cost_micros("claude-haiku-5-5", more)


@given(COUNTS)
def test_reading_the_cache_is_cheaper(count: int) -> None:
    """For every model that is priced."""
    for model in ("claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5"):
        assert cost_micros(model, Tokens(cache_read=count)) <= cost_micros(model, Tokens(fresh=count))
