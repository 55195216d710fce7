"""What a call of a model costs: one table, in US dollars a million tokens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a million tokens; cache writes live five minutes."""

    tokens_in: float
    tokens_out: float
    cache_read: float
    cache_write: float


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a call used, as the provider counted it. ``fresh``: input neither read from nor written to the cache."""

    fresh: int = 0
    out: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def prompt(self) -> int:
        """All of the input."""
        return self.fresh + self.cache_read + self.cache_write


# Source: the models' overview and pricing pages of platform.claude.com, November 2026.
_HAIKU_SHORT = Price(0.10, 0.50, 0.01, 0.125)
_HAIKU_LONG = Price(0.50, 2.50, 0.05, 0.625)
_HAIKU_LONG_FROM = 100_000
_PRICES = {
    "claude-sonnet-5-5": Price(2, 10, 0.10, 2.50),
    "claude-opus-5-5": Price(4, 20, 0.40, 5),
    "claude-fable-5-1": Price(10, 50, 1, 12.50),
    "claude-opus-5": Price(5, 25, 0.50, 6.25),
    "claude-sonnet-5": Price(2, 10, 0.20, 2.50),
    "claude-haiku-4-5": Price(1, 5, 0.10, 1.25),
}
_DEAREST = _PRICES["claude-fable-5-1"]
"""A model that is not in the table is counted at the highest price, so that a budget is never overrun unseen."""


def cost_micros(model: str, tokens: Tokens) -> int:
    """The cost of one call in millionths of a US dollar, rounded up."""
    price = _price(model, tokens)
    dollars_per_million = (
        tokens.fresh * price.tokens_in
        + tokens.out * price.tokens_out
        + tokens.cache_read * price.cache_read
        + tokens.cache_write * price.cache_write
    )
    return -int(-dollars_per_million // 1)


def _price(model: str, tokens: Tokens) -> Price:
    if model == "claude-haiku-5-5":
        return _HAIKU_LONG if tokens.prompt > _HAIKU_LONG_FROM else _HAIKU_SHORT
    return _PRICES.get(model, _DEAREST)
