"""What a verified delivery leaves in the database and in the queue."""

import asyncio
from typing import Any

import asyncpg
from redis.asyncio import Redis

from core.domain.conversation import Author, MessageStatus
from core.domain.ids import uuid7
from pipeline.connection import STREAM
from pipeline.envelope import FIELD, decode
from tests.factories import Business, Seeder
from tests.integration.webhooks.provider import Provider, change, delivery, fresh_id, text_message

_BOUND = 5.0


async def nudges(redis: Redis, at_least: int) -> list[dict[str, object]]:
    """The nudges in the queue, once there are so many."""
    async with asyncio.timeout(_BOUND):
        while await redis.xlen(STREAM) < at_least:
            await asyncio.sleep(0.01)
    entries: Any = await redis.xrange(STREAM)
    return [decode(entry[FIELD]).kwargs for _, entry in entries]


async def count(superuser: asyncpg.Connection, table: str) -> int:
    """Rows of a table."""
    return int(await superuser.fetchval(f"SELECT count(*) FROM {table}"))


async def test_a_message_makes_everything_it_needs(
    provider: Provider, business: Business, superuser: asyncpg.Connection, redis: Redis
) -> None:
    """One text makes the lead, the count, the conversation, the message, the raw event, the due turn and the nudge."""
    body = delivery(change(provider.account, messages=[text_message("Quanto custa?")], contacts=[]))
    assert (await provider.post(body)).status == 200
    row = await superuser.fetchrow(
        "SELECT m.tenant_id, m.text, m.seq, c.status, c.turn_due_at IS NOT NULL AS due, l.phone, u.leads, c.id, m.id AS message"
        " FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN leads l ON l.id = m.lead_id"
        " JOIN usage_months u ON u.tenant_id = m.tenant_id"
    )
    assert (business.tenant_id, "Quanto custa?", 1, "ai", True, "5511987650001", 1) == tuple(row)[:7]
    assert await superuser.fetchval("SELECT body FROM raw_events") == body
    (nudge,) = await nudges(redis, 1)
    assert (str(row["id"]), str(row["message"]), "meta_whatsapp") == (
        nudge["conversation_id"],
        nudge["message_id"],
        nudge["channel"],
    )


async def test_a_delivery_again_changes_nothing(
    provider: Provider, superuser: asyncpg.Connection, redis: Redis
) -> None:
    """Sent again at once and again after a week: 200 each time, one message, one nudge."""
    message = text_message()
    assert (await provider.says(message)).status == 200
    assert (await provider.says(message)).status == 200
    await superuser.execute("UPDATE raw_events SET created_at = now() - interval '8 days'")
    assert (await provider.says(message)).status == 200
    assert (
        await count(superuser, "messages"),
        await count(superuser, "raw_events"),
        len(await nudges(redis, 1)),
    ) == (1, 1, 1)


