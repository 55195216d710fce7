"""Usage as tables for spreadsheets, in the language of whoever opens them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from core.domain.plans import Money
from core.domain.spreadsheet import Cell, table
from core.services.usage import CountedLead, MonthUsed
from core.services.wording import column

MONTH_COLUMNS: Final = (
    "month", "plan", "leads", "plan_leads", "excess", "excess_unit", "excess_price", "price", "currency", "ai_cost_usd", "ai_tokens",
)  # fmt: skip
LEAD_COLUMNS: Final = ("place", "name", "channel", "counted_at", "lead_id", "message_id", "conversation_id")


def months_table(months: Iterable[MonthUsed], locale: str) -> str:
    """What each month took, and what it costs."""
    return table([_headings(MONTH_COLUMNS, locale), *map(_month, months)], locale)


def leads_table(leads: Iterable[CountedLead], locale: str) -> str:
    """Who was counted in a month, each with his first message."""
    return table([_headings(LEAD_COLUMNS, locale), *map(_lead, leads)], locale)


def _headings(names: Sequence[str], locale: str) -> list[str]:
    return [column(locale, name) for name in names]


def _month(one: MonthUsed) -> Sequence[Cell]:
    terms = one.terms
    return (
        f"{one.month:%Y-%m}", terms.plan, one.leads, terms.leads, one.excess, _amount(Money(terms.excess_cents, terms.currency)),
        _amount(one.excess_price), _amount(terms.price), terms.currency, Decimal(f"{one.ai_cost_usd:.6f}"), one.ai_tokens,
    )  # fmt: skip


def _lead(one: CountedLead) -> Sequence[Cell]:
    return (
        one.place, one.name, one.channel, f"{one.counted_at:%Y-%m-%d %H:%M:%S}", str(one.lead_id), str(one.message_id),
        str(one.conversation_id) if one.conversation_id else None,
    )  # fmt: skip


def _amount(money: Money) -> Decimal:
    return Decimal(money.cents).scaleb(-2)
