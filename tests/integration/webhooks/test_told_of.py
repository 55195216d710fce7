"""A first message by Instagram Login that is only told of: fetched over the Graph API, and answered like any other."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import aiohttp
import asyncpg
import pytest
from aiohttp import web
from redis.asyncio import Redis

from app.settings import Settings
from channels.instagram import Instagram
from core.domain.errors import Conflict
from core.domain.ids import uuid7
from core.services.accounts import CREDENTIALS_COLUMN, Accounts
from core.services.dead_letters import DeadLetters
from core.services.fetches import MOST_ATTEMPTS, Fetches
from core.services.intake import Intake
from core.services.salvage import Salvage
from core.services.sealing import Sealer
from db.ingest import open_ingest_store
from pipeline.fetcher import Fetcher
from sandbox.eventlog import EventLog
from sandbox.instagram.emulator import instagram_app
from tests.factories import Business, Seeder
from tests.fakes import ManualClock, RecordedJobs, RecordedLive
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.instagram import ACCOUNT, APP_SECRET, IG_TOKEN, LEAD, PRODUCT_SECRET, instagram_config
from tests.integration.webhooks.test_intake import nudges

WORDS = "Oi! Vocês têm horário amanhã?"


@dataclass(frozen=True, slots=True)
class Stage:
    """Instagram, the web process that it delivers to, and a worker's part that fetches."""

    instagram: Control
    fetches: Fetches
    fetcher: Fetcher
    jobs: RecordedJobs
    db: asyncpg.Connection

    async def lead_writes(self, text: str = WORDS, *, announced: bool = True, **more: object) -> str:
        """The lead's message, told of or brought; its id."""
        said = {"account": ACCOUNT, "from": LEAD, "name": "Ana", "text": text, "announced": announced, "wait": True}
        answer = await self.instagram.post("lead", **said, **more)
        assert answer["acked"] is True
        return str(answer["mid"])

    async def sweep(self) -> None:
        """What is due is fetched, as the sweeper does it."""
        for tenant_id, fetch_id in await self.fetches.overdue(0.0, 10):
            await self.fetcher.run(tenant_id, fetch_id)

    async def refuses(self, code: int, times: int = 1) -> None:
        """The next questions for a message are answered with this error."""
        match = {"call": "fetch"}
        await self.instagram.post("faults", action="status", code=code, times=times, match=match)

    async def texts(self) -> list[str]:
        """What leads have said."""
        rows = await self.db.fetch("SELECT text FROM messages WHERE direction = 'in' ORDER BY seq")
        return [row["text"] for row in rows]

    async def make_due(self) -> None:
        """The pause before the next attempt is over."""
        await self.db.execute("UPDATE message_fetches SET due_at = now() WHERE due_at IS NOT NULL")

    async def letter(self) -> tuple[UUID, UUID]:
        """Tenant and id of the one open dead letter."""
        row = await self.db.fetchrow("SELECT tenant_id, id FROM dead_letters WHERE kind = 'fetch' AND status = 'open'")
        return row["tenant_id"], row["id"]


