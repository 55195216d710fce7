"""Conversations in which nothing has happened for a week are closed, as a member would."""

import json
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from core.domain.conversation import Author, ConversationStatus, HandOffReason
from core.services import stale_conversations
from core.services.stale_conversations import StaleConversations
from tests.factories import Business, Seeder, Thread
from tests.fakes import RecordedLive
from tests.integration.conftest import Database
from tests.watched_rows import untold

NIGHT = datetime(2026, 3, 11, 7, tzinfo=UTC)


@pytest.fixture
async def business(opened: Database, seed: Seeder) -> Business:
    """One that can work."""
    return await seed.business()


async def _thread(seed: Seeder, business: Business, days: float, status: str = "ai", **more: object) -> Thread:
    at = NIGHT - timedelta(days=days)
    return await seed.thread(
        business, status=ConversationStatus(status), last_inbound_at=at, last_activity_at=at, **more
    )


async def _runs(business: Business, at: datetime = NIGHT) -> int:
    closed, more = 0, True
    while more:
        batch = await StaleConversations().batch(business.tenant_id, at, dry=False)
        closed, more = closed + batch.counts.get("conversations", 0), batch.more
    return closed


async def _status(superuser: asyncpg.Connection, thread: Thread) -> str:
    return str(await superuser.fetchval("SELECT status FROM conversations WHERE id = $1", thread.conversation_id))


async def test_a_week_of_nothing_closes_whatever_it_is(
    seed: Seeder, business: Business, superuser: asyncpg.Connection
) -> None:
    """The AI's, the team's, who waits; not what somebody touched since."""
    member = business.member_id
    stale = [
        await _thread(seed, business, 7),
        await _thread(seed, business, 30, "waiting_human", waiting_since=NIGHT - timedelta(days=30)),
        await _thread(seed, business, 8, "human", assignee_id=member),
    ]
    fresh = [await _thread(seed, business, 6.99), await _thread(seed, business, 0, "human")]
    assert await _runs(business) == 3
    assert [await _status(superuser, one) for one in stale + fresh] == ["closed"] * 3 + ["ai", "human"]
    row = await superuser.fetchrow(
        "SELECT assignee_id, waiting_since, silent_due_at, last_activity_at FROM conversations WHERE id = $1",
        stale[2].conversation_id,
    )
    assert tuple(row) == (None, None, None, NIGHT - timedelta(days=8))


async def test_what_hangs_on_it_ends_with_it(
    seed: Seeder, business: Business, superuser: asyncpg.Connection, live: RecordedLive
) -> None:
    """The hand-off, the AI's words that wait to be sent, who writes to it; what a person wrote still goes out."""
    thread = await _thread(seed, business, 8, "human", assignee_id=business.member_id)
    await seed.insert(
        "hand_offs", tenant_id=business.tenant_id, conversation_id=thread.conversation_id, lead_id=thread.lead_id,
        reason=HandOffReason.LEAD_ASKED, claimed_by=business.member_id,
    )  # fmt: skip
    for author in (Author.AI, Author.ATTENDANT):
        await seed.message(thread, author=author, next_attempt_at=NIGHT)
    await superuser.execute("UPDATE conversations SET last_activity_at = $1", NIGHT - timedelta(days=8))
    await superuser.execute("UPDATE members SET active_conversation_id = $1", thread.conversation_id)
    assert await _runs(business) == 1
    said = await superuser.fetch("SELECT status FROM messages ORDER BY seq")
    assert [row["status"] for row in said] == ["cancelled", "queued"]
    assert await superuser.fetchval("SELECT return_reason FROM hand_offs WHERE returned_at IS NOT NULL") == "stale"
    assert await superuser.fetchval("SELECT count(*) FROM members WHERE active_conversation_id IS NOT NULL") == 0
    logged = await superuser.fetchrow("SELECT actor, action, details FROM audit_log")
    assert (logged["actor"], logged["action"]) == ("system", "conversation.stale")
    assert json.loads(logged["details"]) == {"conversations": 1, "ids": str(thread.conversation_id)}
    assert await untold(superuser, live.calls) == set()


async def test_it_is_done_once_and_in_batches(
    seed: Seeder, business: Business, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are; run again it finds nothing, and the next night what has become stale since."""
    monkeypatch.setattr(stale_conversations, "AT_ONCE", 2)
    for days in (7, 8, 8, 8, 9, 20, 6.5):
        await _thread(seed, business, days)
    found = [await _runs(business), await _runs(business), await _runs(business, NIGHT + timedelta(days=1))]
    assert found == [6, 0, 1]
    logged = await superuser.fetch("SELECT details FROM audit_log ORDER BY number")
    details = [json.loads(row["details"]) for row in logged]
    assert sum(one["conversations"] for one in details) == sum(len(one["ids"].split(", ")) for one in details) == 7


async def test_what_is_held_is_closed_the_next_night(
    seed: Seeder, business: Business, database: Database, superuser: asyncpg.Connection
) -> None:
    """Nobody waits for a lock: what a webhook is writing is not stale, and what else holds it lets go."""
    held = await _thread(seed, business, 9)
    await _thread(seed, business, 8)
    other = await asyncpg.connect(database.superuser)
    async with other.transaction():
        await other.execute("SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE", held.conversation_id)
        assert await _runs(business) == 1
    await other.close()
    assert await _runs(business, NIGHT + timedelta(days=1)) == 1
    assert await _status(superuser, held) == "closed"


async def test_a_dry_run_counts_and_writes_nothing(
    seed: Seeder, business: Business, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells what a run would do, all of it."""
    monkeypatch.setattr(stale_conversations, "AT_ONCE", 2)
    threads = [await _thread(seed, business, days) for days in (7, 8, 9, 1)]
    batch = await StaleConversations().batch(business.tenant_id, NIGHT, dry=True)
    assert (dict(batch.counts), batch.more) == ({"conversations": 3}, False)
    assert {await _status(superuser, one) for one in threads} == {"ai"}
