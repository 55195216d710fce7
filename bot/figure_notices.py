"""Notices that say all there is to say themselves: figures, as they were when they were told."""

from collections.abc import Mapping
from typing import Any, Final

from bot.amounts import counted, dollars, priced
from bot.texts import Html, Text
from core.domain.notification import NotificationKind
from core.domain.plans import Money

_MICROS: Final = 1_000_000
"""Of a dollar."""


def draw_figures(kind: NotificationKind, payload: Mapping[str, Any], text: Text) -> Html | None:
    """Such a notice in words; ``None`` for one that another has taken the place of."""
    match kind:
        case NotificationKind.PLAN_NEAR | NotificationKind.PLAN_REACHED:
            return _plan(kind, payload, text)
        case NotificationKind.BUDGET_NEAR | NotificationKind.BUDGET_REACHED:
            return _budget(kind, payload, text)
        case _:
            numbers = {name: value for name, value in payload.items() if isinstance(value, int)}
            return text(f"notice.{kind}", **numbers)


def _plan(kind: NotificationKind, payload: Mapping[str, Any], text: Text) -> Html:
    return text(
        f"notice.{kind}",
        leads=counted(payload["leads"], text),
        limit=counted(payload["limit"], text),
        plan=payload["plan"],
        percent=payload["percent"],
        price=priced(Money(payload["excess_cents"], payload["currency"]), text),
    )


def _budget(kind: NotificationKind, payload: Mapping[str, Any], text: Text) -> Html | None:
    """One without figures is of a release that told it daily: the month's own tells it with them."""
    if "budget_micros" not in payload:
        return None
    return text(
        f"notice.{kind}",
        cost=dollars(payload["cost_micros"] / _MICROS, text),
        budget=dollars(payload["budget_micros"] / _MICROS, text),
        percent=payload["percent"],
    )
