"""What Instagram's deliveries leave in the database."""

from collections.abc import AsyncIterator

import aiohttp
import asyncpg
import orjson
import pytest

from core.domain.ids import uuid7
from core.services.accounts import CREDENTIALS_COLUMN
from core.services.sealing import Sealer
from tests.factories import Business, Seeder
from tests.integration.webhooks.provider import Provider
from tests.unit.channels.instagram_deliveries import ACCOUNT, LEAD, delivery, item, message


@pytest.fixture
async def instagram(business: Business, seed: Seeder, sealer: Sealer, address: str) -> AsyncIterator[Provider]:
    """Meta, as far as the business's Instagram account is concerned; its product's secret signs."""
    made = uuid7()
    secrets = {"app_secret": "of-the-app", "instagram_app_secret": "app-secret", "verify_token": "v"}
    sealed = sealer.seal(secrets, owner=made, column=CREDENTIALS_COLUMN)
    await seed.insert("credential_sets", id=made, account_key="ig", channel="instagram", sealed=sealed)
    await seed.channel_account(business.tenant_id, made, external_id=ACCOUNT, channel="instagram")
    async with aiohttp.ClientSession() as session:
        yield Provider(session, f"{address}/webhooks/instagram/ig", ACCOUNT)


async def test_a_message_makes_a_lead_by_their_scoped_id(instagram: Provider, superuser: asyncpg.Connection) -> None:
    """Without a phone number, with a conversation whose turn is due, and an address to answer to."""
    assert (await instagram.post(delivery(message(text="Têm horário?")))).status == 200
    row = await superuser.fetchrow(
        "SELECT m.text, l.phone, i.kind, i.address, c.reply_kind, c.reply_address, c.turn_due_at IS NOT NULL AS due"
        " FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN leads l ON l.id = m.lead_id"
        " JOIN contact_identities i ON i.lead_id = l.id"
    )
    assert tuple(row) == ("Têm horário?", None, "igsid", LEAD, "igsid", LEAD, True)


async def test_events_about_one_message_are_kept_apart(instagram: Provider, superuser: asyncpg.Connection) -> None:
    """Each once, however often and in whichever company it is told."""
    mid = message()["message"]["mid"]
    events = [
        message(),
        item(reaction={"mid": mid, "action": "react", "emoji": "❤"}),
        item(reaction={"mid": mid, "action": "react", "emoji": "😂"}),
        item(message_edit={"mid": mid, "text": "ops", "num_edit": 1}),
        item(message={"mid": mid, "is_deleted": True}),
    ]
    assert (await instagram.post(delivery(*events))).status == 200
    for event in events:
        assert (await instagram.post(delivery(event, time=1_790_000_009_999))).status == 200
    assert await superuser.fetchval("SELECT count(*) FROM raw_events") == len(events)


async def test_a_button_without_an_id_is_answered(instagram: Provider, superuser: asyncpg.Connection) -> None:
    """An ice breaker's older form has none; its words are the lead's."""
    body = delivery(item(postback={"title": "Quanto custa?", "payload": "ICE"}))
    assert [(await instagram.post(body)).status for _ in range(2)] == [200, 200]
    rows = await superuser.fetch(
        "SELECT m.text, c.turn_due_at IS NOT NULL FROM messages m JOIN conversations c ON c.id = m.conversation_id"
    )
    assert [tuple(row) for row in rows] == [("Quanto custa?", True)]


async def test_an_old_time_is_no_harm(instagram: Provider, superuser: asyncpg.Connection) -> None:
    """The dashboard's test button tells one of 2018, others tell seconds of 1970."""
    for place, time in enumerate((1, 1_527_459_824)):
        event = {**message(mid=f"m_{place}"), "timestamp": time}
        assert (await instagram.post(delivery(event))).status == 200
    assert await superuser.fetchval("SELECT count(*) FROM messages") == 2


async def test_unknown_kinds_are_kept_and_answered(instagram: Provider, superuser: asyncpg.Connection) -> None:
    """With 200, as what they are."""
    assert (await instagram.post(delivery(item(call={"id": "c"})))).status == 200
    kind, body = await superuser.fetchrow("SELECT kind, body FROM raw_events")
    assert (kind, "call" in orjson.loads(body)["entry"][0]["messaging"][0]) == ("account_event", True)


async def test_another_secret_is_refused(instagram: Provider, superuser: asyncpg.Connection) -> None:
    """And nothing is stored."""
    answer = await instagram.post(delivery(message()), {"X-Hub-Signature-256": "sha256=00"})
    assert (answer.status, await superuser.fetchval("SELECT count(*) FROM raw_events")) == (401, 0)