async def test_batch_for_two_tenants_is_routed_whole(
    provider: Provider, business: Business, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """A hundred messages for two tenants' numbers under one app each reach their own tenant, and no raw event holds both."""
    other = await seed.tenant("other")
    account = await seed.channel_account(other, business.set_id, external_id="777000777000777")
    changes = [
        change(number, messages=[text_message(f"{number} says {place}", phone=f"551198765{place:04}")])
        for place in range(50)
        for number in (business.external_id, "777000777000777")
    ]
    assert (await provider.post(delivery(*changes))).status == 200
    rows = await superuser.fetch("SELECT tenant_id, channel_account_id, count(*) FROM messages GROUP BY 1, 2")
    assert {(business.tenant_id, business.account_id, 50), (other, account, 50)} == {tuple(row) for row in rows}
    wrong = await superuser.fetchval(
        "SELECT count(*) FROM raw_events r JOIN channel_accounts a ON a.tenant_id = r.tenant_id AND a.id = r.channel_account_id"
        " WHERE position(convert_to(a.external_id, 'UTF8') IN r.body) = 0"
        " OR (SELECT count(*) FROM channel_accounts b WHERE position(convert_to(b.external_id, 'UTF8') IN r.body) > 0) <> 1"
    )
    assert wrong == 0


async def test_burst_is_one_due_turn(provider: Provider, superuser: asyncpg.Connection, redis: Redis) -> None:
    """Ten messages of one lead, in one delivery and at once in many, are numbered 1 to 10 and nudge once."""
    await provider.says(*(text_message(str(place)) for place in range(3)))
    await asyncio.gather(*(provider.says(text_message(str(place))) for place in range(7)))
    found = await superuser.fetch("SELECT seq FROM messages ORDER BY seq")
    assert list(range(1, 11)) == [row["seq"] for row in found]
    assert (await count(superuser, "conversations"), len(await nudges(redis, 1))) == (1, 1)


async def test_a_flood_of_one_lead_is_taken_in(provider: Provider, superuser: asyncpg.Connection, redis: Redis) -> None:
    """Two hundred messages at once are all answered with 200, for anything else brings them again; and nudge once."""
    answers = await asyncio.gather(*(provider.says(text_message(str(place))) for place in range(200)))
    assert {answer.status for answer in answers} == {200}
    assert (await count(superuser, "messages"), len(await nudges(redis, 1))) == (200, 1)


async def test_groups_are_ignored(provider: Provider, superuser: asyncpg.Connection) -> None:
    """A message in a group is acknowledged and stored nowhere."""
    assert (await provider.says(text_message(group_id="group1"))).status == 200
    assert (await count(superuser, "raw_events"), await count(superuser, "leads")) == (0, 0)


async def test_unknown_kind_is_kept_raw(provider: Provider, superuser: asyncpg.Connection) -> None:
    """A verified event of a kind nobody knows is stored as it came, and 200."""
    body = delivery(
        {"field": "novelty", "value": {"metadata": {"phone_number_id": provider.account}, "what": [1, None]}}
    )
    assert (await provider.post(body)).status == 200
    assert (await count(superuser, "raw_events"), await count(superuser, "messages")) == (1, 0)


async def test_characters_that_a_database_refuses(provider: Provider, superuser: asyncpg.Connection) -> None:
    """NUL and lone surrogates do not keep a message out; the raw event keeps them."""
    message = text_message("a\x00b\ud800c")
    assert (await provider.says(message)).status == 200
    assert await superuser.fetchval("SELECT text FROM messages") == "ab\ufffdc"
    assert b"\\u0000b\\ud800c" in await superuser.fetchval("SELECT body FROM raw_events")


async def test_one_bad_delivery_among_many(provider: Provider, superuser: asyncpg.Connection) -> None:
    """Deliveries that are refused leave those that arrive at the same moment alone."""
    calls = [
        provider.says(text_message(phone=f"551198765{place:04}")) if place % 3 else provider.post(b"[")
        for place in range(30)
    ]
    answers = await asyncio.gather(*calls)
    assert [200 if place % 3 else 400 for place in range(30)] == [answer.status for answer in answers]
    assert await count(superuser, "messages") == 20


async def test_an_event_that_the_database_refuses_keeps_nobody_out(
    provider: Provider, superuser: asyncpg.Connection
) -> None:
    """Of a delivery with a message that breaks a rule of the database the others are taken, and that one is kept raw."""
    await superuser.execute("ALTER TABLE messages ADD CONSTRAINT no_such_word CHECK (text <> 'broken')")
    said = [
        text_message(words, phone=f"551198765000{place}") for place, words in enumerate(("one", "broken", "three"), 1)
    ]
    answer = await provider.says(*said)
    found = await superuser.fetch("SELECT text FROM messages ORDER BY text")
    assert (answer.status, [row["text"] for row in found]) == (200, ["one", "three"])
    assert await superuser.fetchval("SELECT count(*) FROM raw_events WHERE external_id = $1", said[1]["id"]) == 1


async def test_status_without_a_message(provider: Provider, superuser: asyncpg.Connection) -> None:
    """A status of a message nobody sent is acknowledged, kept for a while and changes nothing."""
    assert (await provider.reports(_status("delivered", fresh_id()))).status == 200
    assert (await count(superuser, "early_receipts"), await count(superuser, "messages")) == (1, 0)


async def test_status_before_the_send_call_returned(
    provider: Provider, business: Business, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """A status that names our own id moves a message whose provider id is not known yet, and tells that id."""
    thread = await seed.thread(business)
    sending = await seed.message(thread, author=Author.AI, status=MessageStatus.SENDING)
    told = fresh_id()
    await provider.reports(_status("delivered", told, str(sending)))
    assert ("delivered", told) == tuple(await _message(superuser, sending))


async def test_status_with_an_id_that_another_message_bears(
    provider: Provider, business: Business, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """Of messages that a provider gives one id only one bears it; the status is taken for each all the same."""
    thread = await seed.thread(business)
    told, other = fresh_id(), fresh_id()
    await seed.message(thread, author=Author.AI, status=MessageStatus.SENT, external_id=told)
    late, first, second = [await seed.message(thread, author=Author.AI, status=MessageStatus.SENDING) for _ in range(3)]
    answer = await provider.reports(
        _status("sent", told, str(late)),
        *(
            {**_status(status, other, str(sent)), "recipient_id": f"551198765000{place}"}
            for place, sent in enumerate((first, second))
            for status in ("sent", "delivered")
        ),
    )
    assert (answer.status, tuple(await _message(superuser, late))) == (200, ("sent", None))
    pair = [tuple(await _message(superuser, sent)) for sent in (first, second)]
    assert sorted(pair, key=str) == [("delivered", other), ("delivered", None)]


async def test_statuses_only_go_forward(
    provider: Provider, business: Business, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """Read, then delivered, then sent: it stays read."""
    thread = await seed.thread(business)
    known = fresh_id()
    sent = await seed.message(thread, author=Author.AI, status=MessageStatus.SENT, external_id=known)
    for status in ("read", "delivered", "sent"):
        assert (await provider.reports(_status(status, known))).status == 200
    assert ("read", known) == tuple(await _message(superuser, sent))


async def test_callback_of_another_tenant_moves_nothing(
    provider: Provider, seed: Seeder, superuser: asyncpg.Connection
) -> None:
    """A status that names a message of another tenant does not touch it."""
    thread = await seed.thread(await seed.business())
    theirs = await seed.message(thread, author=Author.AI, status=MessageStatus.SENDING)
    await provider.reports(_status("read", fresh_id(), str(theirs)), _status("read", fresh_id(), str(uuid7())))
    assert tuple(await _message(superuser, theirs)) == ("sending", None)


def _status(status: str, external_id: str, callback: str | None = None) -> dict[str, object]:
    return {
        "id": external_id,
        "status": status,
        "timestamp": "1790000100",
        "recipient_id": "5511987650001",
        **({"biz_opaque_callback_data": callback} if callback else {}),
    }


async def _message(superuser: asyncpg.Connection, message: object) -> asyncpg.Record:
    return await superuser.fetchrow("SELECT status, external_id FROM messages WHERE id = $1", message)
