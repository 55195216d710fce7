"""Our own Z-API channel against the emulator: what it sends is taken, what comes back is read."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from channels.base import Account, Credentials
from channels.zapi import ZApi
from core.domain.errors import ChannelStopped, SendRefused, SendRetry, SendUnknown
from core.domain.events import EventKind, IdentityKind, InboundEvent, MediaRef, SenderId
from sandbox.server import Sandbox
from tests.integration.sandbox.conftest import (
    CLIENT_TOKEN,
    INSTANCE,
    INSTANCE_TOKEN,
    LEAD,
    Control,
    Received,
    Receiver,
)

_ACCOUNT = Account(INSTANCE, {"instance_token": INSTANCE_TOKEN, "client_token": CLIENT_TOKEN})
_LEAD = SenderId(IdentityKind.PHONE, LEAD)


@pytest.fixture
async def channel(emulators: Sandbox) -> AsyncIterator[ZApi]:
    """The channel, told where the emulator is and nothing else."""
    async with aiohttp.ClientSession() as session:
        yield ZApi.configured(session, {"ZAPI_URL": emulators.zapi_url})


async def _send(channel: ZApi, text: str = "Olá", to: SenderId = _LEAD) -> str:
    return (await channel.send_message(_ACCOUNT, to, text, callback="0197-ours")).external_id


def _read(channel: ZApi, received: Received) -> InboundEvent:
    """Verified and parsed, as the webhook does it."""
    headers = {name.lower(): value for name, value in received.headers.items()}
    assert channel.validate_webhook(Credentials("k", {"instance_token": INSTANCE_TOKEN}), headers, received.body)
    [event] = channel.parse_inbound(received.body)
    return event


async def test_a_leads_text_is_read(channel: ZApi, zapi: Control, receiver: Receiver) -> None:
    """With its names, account and id."""
    wrote = await zapi.post(
        "lead", **{"instance_id": INSTANCE, "from": LEAD, "name": "Zé", "text": "Preço à vista?", "wait": True}
    )
    event = _read(channel, receiver.got[0])
    assert (event.kind, event.account, event.external_id, event.text, event.sender_name) == (
        EventKind.INBOUND_MESSAGE,
        INSTANCE,
        wrote["message_id"],
        "Preço à vista?",
        "Zé",
    )
    assert event.senders == (SenderId(IdentityKind.LID, wrote["lid"]), _LEAD)


async def test_a_sent_text_reaches_the_lead(channel: ZApi, zapi: Control) -> None:
    """Under the id that the receipt names."""
    external_id = await _send(channel, "Olá, tudo bem? 👋")
    [message] = (await zapi.get("messages", instance_id=INSTANCE, to=LEAD))["messages"]
    assert (message["message_id"], message["text"]) == (external_id, "Olá, tudo bem? 👋")


async def test_everything_about_a_sent_text_is_read(channel: ZApi, receiver: Receiver) -> None:
    """Our own echo, and its way to the lead's eyes, all under the receipt's id."""
    external_id = await _send(channel)
    events = [_read(channel, received) for received in await receiver.wait(5)]
    assert sorted((event.kind.value, event.type or "") for event in events) == [
        ("outbound_echo", "text"),
        ("status", "delivered"),
        ("status", "read"),
        ("status", "sent"),
        ("status", "sent"),
    ]
    assert {external_id} == {event.external_id for event in events}


async def test_the_owners_words_are_a_persons(
    channel: ZApi, zapi: Control, receiver: Receiver, echoes_alone: None
) -> None:
    """What is typed on the phone is told from what we sent."""
    await zapi.post("owner", instance_id=INSTANCE, to=LEAD, text="Pode vir.")
    event = _read(channel, (await receiver.wait(1))[0])
    assert (event.kind, event.text, _LEAD in event.senders) == (EventKind.OUTBOUND_HUMAN_ECHO, "Pode vir.", True)


async def test_a_lead_without_a_number_is_answered(channel: ZApi, zapi: Control, receiver: Receiver) -> None:
    """To the LID by which the lead wrote."""
    await zapi.post("lead", **{"instance_id": INSTANCE, "from": LEAD, "text": "Oi", "lid_alone": True, "wait": True})
    [sender] = _read(channel, receiver.got[0]).senders
    await _send(channel, to=sender)
    assert len((await zapi.get("messages", instance_id=INSTANCE, to=LEAD))["messages"]) == 1


async def test_a_file_reaches_the_lead(channel: ZApi, zapi: Control) -> None:
    """As a document with its ending."""
    media = MediaRef(url="https://files.example/a.pdf", mime_type="application/pdf", filename="a.pdf")
    await channel.send_media(_ACCOUNT, _LEAD, media, caption="o exame", callback="0197-ours")
    [message] = (await zapi.get("messages", instance_id=INSTANCE, to=LEAD))["messages"]
    assert (message["kind"], message["text"]) == ("document", "o exame")


async def test_reading_is_shown(channel: ZApi, zapi: Control) -> None:
    """In the lead's chat."""
    await channel.mark_read(_ACCOUNT, "3EB0A", typing=False, to=_LEAD)
    assert [(e["chat"], e["message_id"]) for e in await zapi.events("read_marked")] == [(LEAD, "3EB0A")]


