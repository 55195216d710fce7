"""What a business pays for: how many leads a month, and how many people answer them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Plan:
    """Nobody is turned away beyond it: what is more is counted."""

    leads: int
    attendants: int


PLANS: Final[Mapping[str, Plan]] = {"starter": Plan(300, 1), "pro": Plan(1000, 3), "scale": Plan(3000, 10)}


def lead_limit(plan: str) -> int | None:
    """How many leads a month the plan holds; ``None`` for one that is not known here: it sets no limit."""
    known = PLANS.get(plan)
    return known.leads if known else None
