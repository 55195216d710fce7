"""Our own channel against the emulator, by either login: what leaves is echoed, what comes is read."""

import asyncio
from typing import Any

import pytest

from channels.base import Account, Credentials
from channels.instagram import Instagram
from core.domain.errors import ChannelStopped, SendError, SendNeedsTemplate, SendRefused, SendRetry, SendUnknown
from core.domain.events import TO_BE_FETCHED, EventKind, IdentityKind, InboundEvent, MediaRef, SenderId
from tests.integration.sandbox.conftest import Control, Received, Receiver
from tests.integration.sandbox.instagram import (
    ACCOUNT,
    APP_ID,
    APP_SECRET,
    IG_TOKEN,
    LEAD,
    PAGE_ACCOUNT,
    PAGE_TOKEN,
    PRODUCT_SECRET,
)

TO = SenderId(IdentityKind.IGSID, LEAD)
BY_INSTAGRAM = Account(ACCOUNT, {"access_token": IG_TOKEN, "login": "instagram"})
BY_FACEBOOK = Account(PAGE_ACCOUNT, {"access_token": PAGE_TOKEN, "login": "facebook"})
CREDENTIALS = Credentials("k", {"app_secret": APP_SECRET, "instagram_app_secret": PRODUCT_SECRET})


@pytest.fixture
async def channel(instagram: Control) -> Instagram:
    """The channel, with both hosts at the emulator; a lead has written to both accounts."""
    for account in (ACCOUNT, PAGE_ACCOUNT):
        await instagram.post("lead", **{"account": account, "from": LEAD, "text": "Oi", "wait": True})
    settings = {"INSTAGRAM_GRAPH_URL": instagram.url, "META_GRAPH_URL": instagram.url}
    return Instagram.configured(instagram.http, settings)


def _read(channel: Instagram, webhook: Received) -> InboundEvent:
    headers = {name.lower(): value for name, value in webhook.headers.items()}
    assert channel.validate_webhook(CREDENTIALS, headers, webhook.body)
    [event] = channel.parse_inbound(webhook.body)
    return event


async def _failing(channel: Instagram, text: str = "Olá", **more: Any) -> SendError:
    with pytest.raises(SendError) as caught:
        await channel.send_message(BY_INSTAGRAM, TO, text, callback="c", **more)
    return caught.value


async def test_a_leads_words_are_read(channel: Instagram, receiver: Receiver) -> None:
    """Signature, account, person and words."""
    events = [_read(channel, webhook) for webhook in receiver.got]
    assert [(EventKind.INBOUND_MESSAGE, account, (TO,), "Oi") for account in (ACCOUNT, PAGE_ACCOUNT)] == [
        (event.kind, event.account, event.senders, event.text) for event in events
    ]


@pytest.mark.parametrize("account", [BY_INSTAGRAM, BY_FACEBOOK], ids=["instagram", "facebook"])
async def test_our_words_are_echoed_by_the_receipts_id(
    channel: Instagram, receiver: Receiver, account: Account
) -> None:
    """Which is how an unknown send is settled; the app is named too."""
    receipt = await channel.send_message(account, TO, "Olá, tudo bem?", callback="c")
    event = _read(channel, (await receiver.wait(3))[2])
    assert (event.kind, event.external_id, event.chat_id, event.extra["app_id"]) == (
        EventKind.OUTBOUND_ECHO, receipt.external_id, LEAD, APP_ID,
    )  # fmt: skip


async def test_the_owners_words_name_no_app(channel: Instagram, instagram: Control, receiver: Receiver) -> None:
    """Which is how they are told from ours."""
    await instagram.post("owner", account=ACCOUNT, to=LEAD, text="Deixa comigo", wait=True)
    event = _read(channel, receiver.got[2])
    assert (event.kind, event.extra["app_id"], event.chat_id) == (EventKind.OUTBOUND_ECHO, None, LEAD)


async def test_a_read_receipt_is_a_status_of_our_message(
    channel: Instagram, instagram: Control, receiver: Receiver
) -> None:
    """By the receipt's id."""
    await instagram.post("settings", read_ms=1, echo_ms=None)
    receipt = await channel.send_message(BY_INSTAGRAM, TO, "Olá", callback="c")
    event = _read(channel, (await receiver.wait(3))[2])
    assert (event.kind, event.type, event.ref_id) == (EventKind.STATUS, "read", receipt.external_id)


