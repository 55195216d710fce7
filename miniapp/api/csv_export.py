"""Leads as a table for spreadsheets (RFC 4180), which run what begins like a formula: nothing here does."""

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from core.domain.spreadsheet import table, table_lines
from core.services.lead_list import ListedLead

_LOCALES: Final = Path(__file__).parent / "locales"
_ELSEWHERE: Final = "en"
_BRAZILIAN: Final = re.compile(r"(55)(\d\d)(\d{4,5})(\d{4})\Z")
COLUMNS: Final = (
    "name", "phone", "stage_key", "score", "tags", "channel", "source_kind", "created_at", "last_activity_at",
    "last_text", "last_author", "conversation_status", "assignee_name", "unanswered_since", "asleep_until", "id",
)  # fmt: skip
"""Fields of a listed lead."""


class TableWords(BaseModel):
    """What the table says in a language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heading: Mapping[str, str]
    value: Mapping[str, Mapping[str, str]]


@cache
def table_words(language: str) -> TableWords:
    """In the language, else in English."""
    path = _LOCALES / f"{language}.json"
    return TableWords.model_validate_json((path if path.exists() else _LOCALES / f"{_ELSEWHERE}.json").read_bytes())


@dataclass(frozen=True, slots=True)
class Reader:
    """Who opens the table: his language, the business's clock, and what it calls its stages."""

    language: str
    zone: ZoneInfo
    stages: Mapping[str, str]

    async def table(self, batches: AsyncGenerator[Sequence[ListedLead], None]) -> AsyncGenerator[bytes, None]:
        """The table, batch by batch."""
        headings = table_words(self.language).heading
        yield table([[headings[name] for name in COLUMNS]], self.language).encode()
        async with aclosing(batches):
            async for leads in batches:
                if leads:
                    yield table_lines((self._cells(lead) for lead in leads), self.language).encode()

    def _cells(self, lead: ListedLead) -> list[str]:
        return [self._text(name, getattr(lead, name)) for name in COLUMNS]

    def _text(self, name: str, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            # As every spreadsheet reads a moment, whatever its language; none knows of time zones.
            return f"{value.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"
        if isinstance(value, list):
            return ", ".join(value)
        text = str(value)
        if name == "stage_key":
            return self.stages.get(text, text)
        return (
            written_phone(text) if name == "phone" else table_words(self.language).value.get(name, {}).get(text, text)
        )


def written_phone(digits: str) -> str:
    """As it is read: of bare digits spreadsheets make a number, and round it."""
    return _BRAZILIAN.sub(r"\1 \2 \3-\4", digits)
