"""Leads as a table for spreadsheets (RFC 4180), which run what begins like a formula: nothing here does."""

import csv
import io
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from typing import Final

from core.services.lead_list import ListedLead

_MARK: Final = "\ufeff"
"""Spreadsheets take a file for UTF-8 by it."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
COLUMNS: Final = (
    "id", "name", "phone", "stage_key", "score", "tags", "channel", "source_kind", "created_at", "last_activity_at",
    "last_text", "last_author", "conversation_status", "assignee_name", "unanswered_since",
)  # fmt: skip
"""Fields of a listed lead."""


async def as_csv(batches: AsyncGenerator[Sequence[ListedLead], None]) -> AsyncGenerator[bytes, None]:
    """The table, batch by batch."""
    yield (_MARK + lines([COLUMNS])).encode()
    async with aclosing(batches):
        async for leads in batches:
            if leads:
                yield lines(_cells(lead) for lead in leads).encode()


def lines(rows: Iterable[Sequence[str]]) -> str:
    """Lines of the table."""
    written = io.StringIO()
    csv.writer(written).writerows([defused(cell) for cell in row] for row in rows)
    return written.getvalue()


def defused(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cells(lead: ListedLead) -> list[str]:
    return [_text(getattr(lead, name)) for name in COLUMNS]


def _text(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, list) else str(value)
