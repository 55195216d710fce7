"""Z-API's deliveries, from the wire into PostgreSQL: who wrote, who only seemed to, and who is let in."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import asyncpg
import pytest

from core.services.connections import Connections
from core.services.sealing import Sealer
from tests.factories import Seeder
from tests.patience import PATIENCE

INSTANCE = "3C01A2B3C4D5E6F708192A3B4C5D6E7F"
TOKEN = "F1E2D3C4B5A6978801234567"
ANA, ANA_LID = "551187650001", "70011223344550@lid"


def _delivery(more: dict[str, Any]) -> dict[str, Any]:
    """A message of Ana's with other fields; one that is None is left out."""
    body = {
        "type": "ReceivedCallback",
        "instanceId": INSTANCE,
        "phone": ANA,
        "chatLid": ANA_LID,
        "messageId": "3EB0G",
        "momment": 1790000000000,
        "chatName": "Ana",
        "senderName": "Ana",
        "text": {"message": "bom dia"},
        **more,
    }
    return {name: value for name, value in body.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Gateway:
    """Z-API, speaking to one address for one instance."""

    http: aiohttp.ClientSession
    url: str
    headers: dict[str, str] = field(default_factory=lambda: {"z-api-token": TOKEN})

    async def says(self, text: str = "oi", *, headers: dict[str, str] | None = None, **more: Any) -> int:
        """A message of Ana's, changed as the test wants it; the answer's status."""
        message = {"text": {"message": text}, "messageId": f"3EB0{text.encode().hex().upper()}", **more}
        return await self.post(_delivery(message), headers)

    async def post(self, body: dict[str, Any], headers: dict[str, str] | None = None) -> int:
        """Any delivery."""
        sent = self.headers if headers is None else headers
        async with self.http.post(self.url, data=json.dumps(body).encode(), headers=sent) as response:
            return response.status


@pytest.fixture
async def gateway(seed: Seeder, superuser: asyncpg.Connection, address: str) -> AsyncIterator[Gateway]:
    """Z-API, as far as one business is concerned, whose account key can be guessed."""
    tenant = await seed.tenant()
    await seed.stages(tenant)
    credentials = await seed.credential_set("padaria", {"instance_token": TOKEN})
    await superuser.execute("UPDATE credential_sets SET channel = 'zapi' WHERE id = $1", credentials)
    await seed.channel_account(tenant, credentials, external_id=INSTANCE, channel="zapi")
    async with aiohttp.ClientSession() as session:
        yield Gateway(session, f"{address}/webhooks/zapi/padaria")


async def _texts(superuser: asyncpg.Connection) -> list[tuple[str, str]]:
    rows = await superuser.fetch("SELECT author::text, text FROM messages ORDER BY seq")
    return [(row["author"], row["text"]) for row in rows]


async def _count(superuser: asyncpg.Connection, table: str) -> int:
    return int(await superuser.fetchval(f"SELECT count(*) FROM {table}"))


async def test_a_leads_text_is_stored_and_its_turn_due(gateway: Gateway, superuser: asyncpg.Connection) -> None:
    """Answered to the number, and known by the LID as well."""
    assert await gateway.says() == 200
    found = await superuser.fetchrow(
        "SELECT c.status::text, c.reply_address, c.turn_due_at IS NOT NULL AS due, l.name"
        " FROM conversations c JOIN leads l ON l.id = c.lead_id"
    )
    assert tuple(found) == ("ai", ANA, True, "Ana")
    assert await _count(superuser, "contact_identities") == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"phone": ANA_LID}, {}),
        ({}, {"phone": ANA_LID}),
        ({}, {"phone": "5511987650001", "chatLid": None}),
        ({"chatLid": None}, {}),
    ],
)
async def test_a_person_is_one_lead(
    gateway: Gateway, superuser: asyncpg.Connection, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """First as a LID and then with a number, or the other way, or with the ninth digit."""
    await gateway.says("um", **first)
    await gateway.says("dois", **second)
    assert (await _count(superuser, "leads"), await _count(superuser, "conversations")) == (1, 1)


@pytest.mark.parametrize("headers", [{}, {"z-api-token": ""}, {"z-api-token": "wrong"}])
async def test_who_does_not_know_the_token_is_refused(
    gateway: Gateway, superuser: asyncpg.Connection, headers: dict[str, str]
) -> None:
    """And nothing of it is stored."""
    assert await gateway.says(headers=headers) == 401
    assert await _count(superuser, "raw_events") == 0


async def test_a_renewed_token_is_good_within_a_second(
    gateway: Gateway, superuser: asyncpg.Connection, sealer: Sealer
) -> None:
    """Z-API tries once: the old token, remembered for ten seconds, must not cost ten seconds of messages."""
    assert await gateway.says("um") == 200
    renewed = {"instance_token": "renewed"}
    account = await superuser.fetchrow("SELECT tenant_id, id FROM channel_accounts")
    await Connections(sealer).reconnect(*account, actor="operator", secrets=renewed, credentials=renewed)
    async with asyncio.timeout(PATIENCE):
        while await gateway.says("dois", headers={"z-api-token": "renewed"}) != 200:
            await asyncio.sleep(0.2)
    assert await gateway.says("tres") == 401


async def test_another_instance_goes_nowhere(gateway: Gateway, superuser: asyncpg.Connection) -> None:
    """Who may speak for one instance may not speak for another."""
    assert await gateway.says(instanceId="ANOTHER") == 200
    assert await gateway.says(instanceId=None) == 200
    assert await _count(superuser, "raw_events") == 0


async def test_a_delivery_twice_is_one_message(gateway: Gateway, superuser: asyncpg.Connection) -> None:
    """Under the same id."""
    assert [await gateway.says(), await gateway.says()] == [200, 200]
    assert await _texts(superuser) == [("lead", "oi")]


async def test_the_owner_on_the_phone_takes_over(gateway: Gateway, superuser: asyncpg.Connection) -> None:
    """The words are an attendant's, and the AI keeps silent."""
    await gateway.says("quanto custa?")
    await gateway.says("Pode vir.", fromMe=True)
    assert await _texts(superuser) == [("lead", "quanto custa?"), ("attendant", "Pode vir.")]
    found = await superuser.fetchrow("SELECT status::text, turn_due_at FROM conversations")
    assert tuple(found) == ("human", None)


async def test_our_own_echo_takes_nothing_over(gateway: Gateway, superuser: asyncpg.Connection) -> None:
    """What the API sent comes back without becoming a person's words."""
    await gateway.says("quanto custa?")
    await gateway.says("Custa R$ 10.", fromMe=True, fromApi=True)
    assert await _texts(superuser) == [("lead", "quanto custa?")]
    assert await superuser.fetchval("SELECT status::text FROM conversations") == "ai"


@pytest.mark.parametrize(
    "more",
    [
        {"isGroup": True, "phone": "120363-group", "participantPhone": ANA},
        {"isGroup": True, "phone": "120363-group", "participantPhone": ANA, "fromMe": True},
        {"isGroup": True, "phone": "120363-group", "participantPhone": ANA, "reaction": {"value": "👍"}, "text": None},
        {"isNewsletter": True, "phone": "120363@newsletter", "chatLid": None},
        {"broadcast": True},
        {"phone": "status@broadcast", "participantPhone": ANA, "chatLid": None},
    ],
)
async def test_crowds_are_ignored(gateway: Gateway, superuser: asyncpg.Connection, more: dict[str, Any]) -> None:
    """Acknowledged and stored nowhere, whoever wrote there."""
    assert await gateway.post(_delivery(more)) == 200
    assert (await _count(superuser, "raw_events"), await _count(superuser, "leads")) == (0, 0)


async def test_statuses_move_a_message_forward(gateway: Gateway, superuser: asyncpg.Connection, seed: Seeder) -> None:
    """Of several messages at once, by the id that the receipt named, and what we read ourselves moves nothing."""
    await gateway.says()
    thread = await superuser.fetchrow(
        "SELECT tenant_id, id AS conversation_id, lead_id, channel_account_id FROM conversations"
    )
    for seq, external_id in ((2, "3EB0B"), (3, "3EB0C")):
        await seed.insert(
            "messages", **dict(thread), seq=seq, direction="out", author="ai", status="sent", text="olá",
            external_id=external_id,
        )  # fmt: skip
    told = {"type": "MessageStatusCallback", "instanceId": INSTANCE, "phone": ANA, "momment": 1790000001000}
    await gateway.post({**told, "status": "RECEIVED", "ids": ["3EB0B", "3EB0C"]})
    await gateway.post({**told, "status": "READ_BY_ME", "ids": ["3EB0B"]})
    await gateway.post({**told, "status": "READ", "ids": ["3EB0C"]})
    found = await superuser.fetch("SELECT external_id, status::text FROM messages WHERE direction = 'out' ORDER BY seq")
    assert [tuple(row) for row in found] == [("3EB0B", "delivered"), ("3EB0C", "read")]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "DisconnectedCallback", "instanceId": INSTANCE, "error": "gone", "momment": 1790000000},
        {"type": "PresenceChatCallback", "instanceId": INSTANCE, "phone": ANA, "status": "COMPOSING"},
        {"type": "NovelCallback", "instanceId": INSTANCE},
        {"type": "ReceivedCallback", "instanceId": INSTANCE, "phone": ANA, "messageId": "1", "notification": "REVOKE"},
        {"type": "ReceivedCallback", "instanceId": INSTANCE, "phone": ANA, "messageId": "1", "isEdit": True},
    ],
)
async def test_what_is_no_message_is_kept_raw(
    gateway: Gateway, superuser: asyncpg.Connection, body: dict[str, Any]
) -> None:
    """Verified, stored as it came, and nobody's words."""
    assert await gateway.post(body) == 200
    assert (await _count(superuser, "raw_events"), await _count(superuser, "messages")) == (1, 0)
