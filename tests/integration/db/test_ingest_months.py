"""A lead counts once in each calendar month in which he writes, whatever his conversations are like."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from core.domain.ids import uuid7
from db.ingest import IngestRow, IngestStore
from tests.factories import Business, Seeder

PHONE = "5511988887777"


def _said(business: Business, account: UUID | None = None, phone: str = PHONE, name: str | None = None) -> IngestRow:
    """A text message of a lead, new each time."""
    fresh = uuid7()
    return IngestRow(
        body=b"{}",
        ord=0,
        part="message",
        id=fresh,
        tenant_id=business.tenant_id,
        account_id=account or business.account_id,
        kind="inbound_message",
        external_id=f"wamid.{fresh}",
        anchor_kind="phone",
        anchor_scope="",
        anchor_key=phone,
        anchor_address=phone,
        type="text",
        content="oi",
        name=name,
    )


async def _second_account(seed: Seeder, business: Business) -> UUID:
    return await seed.channel_account(business.tenant_id, business.set_id, external_id="777000777000777")


async def _two_months_pass(superuser: asyncpg.Connection) -> None:
    """All that happened is moved so far back."""
    await superuser.execute("UPDATE conversations SET last_inbound_at = last_inbound_at - interval '62 days'")
    await superuser.execute("UPDATE lead_months SET month = (month - interval '2 months')::date")
    await superuser.execute("UPDATE usage_months SET month = (month - interval '2 months')::date")


async def _counts(superuser: asyncpg.Connection) -> list[int]:
    """The leads charged, month by month; each as often as it was counted."""
    counted = await superuser.fetch("SELECT month, count(*) AS leads FROM lead_months GROUP BY month ORDER BY month")
    charged = await superuser.fetch("SELECT month, leads FROM usage_months WHERE leads > 0 ORDER BY month")
    assert [tuple(row) for row in charged] == [tuple(row) for row in counted]
    return [row["leads"] for row in charged]


async def test_once_in_a_month(ingest_store: IngestStore, seed: Seeder, superuser: asyncpg.Connection) -> None:
    """Who writes again, in the same batch or later, is not counted again."""
    business = await seed.business()
    await ingest_store.write([_said(business), _said(business)])
    await ingest_store.write([_said(business), _said(business, phone="5511900000000")])
    assert await _counts(superuser) == [2]


async def test_the_month_turns_in_an_open_conversation(
    ingest_store: IngestStore, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """The conversation goes on, and the new month counts the lead once more."""
    business = await seed.business()
    await ingest_store.write([_said(business)])
    await _two_months_pass(superuser)
    await ingest_store.write([_said(business)])
    await ingest_store.write([_said(business)])
    assert await _counts(superuser) == [1, 1]
    assert await superuser.fetchval("SELECT count(*) FROM conversations") == 1


@pytest.mark.parametrize("days", [1, 30])
async def test_a_conversation_closed_before_the_month_turned(
    ingest_store: IngestStore, seed: Seeder, superuser: asyncpg.Connection, days: int
) -> None:
    """Reopened or begun anew, it counts the lead in the new month, and once."""
    business = await seed.business()
    await ingest_store.write([_said(business)])
    await _two_months_pass(superuser)
    close = (
        "UPDATE conversations SET status = 'closed', turn_due_at = NULL, closed_at = now() - make_interval(days => $1)"
    )
    await superuser.execute(close, days)
    await ingest_store.write([_said(business)])
    await ingest_store.write([_said(business)])
    assert await _counts(superuser) == [1, 1]


async def test_two_accounts_count_one_lead(
    ingest_store: IngestStore, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """A lead with a conversation on each of two numbers counts once a month, in one batch or in two."""
    business = await seed.business()
    second = await _second_account(seed, business)
    await ingest_store.write([_said(business), _said(business, second)])
    await _two_months_pass(superuser)
    await ingest_store.write([_said(business, second)])
    await ingest_store.write([_said(business), _said(business, second)])
    assert await _counts(superuser) == [1, 1]
    assert await superuser.fetchval("SELECT count(*) FROM conversations") == 2


async def test_the_business_alone_counts_nobody(
    ingest_store: IngestStore, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """What the business wrote opens a conversation without a count; the lead's own first word brings it."""
    business = await seed.business()
    await ingest_store.write([_said(business)._replace(part="echo", kind="outbound_human_echo")])
    assert await _counts(superuser) == []
    await ingest_store.write([_said(business)])
    assert await _counts(superuser) == [1]


async def test_at_once_on_two_accounts_in_a_new_month(
    ingest_store: IngestStore, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """However many batches bring the first words of a month at the same time, the lead is counted once."""
    business = await seed.business()
    second = await _second_account(seed, business)
    await ingest_store.write([_said(business), _said(business, second)])
    await _two_months_pass(superuser)
    batches = [[_said(business, account)] for account in (business.account_id, second) for _ in range(10)]
    await asyncio.gather(*[ingest_store.write(batch) for batch in batches])
    assert await _counts(superuser) == [1, 1]


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    ("moment", "sure"),
    [
        ("start - interval '1 second'", False),
        ("start + interval '25 hours'", False),
        ("start + interval '27 hours'", True),
        ("start + interval '1 month' - interval '27 hours'", True),
        ("start + interval '1 month' - interval '25 hours'", False),
        ("start + interval '1 month'", False),
        ("NULL", None),
    ],
)
async def test_what_surely_lies_in_this_month(
    superuser: asyncpg.Connection, zone: str, moment: str, *, sure: bool | None
) -> None:
    """Near its ends a time may have been another month's, were the tenant's zone another one then."""
    start = "(SELECT date_trunc('month', now() AT TIME ZONE $1) AS start) s"
    assert (
        await superuser.fetchval(f"SELECT surely_this_month(({moment}) AT TIME ZONE $1, $1) FROM {start}", zone) is sure
    )


async def test_a_name_that_comes_later(ingest_store: IngestStore, seed: Seeder, superuser: asyncpg.Connection) -> None:
    """A lead who was made without a name gets it from the next event that has one, in the same batch or a later one."""
    business = await seed.business()
    other = "5511900000000"
    await ingest_store.write([_said(business), _said(business, phone=other), _said(business, phone=other, name="Bia")])
    await ingest_store.write([_said(business, name="Ana"), _said(business, phone=other, name="Eva")])
    names = await superuser.fetch("SELECT name FROM leads ORDER BY name")
    assert [row["name"] for row in names] == ["Ana", "Bia"]
