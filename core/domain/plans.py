"""What a business pays for: how many leads a month, and how many people answer them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_LONGEST_NAME: Final = 100
_MOST: Final = 1_000_000
_DEAREST: Final = 1_000_000_000_00
NEAR_PERCENT: Final = 80
"""So full of its plan, and once more when it is full, a month is told of."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the hundredths of its currency."""

    cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What operators offer. Nobody is turned away beyond it: each lead more is counted, at ``excess_cents``."""

    key: str
    name: str
    leads: int
    attendants: int
    price_cents: int = 0
    excess_cents: int = 0
    currency: str = "BRL"
    archived: bool = False

    @property
    def terms(self) -> "Terms":
        """What a month is counted under with it."""
        return Terms(self.key, self.leads, self.price_cents, self.excess_cents, self.currency)


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what a month is counted: a plan as it was then."""

    plan: str
    leads: int
    price_cents: int
    excess_cents: int
    currency: str

    def excess(self, leads: int) -> int:
        """How many of so many leads are beyond the plan."""
        return max(leads - self.leads, 0)

    def excess_price(self, leads: int) -> Money:
        """What those cost."""
        return Money(self.excess(leads) * self.excess_cents, self.currency)

    @property
    def price(self) -> Money:
        """What the month costs however many came."""
        return Money(self.price_cents, self.currency)


def fault_in(plan: Plan) -> str:
    """What is wrong with a plan that an operator describes; nothing when nothing is."""
    if not _KEY.fullmatch(plan.key):
        return (
            f"{plan.key!r} is no key of a plan: small letters, digits and hyphens, at most 24, a letter or digit first"
        )
    if not 0 < len(plan.name.strip()) <= _LONGEST_NAME:
        return f"a plan has a name of at most {_LONGEST_NAME} characters"
    if not (0 < plan.leads <= _MOST and 0 < plan.attendants <= _MOST):
        return f"a plan holds from 1 to {_MOST:,} leads, and as many attendants"
    if not (0 <= plan.price_cents <= _DEAREST and 0 <= plan.excess_cents <= _DEAREST):
        return "a price is not negative, and below a thousand million"
    return "" if _CURRENCY.fullmatch(plan.currency) else f"{plan.currency!r} is no currency's code, like BRL"


def projected(leads: int, local: datetime) -> int:
    """How many leads the month will have at its end, going on as it did so far; ``local`` is the tenant's own time."""
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    whole = datetime.combine(next_month(first.date()), first.time()) - first
    # Within the first day little is known: as if it were over.
    gone = max(local.replace(tzinfo=None) - first, timedelta(days=1))
    return max(round(leads * (whole / gone)), leads)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)