@pytest.fixture
async def instagram(address: str, tmp_path: Path) -> AsyncIterator[Control]:
    """The emulator, with the web process as its callback."""
    runner = web.AppRunner(
        instagram_app(instagram_config(f"{address}/webhooks/instagram/ig"), EventLog(tmp_path / "events.jsonl")),
        shutdown_timeout=1,
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Control(session, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


@pytest.fixture
async def stage(  # noqa: PLR0917 - what is on it
    business: Business,
    seed: Seeder,
    sealer: Sealer,
    superuser: asyncpg.Connection,
    settings: Settings,
    instagram: Control,
) -> AsyncIterator[Stage]:
    """An account by Instagram Login, connected."""
    set_id, secrets = uuid7(), {"app_secret": APP_SECRET, "instagram_app_secret": PRODUCT_SECRET}
    sealed = sealer.seal(secrets, owner=set_id, column=CREDENTIALS_COLUMN)
    await seed.insert("credential_sets", id=set_id, account_key="ig", channel="instagram", sealed=sealed)
    await seed.channel_account(business.tenant_id, set_id, external_id=ACCOUNT, channel="instagram", token=IG_TOKEN)
    channel = Instagram.configured(instagram.http, {"INSTAGRAM_GRAPH_URL": instagram.url})
    jobs, accounts = RecordedJobs(), Accounts(sealer, ManualClock().monotonic)
    async with open_ingest_store(settings.database_url_for("ingest"), size=1) as store:
        fetches = Fetches(accounts, Intake(accounts, Salvage(store), jobs, RecordedLive()))
        yield Stage(instagram, fetches, Fetcher(fetches, {"instagram": channel}, lambda: 0.5), jobs, superuser)


async def test_an_announced_message_is_answered(stage: Stage) -> None:
    """It was acknowledged, kept as an edit of nothing, and answered by nobody."""
    mid = await stage.lead_writes()
    assert await stage.texts() == []
    await stage.sweep()
    row = await stage.db.fetchrow(
        "SELECT m.external_id, m.text, i.address, c.status::text, c.turn_due_at IS NOT NULL AS due"
        " FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN contact_identities i ON i.lead_id = m.lead_id"
    )
    assert tuple(row) == (mid, WORDS, LEAD, "ai", True)
    assert [turn.channel for turn in stage.jobs.turns] == ["instagram"]
    assert await stage.db.fetchval("SELECT count(*) FROM message_fetches") == 0


async def test_a_worker_is_nudged(stage: Stage, redis: Redis) -> None:
    """By ids: nobody waits for the sweep."""
    await stage.lead_writes()
    row = await stage.db.fetchrow("SELECT tenant_id, id AS fetch_id FROM message_fetches")
    assert await nudges(redis, 1) == [{name: str(value) for name, value in row.items()}]


@pytest.mark.parametrize("brought_first", [True, False])
async def test_a_message_told_of_and_brought_is_one(stage: Stage, *, brought_first: bool) -> None:
    """Under the key that both have, whichever comes first."""
    for announced in (not brought_first, brought_first):
        await stage.lead_writes(announced=announced, message_id="mid-of-both")
        await stage.sweep()
    assert await stage.texts() == [WORDS]


async def test_a_file_is_fetched_with_its_address(stage: Stage) -> None:
    """As the webhook would have told of it."""
    await stage.lead_writes("", kind="image", url="https://lookaside.fbsbx.com/photo")
    await stage.sweep()
    row = await stage.db.fetchrow("SELECT type, media FROM messages")
    assert row["type"] == "image"
    assert "https://lookaside.fbsbx.com/photo" in row["media"]


async def test_what_the_owner_said_is_no_leads_word(stage: Stage) -> None:
    """A message that the business wrote is an echo, also when it is fetched: a person has the conversation."""
    await stage.lead_writes(announced=False)
    owner = await stage.instagram.post("owner", account=ACCOUNT, to=LEAD, text="Temos sim", callback_urls=[], hold=True)
    event = {"timestamp": 1790000000000, "message_edit": {"mid": owner["mid"], "num_edit": 0}}
    body = {"object": "instagram", "entry": [{"id": ACCOUNT, "time": 1790000000000, "messaging": [event]}]}
    await stage.instagram.post("deliver", account=ACCOUNT, body=body, wait=True)
    await stage.sweep()
    assert await stage.texts() == [WORDS]
    assert await stage.db.fetchval("SELECT status::text FROM conversations") == "human"


async def test_one_that_fails_is_tried_again_later(stage: Stage) -> None:
    """Not at once, and until it is here."""
    await stage.lead_writes()
    await stage.refuses(2)
    await stage.sweep()
    assert await stage.fetches.overdue(0.0, 10) == []
    await stage.make_due()
    await stage.sweep()
    assert await stage.texts() == [WORDS]


async def test_one_that_dies_in_a_workers_hands_is_due_again(stage: Stage) -> None:
    """After its lease; until then nobody else asks."""
    await stage.lead_writes()
    [(tenant_id, fetch_id)] = await stage.fetches.overdue(0.0, 10)
    assert await stage.fetches.claim(tenant_id, fetch_id) is not None
    await stage.sweep()
    assert await stage.texts() == []
    await stage.db.execute("UPDATE message_fetches SET lease_until = now() - interval '1 s'")
    await stage.sweep()
    assert await stage.texts() == [WORDS]


async def test_what_cannot_be_fetched_is_told_to_the_team(stage: Stage) -> None:
    """After all attempts: a dead letter, a notice, and nothing more is asked."""
    await stage.lead_writes()
    await stage.refuses(2, times=MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS):
        await stage.make_due()
        await stage.sweep()
    assert await stage.db.fetchval("SELECT attempts FROM dead_letters WHERE kind = 'fetch'") == MOST_ATTEMPTS
    assert await stage.db.fetchval("SELECT count(*) FROM notifications WHERE kind = 'dead_letter'") == 1
    assert await stage.fetches.overdue(0.0, 10) == []


async def test_a_revoked_token_is_told_at_once(stage: Stage) -> None:
    """Asking again would change nothing; a person who has mended it does."""
    await stage.lead_writes()
    await stage.refuses(190)
    await stage.sweep()
    letters = DeadLetters(stage.jobs)
    tenant_id, letter_id = await stage.letter()
    await letters.retry(tenant_id, letter_id, actor="operator")
    [fetch_id] = stage.jobs.fetches
    await stage.fetcher.run(tenant_id, fetch_id)
    assert await stage.texts() == [WORDS]


async def test_what_came_meanwhile_is_not_fetched_again(stage: Stage) -> None:
    """A letter whose message is here has nothing left to try."""
    await stage.lead_writes()
    await stage.refuses(190)
    await stage.sweep()
    tenant_id, letter_id = await stage.letter()
    await stage.db.execute("DELETE FROM message_fetches")
    with pytest.raises(Conflict, match="here"):
        await DeadLetters(stage.jobs).retry(tenant_id, letter_id, actor="operator")


async def test_what_another_app_has_is_not_fetched(stage: Stage) -> None:
    """In standby it is not ours to answer."""
    event = {"timestamp": 1790000000000, "message_edit": {"mid": "mid-elsewhere", "num_edit": 0}}
    body = {"object": "instagram", "entry": [{"id": ACCOUNT, "time": 1790000000000, "standby": [event]}]}
    await stage.instagram.post("deliver", account=ACCOUNT, body=body, wait=True)
    assert await stage.db.fetchval("SELECT count(*) FROM message_fetches") == 0
