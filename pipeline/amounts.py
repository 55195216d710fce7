"""Reads sums of money, percentages, instalments and durations out of a chat line."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

# A run of digits is read once, from its beginning: from each of its places it would take quadratic time.
_NUMBER = r"\d{1,3}(?:[.,]\d{3}){1,4}(?:[.,]\d{1,2})?|\d++(?:[.,]\d{1,2})?"
_SCALE = r"(?:\s*(?P<scale>mil|k|milh[oõ]es|milh[aã]o)\b)?"
_MONEY = re.compile(
    rf"(?:r\$|us\$|\$|€|brl|usd)\s*(?P<number>{_NUMBER}){_SCALE}"
    rf"|(?<!\d)(?P<number2>{_NUMBER})(?:\s*(?P<scale2>mil|k|milh[oõ]es|milh[aã]o))?\s*(?:reais|real|d[oó]lares|euros|pesos|conto[s]?|pila[s]?)\b"
    rf"|(?<!\d)(?P<number3>\d{{1,9}}+(?:[.,]\d{{1,2}})?)\s*(?P<scale3>mil|k)\b(?!\s*(?:km|quil[oô]metros|pessoas|alunos|clientes|metros|m²))",
    re.IGNORECASE,
)
_WRITTEN_AS_MONEY = re.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})*,\d{2}(?!\d)")
_PERCENT = re.compile(r"(?<!\d)(\d++(?:[.,]\d++)?)\s*(?:%|por\s?cento|percent\b)", re.IGNORECASE)
_INSTALMENTS = re.compile(r"\b(\d{1,3})\s*(?:x\b|vezes\b|parcelas\b|installments\b|cuotas\b)", re.IGNORECASE)
_DURATION = re.compile(
    r"\b(\d{1,3})(?:\s*(?:a|e|ou|-|to)\s*(\d{1,3}))?\s*(?P<unit>minutos?|min\b|horas?|hours?|dias?|days?|semanas?|weeks?|m[eê]s(?:es)?|months?|anos?|years?)",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"\b(?:em|dentro de|in|within|de|com|at[eé])\s+(?:at[eé]\s+)?(\d{1,3})\s?(?:h|hs|hrs)\b", re.IGNORECASE
)
_SCALES = {"mil": 1000, "k": 1000}
_MILLION = 1_000_000
_UNITS = {"min": "minute", "hor": "hour", "hou": "hour", "dia": "day", "day": "day", "sem": "week", "wee": "week"}
_LATER_UNITS = {"mes": "month", "mês": "month", "mon": "month", "ano": "year", "yea": "year"}


@dataclass(frozen=True, slots=True)
class Money:
    """A sum, without its currency; ``start`` is where in the text it stands."""

    value: Decimal
    start: int


def money(text: str) -> list[Money]:
    """Return the sums named in ``text``: with a currency, or in thousands ("18 mil")."""
    return [sum_ for match in _MONEY.finditer(text) if (sum_ := _money(match)) is not None]


def written_prices(text: str) -> set[Decimal]:
    """Return the sums of a business's own facts, also those written without a currency ("150,00")."""
    bare = {value for found in _WRITTEN_AS_MONEY.findall(text) if (value := number(found)) is not None}
    return bare | {each.value for each in money(text)}


def percents(text: str) -> list[tuple[Decimal, int]]:
    """Return the percentages and where they stand."""
    found = ((number(match.group(1)), match.start()) for match in _PERCENT.finditer(text))
    return [(value, start) for value, start in found if value is not None]


def instalments(text: str) -> list[int]:
    """Return the counts of "6x", "6 vezes", "6 parcelas"."""
    return [int(count) for count in _INSTALMENTS.findall(text)]


def durations(text: str) -> list[tuple[int, str]]:
    """Return spans of time as (count, unit); opening hours ("8h às 12h") are not spans."""
    found = [(int(m.group(1)), "hour") for m in _HOURS.finditer(text)]
    for match in _DURATION.finditer(text):
        unit = _unit(match.group("unit"))
        found += [(int(count), unit) for count in match.group(1, 2) if count]
    return found


def number(text: str) -> Decimal | None:
    """Read a number written the Brazilian or the English way; None where it is neither."""
    digits = text.strip(".,")
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0 and len(digits) - last - 1 != 3:  # noqa: PLR2004  (three digits after it: thousands)
        digits = re.sub("[.,]", "", digits[:last]) + "." + digits[last + 1 :]
    else:
        digits = re.sub("[.,]", "", digits)
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def _money(match: re.Match[str]) -> Money | None:
    groups = match.groupdict()
    value = number(groups["number"] or groups["number2"] or groups["number3"] or "")
    if value is None:
        return None
    scale = (groups["scale"] or groups["scale2"] or groups["scale3"] or "").casefold()
    factor = _SCALES.get(scale, _MILLION if scale else 1)
    return Money(value * factor, match.start())


def _unit(word: str) -> str:
    stem = word.casefold()[:3]
    return _UNITS.get(stem) or _LATER_UNITS.get(stem, "month")
