"""Z-API's queue when its phone is away: emptied, so that nothing leaves hours later, and told as what it is."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import aiohttp
import asyncpg
import pytest
from aiohttp import web

from channels.zapi import ZApi
from core.domain.conversation import Author, MessageStatus
from core.services.accounts import SECRETS_COLUMN, Accounts
from core.services.provider_queues import ProviderQueues
from core.services.sealing import Sealer
from core.services.sends import Sends, SendTimes
from pipeline.emptier import Emptier
from sandbox.eventlog import EventLog
from sandbox.zapi.config import Instance, ZapiConfig, ZapiSettings
from sandbox.zapi.emulator import zapi_app
from tests.factories import Business, Seeder, Thread
from tests.fakes import ManualClock
from tests.integration.sandbox.conftest import CLIENT_TOKEN, INSTANCE, INSTANCE_TOKEN, Control, LinkedPhone
from tests.patience import PATIENCE

SILENT = ZapiSettings(echo_ms=None, delivery_ms=None, sent_ms=None, received_ms=None, read_ms=None)


@dataclass(frozen=True, slots=True)
class Stage:
    """Z-API, the web process that it delivers to, a worker's part that empties queues, and a lead's conversation."""

    zapi: Control
    phone: LinkedPhone
    queues: ProviderQueues
    emptier: Emptier
    sends: Sends
    db: asyncpg.Connection
    seed: Seeder
    thread: Thread

    async def connected(self, *, connected: bool) -> int:
        """The phone goes away, or comes back; how many messages leave as it does."""
        counted = "SELECT count(*) FROM raw_events WHERE kind IN ('connection', 'disconnection')"
        before = await self.db.fetchval(counted)
        answer = await self.zapi.post("connection", instance_id=INSTANCE, connected=connected)
        async with asyncio.timeout(PATIENCE):
            while await self.db.fetchval(counted) == before:
                await asyncio.sleep(0.01)
        return int(answer["flushed"])

    async def sent(self, text: str, **more: object) -> UUID:
        """A message that Z-API has just taken; ours, under its id."""
        _, answer = await self.phone.send(text, to=self.thread.address)
        row = {"author": Author.AI, "status": MessageStatus.SENT, "external_id": answer["messageId"], **more}
        message = await self.seed.message(self.thread, text, **row)
        await self.db.execute("UPDATE messages SET sent_at = COALESCE(sent_at, now()) WHERE id = $1", message)
        return message

    async def sweep(self) -> None:
        """What is due is emptied, as the sweeper does it."""
        for tenant_id, account_id in await self.queues.due(10):
            await self.emptier.run(tenant_id, account_id)

    async def status(self, message: UUID) -> str:
        """How far a message has come."""
        return str(await self.db.fetchval("SELECT status::text FROM messages WHERE id = $1", message))

    async def due_again(self) -> None:
        """The pause before the next attempt is over."""
        await self.db.execute("UPDATE channel_accounts SET purge_due_at = now() WHERE purge_due_at IS NOT NULL")


@pytest.fixture
async def zapi(address: str, tmp_path: Path) -> AsyncIterator[Control]:
    """The emulator, with the web process as its callback; of what is sent nothing is told."""
    instance = Instance(
        instance_id=INSTANCE,
        token=INSTANCE_TOKEN,
        client_token=CLIENT_TOKEN,
        callback_url=f"{address}/webhooks/zapi/padaria",
    )
    app = zapi_app(ZapiConfig(instances=(instance,), settings=SILENT), EventLog(tmp_path / "events.jsonl"))
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Control(session, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


@pytest.fixture
async def stage(
    business: Business, seed: Seeder, sealer: Sealer, superuser: asyncpg.Connection, zapi: Control
) -> Stage:
    """An instance, connected, and a lead who was answered over it."""
    tokens = {"instance_token": INSTANCE_TOKEN, "client_token": CLIENT_TOKEN}
    set_id = await seed.credential_set("padaria", {"instance_token": INSTANCE_TOKEN})
    await superuser.execute("UPDATE credential_sets SET channel = 'zapi' WHERE id = $1", set_id)
    account = await seed.channel_account(business.tenant_id, set_id, external_id=INSTANCE, channel="zapi")
    sealed = sealer.seal(tokens, owner=business.tenant_id, column=SECRETS_COLUMN)
    await superuser.execute("UPDATE channel_accounts SET sealed = $1 WHERE id = $2", sealed, account)
    thread = await seed.thread(business)
    await superuser.execute("UPDATE conversations SET channel_account_id = $1", account)
    queues = ProviderQueues(Accounts(sealer, ManualClock().monotonic), 120.0)
    return Stage(
        zapi,
        LinkedPhone(zapi.http, f"{zapi.url}/instances/{INSTANCE}/token/{INSTANCE_TOKEN}"),
        queues,
        Emptier(queues, {"zapi": ZApi.configured(zapi.http, {"ZAPI_URL": zapi.url})}),
        Sends(sealer, SendTimes(30.0, 120.0, 5)),
        superuser,
        seed,
        Thread(thread.tenant_id, account, thread.lead_id, thread.conversation_id, thread.address),
    )


async def test_what_waited_for_a_phone_never_leaves(stage: Stage) -> None:
    """It left hours later, whoever had the conversation by then."""
    await stage.connected(connected=False)
    waiting = await stage.sent("Custa R$ 10.")
    await stage.sweep()
    assert await stage.connected(connected=True) == 0
    assert await stage.status(waiting) == "unknown"


async def test_what_was_in_the_queue_is_given_to_a_person(stage: Stage) -> None:
    """When nothing is told of it in time, as every send of unknown outcome."""
    await stage.connected(connected=False)
    waiting = await stage.sent("Custa R$ 10.")
    await stage.sweep()
    await stage.db.execute("UPDATE messages SET settle_by = now() WHERE settle_by IS NOT NULL")
    await stage.sends.settle_overdue()
    assert await stage.status(waiting) == "failed"
    assert "queue_emptied" in await stage.db.fetchval("SELECT error FROM dead_letters WHERE subject_id = $1", waiting)
    assert await stage.db.fetchval("SELECT status::text FROM conversations") == "waiting_human"


@pytest.mark.parametrize("told", ["SENT", "RECEIVED", "READ"])
async def test_what_was_heard_of_had_left(stage: Stage, told: str) -> None:
    """However late the word comes: before the queue is emptied, or after."""
    for first in (True, False):
        message = await stage.sent("Custa R$ 10.")
        external_id = await stage.db.fetchval("SELECT external_id FROM messages WHERE id = $1", message)
        body = {
            "type": "MessageStatusCallback",
            "instanceId": INSTANCE,
            "phone": stage.thread.address,
            "status": told,
            "ids": [external_id],
            "momment": 1790000000000,
        }
        if first:
            await stage.zapi.post("deliver", instance_id=INSTANCE, body=body, wait=True)
        await stage.connected(connected=False)
        await stage.sweep()
        if not first:
            assert await stage.status(message) == "unknown"
            await stage.zapi.post("deliver", instance_id=INSTANCE, body=body, wait=True)
        assert await stage.status(message) == {"SENT": "sent", "RECEIVED": "delivered", "READ": "read"}[told]
        await stage.connected(connected=True)


async def test_what_was_taken_long_ago_is_left_alone(stage: Stage) -> None:
    """Each send asks for the phone first: it was there, and Z-API merely tells this account nothing of what left."""
    old = await stage.sent("Custa R$ 10.")
    await stage.db.execute("UPDATE messages SET sent_at = now() - interval '1 h' WHERE id = $1", old)
    await stage.connected(connected=False)
    await stage.sweep()
    assert await stage.status(old) == "sent"


async def test_a_phone_that_is_back_has_nothing_waiting(stage: Stage) -> None:
    """What is queued then is on its way, and is not dropped."""
    message = await stage.sent("Custa R$ 10.")
    await stage.connected(connected=False)
    await stage.connected(connected=True)
    await stage.sweep()
    assert await stage.status(message) == "sent"
    assert await stage.db.fetchval("SELECT count(*) FROM channel_accounts WHERE purge_due_at IS NOT NULL") == 0


async def test_one_that_cannot_be_emptied_is_tried_again(stage: Stage) -> None:
    """Until it is, or the phone is back."""
    await stage.connected(connected=False)
    waiting = await stage.sent("Custa R$ 10.")
    await stage.zapi.post("faults", action="status", http=500, error="oops", times=1, match={"call": "status"})
    await stage.sweep()
    assert await stage.status(waiting) == "sent"
    assert list(await stage.queues.due(10)) == []
    await stage.due_again()
    await stage.sweep()
    assert await stage.status(waiting) == "unknown"


async def test_one_is_emptied_by_one(stage: Stage) -> None:
    """Who comes second finds nothing due; a phone that goes away once more meanwhile makes it due anew."""
    await stage.connected(connected=False)
    [(tenant_id, account_id)] = await stage.queues.due(10)
    emptying = await stage.queues.claim(tenant_id, account_id)
    assert emptying is not None
    assert await stage.queues.claim(tenant_id, account_id) is None
    await stage.db.execute("UPDATE channel_accounts SET purge_due_at = now() WHERE id = $1", account_id)
    await stage.queues.emptied(emptying)
    assert list(await stage.queues.due(10)) == [(tenant_id, account_id)]


async def test_an_instance_that_is_gone_is_let_be(stage: Stage, sealer: Sealer) -> None:
    """A token that Z-API does not know empties nothing, and is asked with no more."""
    sealed = sealer.seal({"instance_token": "GONE"}, owner=stage.thread.tenant_id, column=SECRETS_COLUMN)
    await stage.connected(connected=False)
    await stage.db.execute("UPDATE channel_accounts SET sealed = $1 WHERE channel = 'zapi'", sealed)
    await stage.sweep()
    assert await stage.db.fetchval("SELECT count(*) FROM channel_accounts WHERE purge_due_at IS NOT NULL") == 0
