"""A desk (see ``Desk``) over each test's own database."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from core.services.sealing import Sealer
from tests.factories import Seeder
from tests.fakes import RecordedLive
from tests.integration.conftest import Database
from tests.integration.services.desk import Desk, open_desk


@pytest.fixture
async def desk(
    opened: Database, seed: Seeder, superuser: asyncpg.Connection, sealer: Sealer, live: RecordedLive
) -> AsyncIterator[Desk]:
    """One business, one lead, and all that answers him."""
    async with open_desk(seed, superuser, sealer, opened.ingest, live) as made:
        yield made
