"""Two businesses with a row in every table, and a journal of tombstones on this machine's disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from core.services.erasure import Erasures
from core.services.tombstone_journal import TombstoneJournal
from tests.factories import Business, Seeder, Thread
from tests.fakes import RecordedLive
from tests.integration.conftest import Database

KEY = bytes(range(32))
CANARY = "Zoraide Canarinho"
"""Nobody else's name."""


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody to be forgotten (``gone``), and somebody of the same business and somebody of another who stay."""

    seed: Seeder
    superuser: asyncpg.Connection
    live: RecordedLive
    journal: TombstoneJournal
    ours: Business
    theirs: Business
    gone: Thread
    stays: Thread
    elsewhere: Thread

    @property
    def erasures(self) -> Erasures:
        """The use case."""
        return Erasures(self.journal)

    async def value(self, question: str, *values: object) -> Any:
        """Look at one value."""
        return await self.superuser.fetchval(question, *values)

    async def tables(self) -> Sequence[str]:
        """Every table there is."""
        rows = await self.superuser.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [row[0] for row in rows]

    async def holding(self, *words: str) -> set[str]:
        """Tables in which any of these words stands, in whatever column."""
        found = set()
        for table in await self.tables():
            for word in words:
                spelled = (word, word.encode().hex())
                question = f'SELECT EXISTS (SELECT 1 FROM "{table}" t WHERE position($1 IN t::text) + position($2 IN t::text) > 0)'
                if await self.value(question, *spelled):
                    found.add(table)
        return found

    async def counts(self, tenant_id: UUID) -> dict[str, int]:
        """How many rows of a tenant's each table has."""
        rows = await self.superuser.fetch(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'"
        )
        return {
            row[0]: await self.value(f'SELECT count(*) FROM "{row[0]}" WHERE tenant_id = $1', tenant_id) for row in rows
        }


@pytest.fixture
def journal(tmp_path: Path) -> TombstoneJournal:
    """An empty journal."""
    return TombstoneJournal(tmp_path / "tombstones", [KEY])


@pytest.fixture
async def office(
    opened: Database, seed: Seeder, superuser: asyncpg.Connection, live: RecordedLive, journal: TombstoneJournal
) -> Office:
    """Three leads with everything that a lead can have, the one to be forgotten under names that nobody else has."""
    assert opened.name
    ours, theirs = await seed.two_businesses()
    gone = await seed.everything(ours)
    stays = await seed.thread(ours)
    await seed.message(stays, "Fico")
    elsewhere = await seed.everything(theirs)
    await superuser.execute("UPDATE leads SET name = $2 WHERE id = $1", gone.lead_id, CANARY)
    return Office(seed, superuser, live, journal, ours, theirs, gone, stays, elsewhere)
