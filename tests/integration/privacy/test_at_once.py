"""Who is being forgotten, and what comes from him at the same instant."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from core.domain.ids import uuid7
from core.services.audit import OPERATOR
from core.services.erasure import Erasures
from core.services.retention import Retention
from core.services.tombstone_journal import TombstoneJournal
from db.tenancy import TenantScope
from tests.factories import Thread
from tests.integration.conftest import Database
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
_COUNTED = """
INSERT INTO lead_months (id, tenant_id, month, lead_id, first_message_id)
SELECT uuid_v7(), t.id, date_trunc('month', now() AT TIME ZONE t.timezone)::date, $1, uuid_v7() FROM tenants t"""


@pytest.fixture
async def gate(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A connection that keeps others waiting."""
    connection = await asyncpg.connect(database.superuser)
    yield connection
    await connection.close()


async def _until_waiting(desk: Desk, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await desk.value(_WAITING) < count:
            await asyncio.sleep(0.01)


async def test_a_webhook_half_way_and_an_erasure_do_not_wait_for_each_other(
    desk: Desk, gate: asyncpg.Connection, journal: TombstoneJournal
) -> None:
    """The webhook has his conversation and comes to count him: it goes first, and what it brought is forgotten with him."""
    transaction = gate.transaction()
    await transaction.start()
    # The webhook waits for this before it counts him; no foreign key is looked at, so nobody waits for the lead.
    await gate.execute("SET LOCAL session_replication_role = replica")
    await gate.execute(_COUNTED, desk.thread.lead_id)
    hearing = asyncio.create_task(desk.hears("Ainda estou aqui"))
    await _until_waiting(desk, 1)
    erasing = asyncio.create_task(Erasures(journal).forget(desk.ref.tenant_id, desk.thread.lead_id, by=OPERATOR))
    await _until_waiting(desk, 2)
    await transaction.rollback()
    assert len(await hearing) == 1
    await erasing
    assert await desk.value("SELECT count(*) FROM leads WHERE id = $1", desk.thread.lead_id) == 0


async def _quiet_lead(desk: Desk) -> tuple[Thread, datetime]:
    """Somebody of whom nothing was heard for longer than leads are kept, and the moment of a run."""
    now = datetime.now(UTC)
    old = now - timedelta(days=2000)
    tenant, address = desk.business.tenant_id, "5511987654321"
    lead = await desk.seed.insert(
        "leads", id=uuid7(int(old.timestamp() * 1000)), tenant_id=tenant, created_at=old, name="Ida"
    )
    await desk.seed.insert(
        "contact_identities", tenant_id=tenant, lead_id=lead, kind="phone", match_key=address, address=address
    )
    conversation = await desk.seed.insert(
        "conversations", tenant_id=tenant, lead_id=lead, channel_account_id=desk.business.account_id, status="ai",
        reply_kind="phone", reply_address=address, last_activity_at=old, created_at=old,
    )  # fmt: skip
    return Thread(tenant, desk.business.account_id, lead, conversation, address), now


async def test_who_has_been_quiet_for_long_is_forgotten(desk: Desk) -> None:
    """The test below is of one who would be."""
    quiet, at = await _quiet_lead(desk)
    assert (await Retention().batch(quiet.tenant_id, at, dry=False)).counts == {"leads": 1}


async def test_who_writes_just_before_he_would_be_forgotten_is_not(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """He was found to be quiet, and writes before anybody has locked him: he and his words stay."""
    quiet, at = await _quiet_lead(desk)
    asked = TenantScope.rows_anew

    async def interrupted(self: TenantScope, name: str, *values: object) -> Sequence[dict[str, Any]]:
        if name == "lock_quiet_leads":
            await desk.hears("Oi, lembra de mim?", quiet)
        return await asked(self, name, *values)

    monkeypatch.setattr(TenantScope, "rows_anew", interrupted)
    assert (await Retention().batch(quiet.tenant_id, at, dry=False)).counts == {}
    kept = await desk.value("SELECT count(*) FROM messages WHERE lead_id = $1", quiet.lead_id)
    assert (kept, await desk.value("SELECT count(*) FROM leads WHERE id = $1", quiet.lead_id)) == (1, 1)
