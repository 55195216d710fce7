"""Leads who have fallen silent lose points, as it is written: once for each threshold of each silence."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from core.services import score_decay
from core.services.score_decay import ScoreDecay
from core.services.tenant_job import Batch
from tests.factories import Business, Seeder, Thread
from tests.fakes import RecordedLive
from tests.integration.conftest import Database
from tests.watched_rows import untold

NIGHT = datetime(2026, 3, 11, 6, tzinfo=UTC)
"""Three in the morning."""


@pytest.fixture
async def business(opened: Database, seed: Seeder) -> Business:
    """One that can work."""
    return await seed.business()


async def _lead(seed: Seeder, business: Business, score: int, silent: timedelta, **more: object) -> Thread:
    last = NIGHT - silent
    thread = await seed.thread(business, last_inbound_at=last, last_activity_at=last)
    await _set(seed, thread, score=score, **more)
    return thread


async def _set(seed: Seeder, thread: Thread, **values: object) -> None:
    names = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 2))
    await seed._connection.execute(f"UPDATE leads SET {names} WHERE id = $1", thread.lead_id, *values.values())


async def _runs(business: Business, at: datetime = NIGHT) -> Batch:
    counts: dict[str, int] = {}
    more = True
    while more:
        batch = await ScoreDecay().batch(business.tenant_id, at, dry=False)
        counts = {name: counts.get(name, 0) + times for name, times in batch.counts.items()} or counts
        more = batch.more
    return Batch(counts)


async def _scores(superuser: asyncpg.Connection, threads: Sequence[Thread]) -> list[int]:
    return [await superuser.fetchval("SELECT score FROM leads WHERE id = $1", one.lead_id) for one in threads]


async def _changes(superuser: asyncpg.Connection, lead_id: UUID) -> list[tuple[int, int, str]]:
    rows = await superuser.fetch(
        "SELECT before, after, reason FROM score_changes WHERE lead_id = $1 ORDER BY before DESC", lead_id
    )
    return [tuple(row) for row in rows]


async def test_points_are_lost_at_each_threshold(
    seed: Seeder, business: Business, superuser: asyncpg.Connection
) -> None:
    """Before 24 hours none, then ten, at 48 hours twenty more, never below nothing; the won and the lost keep theirs."""
    await seed.insert("stages", tenant_id=business.tenant_id, key="lost", name="Perdido", position=9, outcome="lost")
    hours = [23.9, 24, 47.9, 48, 30, 30, 24, 60]
    scores = [50, 50, 50, 50, 7, 0, 90, 15]
    threads = [
        await _lead(seed, business, score, timedelta(hours=silent)) for score, silent in zip(scores, hours, strict=True)
    ]
    await _set(seed, threads[6], stage_key="lost")
    await _runs(business)
    assert await _scores(superuser, threads) == [50, 40, 40, 20, 0, 0, 90, 0]
    assert await _changes(superuser, threads[3].lead_id) == [(50, 40, "silent_24h"), (40, 20, "silent_48h")]
    assert await _changes(superuser, threads[4].lead_id) == [(7, 0, "silent_24h")]
    assert await _changes(superuser, threads[7].lead_id) == [(15, 5, "silent_24h"), (5, 0, "silent_48h")]


async def test_each_threshold_is_passed_once_in_a_silence(
    seed: Seeder, business: Business, superuser: asyncpg.Connection
) -> None:
    """Night after night, and the same night twice: thirty points in all."""
    thread = await _lead(seed, business, 80, timedelta(hours=25))
    found = []
    for nights in (0, 0, 1, 1, 2, 3, 9):
        await _runs(business, NIGHT + timedelta(days=nights))
        found += await _scores(superuser, [thread])
    assert found == [70, 70, 50, 50, 50, 50, 50]


async def test_a_word_begins_another_silence(seed: Seeder, business: Business, superuser: asyncpg.Connection) -> None:
    """Who wrote again and fell silent again loses again."""
    thread = await _lead(seed, business, 80, timedelta(hours=49))
    await _runs(business)
    await superuser.execute("UPDATE conversations SET last_inbound_at = $1, last_activity_at = $1", NIGHT)
    await _runs(business, NIGHT + timedelta(hours=12))
    between = await _scores(superuser, [thread])
    await _runs(business, NIGHT + timedelta(days=1))
    assert (between, await _scores(superuser, [thread])) == ([50], [40])


async def test_the_latest_word_counts_wherever_it_was_said(
    seed: Seeder, business: Business, superuser: asyncpg.Connection
) -> None:
    """A lead who wrote an hour ago on another account is not silent, though the team acted in the old conversation."""
    thread = await _lead(seed, business, 80, timedelta(hours=60))
    other = await seed.channel_account(business.tenant_id, business.set_id)
    await seed.insert(
        "conversations", tenant_id=business.tenant_id, lead_id=thread.lead_id, channel_account_id=other, reply_kind="phone",
        reply_address="1", last_inbound_at=NIGHT - timedelta(hours=1), last_activity_at=NIGHT - timedelta(hours=1),
    )  # fmt: skip
    await _runs(business)
    assert await _scores(superuser, [thread]) == [80]


async def test_a_run_begins_where_all_was_done(
    seed: Seeder, business: Business, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches of three, with moments that many share; what was done long ago is not looked at again."""
    monkeypatch.setattr(score_decay, "AT_ONCE", 3)
    hours = (200, 60, 60, 60, 60, 60, 50, 30, 30, 2)
    threads = [await _lead(seed, business, 80, timedelta(hours=silent)) for silent in hours]
    assert (await _runs(business)).counts["leads"] > 0
    assert await _scores(superuser, threads) == [50] * 7 + [70, 70, 80]
    assert await superuser.fetchval("SELECT upto FROM job_marks") == NIGHT
    await superuser.execute("UPDATE leads SET silent_since = NULL")
    await _runs(business, NIGHT + timedelta(days=1))
    assert (await _scores(superuser, threads))[:7] == [50] * 7


async def test_who_is_held_is_looked_at_again(
    seed: Seeder, business: Business, database: Database, superuser: asyncpg.Connection
) -> None:
    """A lead whom somebody changes just then is waited for by nobody, and his points are lost the next night."""
    threads = [await _lead(seed, business, 80, timedelta(hours=60)) for _ in range(2)]
    other = await asyncpg.connect(database.superuser)
    async with other.transaction():
        await other.execute("SELECT 1 FROM leads WHERE id = $1 FOR UPDATE", threads[0].lead_id)
        await _runs(business)
    await other.close()
    between = await _scores(superuser, threads)
    await _runs(business, NIGHT + timedelta(days=1))
    assert (between, await _scores(superuser, threads)) == ([80, 50], [50, 50])


async def test_a_dry_run_counts_and_writes_nothing(
    seed: Seeder, business: Business, superuser: asyncpg.Connection
) -> None:
    """It tells what a run would do."""
    threads = [await _lead(seed, business, 80, timedelta(hours=silent)) for silent in (60, 30, 2)]
    batch = await ScoreDecay().batch(business.tenant_id, NIGHT, dry=True)
    assert (dict(batch.counts), batch.more) == ({"leads": 2}, False)
    assert await _scores(superuser, threads) == [80, 80, 80]
    assert await superuser.fetchval("SELECT count(*) FROM job_marks") == 0


async def test_screens_are_told(
    seed: Seeder, business: Business, superuser: asyncpg.Connection, live: RecordedLive
) -> None:
    """Of each lead whose score fell."""
    await _lead(seed, business, 80, timedelta(hours=60))
    await _runs(business)
    assert await untold(superuser, live.calls) == set()
