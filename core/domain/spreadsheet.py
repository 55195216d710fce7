"""Tables for spreadsheets (RFC 4180, with the separators of a language), which run what begins like a formula: nothing here does."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

MARK: Final = "\ufeff"
"""Spreadsheets take a file for UTF-8 by it."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_COMMA_DECIMALS: Final = ("pt",)
"""Languages whose spreadsheets read a comma as the point before decimals, and so want another separator."""

Cell = str | int | Decimal | None


def table(rows: Iterable[Sequence[Cell]], locale: str) -> str:
    """A whole file: the mark, then lines."""
    return MARK + table_lines(rows, locale)


def table_lines(rows: Iterable[Sequence[Cell]], locale: str) -> str:
    """Lines of it, as a spreadsheet in this language reads them."""
    comma = locale.startswith(_COMMA_DECIMALS)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if comma else ",")
    writer.writerows([_written(cell, comma=comma) for cell in row] for row in rows)
    return written.getvalue()


def defused(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _written(cell: Cell, *, comma: bool) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return str(cell).replace(".", ",") if comma else str(cell)
        case int():
            return str(cell)
        case _:
            return defused(cell)
