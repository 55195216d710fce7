"""Numbers, money and months as a language writes them."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from bot.texts import Text
from core.domain.plans import Money


def counted(number: int, text: Text) -> str:
    """A whole number."""
    return format_decimal(number, locale=_locale(text))


def priced(amount: Money, text: Text) -> str:
    """An amount of money."""
    return format_currency(Decimal(amount.cents) / 100, amount.currency, locale=_locale(text))


def dollars(amount: float, text: Text) -> str:
    """What the model costs."""
    return format_currency(Decimal(str(round(amount, 2))), "USD", locale=_locale(text))


def month_named(month: date, text: Text) -> str:
    """A month of a year."""
    return format_date(month, "LLLL y", locale=_locale(text))


def _locale(text: Text) -> str:
    return text.language.replace("-", "_")