async def test_a_file_leaves(channel: Instagram, instagram: Control) -> None:
    """By its url, as what it is."""
    media = MediaRef(url="https://media.example/a.png", mime_type="image/png")
    await channel.send_media(BY_INSTAGRAM, TO, media, caption=None, callback="c")
    [sent] = (await instagram.get("messages", account=ACCOUNT))["messages"]
    assert (sent["kind"], sent["url"]) == ("image", "https://media.example/a.png")


async def test_seen_and_typing_are_shown(channel: Instagram, instagram: Control) -> None:
    """In this order."""
    await channel.mark_read(BY_INSTAGRAM, "any", typing=True, to=TO)
    assert [event["action"] for event in await instagram.events("action_shown")] == ["mark_seen", "typing_on"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"action": "status", "code": 190}, ChannelStopped),
        ({"action": "status", "code": 10}, ChannelStopped),
        ({"action": "status", "code": 10, "subcode": 2534022}, SendNeedsTemplate),
        ({"action": "status", "code": 613}, SendRetry),
        ({"action": "status", "code": 4}, SendRetry),
        ({"action": "status", "code": 2}, SendRetry),
        ({"action": "status", "code": 100}, SendRefused),
        ({"action": "status", "code": 551, "subcode": 1545041}, SendRefused),
        ({"action": "cut"}, SendUnknown),
        ({"action": "accept_then_cut"}, SendUnknown),
    ],
)
async def test_each_failure_has_its_class(
    channel: Instagram, instagram: Control, fault: dict[str, Any], expected: type[SendError]
) -> None:
    """As the emulator, and the vendor, say it."""
    await instagram.post("faults", **fault)
    assert expected is type(await _failing(channel))


async def test_the_closed_window_asks_for_another_way(channel: Instagram, instagram: Control) -> None:
    """A day after the lead's last word."""
    await instagram.post("settings", clock_offset_s=24 * 3600 + 1)
    assert isinstance(await _failing(channel), SendNeedsTemplate)


async def test_too_many_bytes_are_refused(channel: Instagram) -> None:
    """Few letters with accents are many bytes."""
    limit = channel.capabilities.text_limit
    assert isinstance(await _failing(channel, "ã" * (limit // 2 + 1)), SendRefused)


async def test_a_held_send_is_taken_on_release(channel: Instagram, instagram: Control) -> None:
    """What a harness strikes at."""
    await instagram.post("faults", action="hold", match={"call": "message"})
    sending = asyncio.create_task(channel.send_message(BY_INSTAGRAM, TO, "Olá", callback="c"))
    [held] = (await instagram.get("held", wait_ms=2000))["held"]
    await instagram.post("release")
    receipt = await sending
    [sent] = (await instagram.get("messages", account=ACCOUNT))["messages"]
    assert (held["stage"], sent["mid"]) == ("after", receipt.external_id)


@pytest.mark.parametrize("account", [BY_INSTAGRAM, BY_FACEBOOK], ids=["instagram", "facebook"])
async def test_a_message_that_was_only_told_of_is_fetched(
    channel: Instagram, instagram: Control, receiver: Receiver, account: Account
) -> None:
    """The webhook has its id and nothing else; what the API gives reads as if the webhook had brought it."""
    said = {"account": account.external_id, "from": LEAD, "text": "é/ã", "announced": True, "wait": True}
    mid = (await instagram.post("lead", **said))["mid"]
    told = _read(channel, receiver.got[-1])
    assert (told.external_id, told.text, told.senders, told.flags[:1]) == (mid, None, (), (TO_BE_FETCHED,))
    [event] = await channel.fetch_message(account, mid)
    assert (event.kind, event.external_id, event.account, event.senders, event.text) == (
        EventKind.INBOUND_MESSAGE, mid, account.external_id, (TO,), "é/ã",
    )  # fmt: skip


@pytest.mark.parametrize("mid", ["aWdfZAG1fNOBODYS", "../me", ""])
async def test_a_message_that_is_nobodys_is_refused(channel: Instagram, mid: str) -> None:
    """And an id never becomes another address."""
    with pytest.raises(SendRefused):
        await channel.fetch_message(BY_INSTAGRAM, mid)