@pytest.mark.parametrize(
    "secrets",
    [
        {"instance_token": "wrong", "client_token": CLIENT_TOKEN},
        {"instance_token": INSTANCE_TOKEN, "client_token": "wrong"},
        {"instance_token": INSTANCE_TOKEN},
    ],
)
async def test_a_wrong_token_stops_the_channel(channel: ZApi, secrets: dict[str, str]) -> None:
    """Either of the two, or the second left out."""
    with pytest.raises(ChannelStopped):
        await channel.send_message(Account(INSTANCE, secrets), _LEAD, "Olá", callback="0197-ours")


async def test_without_its_phone_nothing_is_queued(channel: ZApi, zapi: Control) -> None:
    """When the phone is back, nothing stale leaves."""
    await zapi.post("connection", instance_id=INSTANCE, connected=False)
    with pytest.raises(SendRetry):
        await _send(channel)
    assert (await zapi.post("connection", instance_id=INSTANCE, connected=True))["flushed"] == 0


@pytest.mark.parametrize("action", ["accept_then_cut", "cut"])
async def test_a_cut_leaves_the_outcome_unknown(channel: ZApi, zapi: Control, action: str) -> None:
    """Whether it was taken or not, the caller cannot tell."""
    await zapi.post("faults", action=action)
    with pytest.raises(SendUnknown):
        await _send(channel)


async def test_the_echo_tells_of_a_send_of_unknown_outcome(
    channel: ZApi, zapi: Control, receiver: Receiver, echoes_alone: None
) -> None:
    """What is left to settle it by: our own words, to that lead, under WhatsApp's id."""
    await zapi.post("faults", action="accept_then_cut")
    with pytest.raises(SendUnknown):
        await _send(channel, "Temos às 10h.")
    event = _read(channel, (await receiver.wait(1))[0])
    assert (event.kind, event.text, _LEAD in event.senders) == (EventKind.OUTBOUND_ECHO, "Temos às 10h.", True)


async def test_a_server_that_fails_is_asked_again(channel: ZApi, zapi: Control) -> None:
    """Z-API's own fault."""
    await zapi.post("faults", action="status", http=500)
    with pytest.raises(SendRetry):
        await _send(channel)


async def test_a_text_without_words_is_refused(channel: ZApi) -> None:
    """The message's own fault."""
    with pytest.raises(SendRefused):
        await _send(channel, " ")


async def test_a_failed_message_is_read_as_such(channel: ZApi, zapi: Control, receiver: Receiver) -> None:
    """With the reason by its code."""
    await zapi.post("faults", action="statuses", mode="failed", error="restricted", error_code="SHADOW_BAN")
    await _send(channel)
    event = _read(channel, (await receiver.wait(1))[0])
    assert (event.type, event.extra["error_codes"]) == ("failed", ["SHADOW_BAN"])


async def test_many_sends_at_once_each_have_their_id(channel: ZApi) -> None:
    """Nothing is mixed up under load."""
    ids = await asyncio.gather(*(_send(channel, f"mensagem {number}") for number in range(50)))
    assert len(set(ids)) == 50


async def test_the_phone_going_away_is_read(channel: ZApi, zapi: Control, receiver: Receiver) -> None:
    """An event of the account."""
    await zapi.post("connection", instance_id=INSTANCE, connected=False)
    event = _read(channel, (await receiver.wait(1))[0])
    assert (event.kind, event.type) == (EventKind.CONNECTION, "disconnected")
