"""Every business has a period for every month of its own time zone, and keeps the past ones."""

from datetime import UTC, date, datetime

import asyncpg

from core.services.usage_periods import UsagePeriods
from tests.factories import Seeder
from tests.integration.conftest import Database


async def test_a_month_begins_by_the_tenants_own_clocks(
    opened: Database, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """Once, with nothing counted; what was counted in it already, or before it, stays."""
    quiet, busy = [await seed.tenant(timezone="Asia/Kolkata") for _ in range(2)]
    begins = datetime(2028, 2, 29, 18, 30, tzinfo=UTC)
    for month in (date(2028, 2, 1), date(2028, 3, 1)):
        await seed.insert("usage_months", tenant_id=busy, month=month, leads=7)
    found = [await UsagePeriods().batch(one, begins, dry=dry) for dry in (True, False, False) for one in (quiet, busy)]
    assert [batch.counts["periods"] for batch in found] == [1, 0, 1, 0, 0, 0]
    rows = await superuser.fetch("SELECT tenant_id, month, leads FROM usage_months ORDER BY leads, month")
    assert [tuple(row) for row in rows] == [
        (quiet, date(2028, 3, 1), 0),
        (busy, date(2028, 2, 1), 7),
        (busy, date(2028, 3, 1), 7),
    ]
