"""The webhooks' role: the tenants of its batch, for the length of one transaction."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from core.domain.ids import uuid7
from db.ingest import IngestRow, IngestStore
from tests.factories import Business, Seeder
from tests.integration.conftest import Database, Peopled

TABLES = (
    "raw_events",
    "leads",
    "contact_identities",
    "lead_months",
    "usage_months",
    "conversations",
    "messages",
    "early_receipts",
    "notifications",
)
"""What the webhooks write."""
NO_BATCH = (asyncpg.UndefinedObjectError, asyncpg.InvalidTextRepresentationError)


@pytest.fixture
async def webhooks(peopled: Peopled) -> AsyncIterator[asyncpg.Connection]:
    """A connection in the webhooks' role inside a transaction that is taken back; no batch is set."""
    connection = await asyncpg.connect(peopled.database.ingest)
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


async def _take(connection: asyncpg.Connection, *tenants: UUID) -> None:
    batch = "{" + ",".join(map(str, tenants)) + "}"
    await connection.execute("SELECT set_config('app.tenant_ids', $1, true)", batch)


def _message(business: Business, external_id: str = "wamid.1", address: str = "5511988887777") -> IngestRow:
    """A text message of a lead nobody knows yet."""
    return IngestRow(
        ord=0,
        part="message",
        id=uuid7(),
        tenant_id=business.tenant_id,
        account_id=business.account_id,
        kind="message",
        external_id=external_id,
        variant="",
        body=b"{}",
        anchor_kind="phone",
        anchor_scope="",
        anchor_key=address,
        anchor_address=address,
        type="text",
        content="oi",
        ts=datetime.now(UTC),
    )


@pytest.mark.parametrize("table", TABLES)
async def test_a_batch_shows_its_tenants(webhooks: asyncpg.Connection, peopled: Peopled, table: str) -> None:
    """With one tenant in the batch the other's rows are not there, and cannot be changed."""
    await _take(webhooks, peopled.ours.tenant_id)
    found = await webhooks.fetch(f'SELECT DISTINCT tenant_id FROM "{table}"')
    assert [row["tenant_id"] for row in found] == [peopled.ours.tenant_id]
    change = f'UPDATE "{table}" SET created_at = created_at WHERE tenant_id = $1'
    assert await webhooks.execute(change, peopled.theirs.tenant_id) == "UPDATE 0"


@pytest.mark.parametrize("table", TABLES)
async def test_a_batch_cannot_give_rows_away(webhooks: asyncpg.Connection, peopled: Peopled, table: str) -> None:
    """A row cannot be moved to a tenant outside the batch."""
    await _take(webhooks, peopled.ours.tenant_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await webhooks.execute(f'UPDATE "{table}" SET tenant_id = $1', peopled.theirs.tenant_id)


@pytest.mark.parametrize("table", [*TABLES, "tenants"])
async def test_without_a_batch_nothing_is_answered(webhooks: asyncpg.Connection, table: str) -> None:
    """No batch set is an error, never an empty answer."""
    with pytest.raises(NO_BATCH):
        await webhooks.execute(f'SELECT count(id) FROM "{table}"')


async def test_a_batch_of_two_shows_both(webhooks: asyncpg.Connection, peopled: Peopled) -> None:
    """Several tenants' deliveries travel in one batch."""
    await _take(webhooks, peopled.ours.tenant_id, peopled.theirs.tenant_id)
    found = await webhooks.fetch("SELECT DISTINCT tenant_id FROM leads")
    assert {row["tenant_id"] for row in found} == {peopled.ours.tenant_id, peopled.theirs.tenant_id}


@pytest.mark.parametrize("table", ["members", "knowledge_entries", "audit_log", "credential_sets", "invites"])
async def test_the_webhooks_read_nothing_else(webhooks: asyncpg.Connection, peopled: Peopled, table: str) -> None:
    """What the arrival of a message does not need is closed to the webhooks' role."""
    await _take(webhooks, peopled.ours.tenant_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await webhooks.execute(f'SELECT id FROM "{table}"')


async def test_each_event_stays_with_its_tenant(
    ingest_store: IngestStore, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """The same number writing to two tenants in one batch becomes a lead of each, with nothing in common."""
    ours, theirs = await seed.two_businesses()
    await ingest_store.write([_message(ours), _message(theirs)._replace(ord=1)])
    found = await superuser.fetch(
        "SELECT m.tenant_id, m.channel_account_id, l.tenant_id AS of_lead, c.tenant_id AS of_conversation"
        " FROM messages m JOIN leads l ON l.id = m.lead_id JOIN conversations c ON c.id = m.conversation_id"
    )
    assert {tuple(row) for row in found} == {
        (b.tenant_id, b.account_id, b.tenant_id, b.tenant_id) for b in (ours, theirs)
    }


async def test_an_event_on_anothers_account_is_refused(
    ingest_store: IngestStore, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """A message that names a tenant and another tenant's account enters nowhere, and takes its batch along."""
    ours, theirs = await seed.two_businesses()
    crossed = _message(ours)._replace(account_id=theirs.account_id)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await ingest_store.write([_message(theirs), crossed._replace(ord=1)])
    assert await superuser.fetchval("SELECT count(*) FROM raw_events") == 0


async def test_a_batch_is_forgotten_after_it(database: Database, ingest_store: IngestStore, seed: Seeder) -> None:
    """The next user of the connection finds no batch set."""
    await ingest_store.write([_message(await seed.business())])
    async with ingest_store._pool.acquire() as connection:
        assert not await connection.fetchval("SELECT current_setting('app.tenant_ids', true)")
