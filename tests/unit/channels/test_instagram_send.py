"""Sending through Instagram's API, by either login: what leaves, and what each answer means."""

import traceback
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp.client_reqrep import ConnectionKey
from aioresponses import aioresponses

from channels.base import Account
from channels.instagram import Instagram
from core.domain.errors import (
    ChannelStopped,
    ConfigurationError,
    SendError,
    SendNeedsTemplate,
    SendRefused,
    SendRetry,
    SendUnknown,
)
from core.domain.events import IdentityKind, MediaRef, SenderId
from tests.unit.channels.graph import address_asked, failure, sent, sent_headers

ACCOUNT_ID = "17840000000000001"
LEAD = SenderId(IdentityKind.IGSID, "6610000000000001")
IG_TOKEN = "IGAAFixtureTokenThatMustNeverBeSeenAnywhere"
PAGE_TOKEN = "EAAFixturePageTokenThatMustNeverBeSeenAnywhere"
BY_INSTAGRAM = f"https://instagram.example/v26.0/{ACCOUNT_ID}/messages"
BY_FACEBOOK = "https://facebook.example/v26.0/me/messages"
TAKEN = {"recipient_id": LEAD.value, "message_id": "aWdfSENT"}
KEY = ConnectionKey("instagram.example", 443, True, True, None, None, None, None)


@pytest.fixture
async def instagram() -> AsyncIterator[Instagram]:
    async with aiohttp.ClientSession() as session:
        yield Instagram(session, "https://instagram.example", "https://facebook.example", "v26.0")


@pytest.fixture
def account() -> Account:
    return Account(ACCOUNT_ID, {"access_token": IG_TOKEN, "login": "instagram"})


async def _send(instagram: Instagram, account: Account, to: SenderId = LEAD, **more: Any) -> Any:
    return await instagram.send_message(account, to, "Olá", callback="0197-ours", **more)


async def _failing(instagram: Instagram, account: Account, **more: Any) -> SendError:
    with pytest.raises(SendError) as caught:
        await _send(instagram, account, **more)
    return caught.value


async def test_a_text_leaves_as_instagram_wants_it(instagram: Instagram, graph: aioresponses, account: Account) -> None:
    """To the account's own address, with nothing that Instagram does not know."""
    graph.post(BY_INSTAGRAM, payload=TAKEN)
    await _send(instagram, account)
    assert sent(graph) == {"recipient": {"id": LEAD.value}, "message": {"text": "Olá"}}


async def test_an_answer_names_its_message(instagram: Instagram, graph: aioresponses, account: Account) -> None:
    """Beside the message, not within."""
    graph.post(BY_INSTAGRAM, payload=TAKEN)
    await _send(instagram, account, reply_to="aWdfIN")
    assert sent(graph)["reply_to"] == {"mid": "aWdfIN"}


@pytest.mark.parametrize(
    ("secrets", "address"),
    [
        ({"access_token": IG_TOKEN, "login": "instagram"}, BY_INSTAGRAM),
        ({"access_token": PAGE_TOKEN, "login": "facebook"}, BY_FACEBOOK),
        ({"access_token": IG_TOKEN}, BY_INSTAGRAM),
        ({"access_token": PAGE_TOKEN}, BY_FACEBOOK),
    ],
)
async def test_the_login_decides_the_host(
    instagram: Instagram, graph: aioresponses, secrets: dict[str, str], address: str
) -> None:
    """As the secrets say or, where they do not, as the token shows; the token goes in its header."""
    graph.post(address, payload=TAKEN)
    await _send(instagram, Account(ACCOUNT_ID, secrets))
    assert address_asked(graph) == address
    assert sent_headers(graph)["Authorization"] == f"Bearer {secrets['access_token']}"


async def test_the_receipt_names_message_and_lead(instagram: Instagram, graph: aioresponses, account: Account) -> None:
    """By Instagram's ids."""
    graph.post(BY_INSTAGRAM, payload=TAKEN)
    receipt = await _send(instagram, account)
    assert (receipt.external_id, receipt.recipient) == ("aWdfSENT", LEAD.value)


async def test_an_address_of_another_channel_is_refused(instagram: Instagram, account: Account) -> None:
    """A phone number never leaves for Instagram."""
    error = await _failing(instagram, account, to=SenderId(IdentityKind.PHONE, "5511987650001"))
    assert isinstance(error, SendRefused)


@pytest.mark.parametrize(
    ("mime", "kind"),
    [
        ("image/png", "image"),
        ("video/mp4", "video"),
        ("Audio/ogg; codecs=opus", "audio"),
        ("application/pdf", "file"),
        (None, "file"),
    ],
)
async def test_a_file_leaves_by_its_url(
    *, instagram: Instagram, graph: aioresponses, account: Account, mime: str | None, kind: str
) -> None:
    """As what Instagram shows it as."""
    graph.post(BY_INSTAGRAM, payload=TAKEN)
    media = MediaRef(url="https://x/a", mime_type=mime)
    await instagram.send_media(account, LEAD, media, caption=None, callback="c")
    assert sent(graph)["message"] == {"attachment": {"type": kind, "payload": {"url": "https://x/a"}}}


@pytest.mark.parametrize(("media", "caption"), [(MediaRef(id="1"), None), (MediaRef(url="https://x/a"), "veja")])
async def test_a_file_that_cannot_go_is_refused(
    instagram: Instagram, account: Account, media: MediaRef, caption: str | None
) -> None:
    """Without a url, or with words that would be lost."""
    with pytest.raises(SendRefused):
        await instagram.send_media(account, LEAD, media, caption=caption, callback="c")


@pytest.mark.parametrize(("typing", "actions"), [(True, ["mark_seen", "typing_on"]), (False, ["mark_seen"])])
async def test_reading_and_typing_are_calls_of_their_own(
    *, instagram: Instagram, graph: aioresponses, account: Account, typing: bool, actions: list[str]
) -> None:
    """About the lead, not about a message."""
    graph.post(BY_INSTAGRAM, payload={"recipient_id": LEAD.value}, repeat=True)
    await instagram.mark_read(account, "aWdfIN", typing=typing, to=LEAD)
    [calls] = (graph.requests or {}).values()
    bodies = [orjson.loads(call.kwargs["data"]) for call in calls]
    assert [{"recipient": {"id": LEAD.value}, "sender_action": action} for action in actions] == bodies


async def test_reading_is_shown_to_somebody(instagram: Instagram, account: Account) -> None:
    """Without an address nothing leaves."""
    with pytest.raises(SendRefused):
        await instagram.mark_read(account, "aWdfIN", typing=True)


@pytest.mark.parametrize(
    ("code", "subcode", "expected"),
    [
        *((code, None, SendRetry) for code in (1, 2, 4, 17, 32, 613, 1200, 80002, 80006)),
        *((code, None, ChannelStopped) for code in (0, 3, 10, 190, 200, 230, 299, 368)),
        (190, 463, ChannelStopped),
        *((code, None, SendRefused) for code in (33, 100, 551, 999999)),
        (100, 2534014, SendRefused),
        (551, 1545041, SendRefused),
        (10, 2018108, SendRefused),
        (200, 1545041, SendRefused),
        *((10, subcode, SendNeedsTemplate) for subcode in (2534022, 2018065, 2018278)),
        (10, True, ChannelStopped),
    ],
)
async def test_code_and_subcode_decide(
    *,
    instagram: Instagram,
    graph: aioresponses,
    account: Account,
    code: int,
    subcode: int | None,
    expected: type[SendError],
) -> None:
    """Where one code says several things, the subcode tells which."""
    more: dict[str, Any] = {} if subcode is None else {"error_subcode": subcode}
    graph.post(BY_INSTAGRAM, status=400, payload=failure(code, **more))
    error = await _failing(instagram, account)
    assert (expected, str(code)) == (type(error), error.provider_code)


@pytest.mark.parametrize(("status", "more"), [(500, {}), (503, {}), (429, {}), (400, {"is_transient": True})])
async def test_an_unknown_code_that_is_metas_fault_is_tried_again(
    *, instagram: Instagram, graph: aioresponses, account: Account, status: int, more: dict[str, Any]
) -> None:
    """A server's failure with a readable error took nothing."""
    graph.post(BY_INSTAGRAM, status=status, payload=failure(999999, **more))
    assert isinstance(await _failing(instagram, account), SendRetry)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (502, "<html>", SendUnknown),
        (504, "", SendUnknown),
        (503, "<html>", SendRetry),
        (200, "<html>", SendUnknown),
        (200, "{}", SendUnknown),
        (200, '{"recipient_id":"1"}', SendUnknown),
        (400, "<html>", SendRefused),
    ],
)
async def test_an_answer_without_metas_words(
    *,
    instagram: Instagram,
    graph: aioresponses,
    account: Account,
    status: int,
    body: str,
    expected: type[SendError],
) -> None:
    """Where Meta does not speak, only what certainly was not taken is tried again."""
    graph.post(BY_INSTAGRAM, status=status, body=body)
    assert expected is type(await _failing(instagram, account))


async def test_the_wait_is_told(instagram: Instagram, graph: aioresponses, account: Account) -> None:
    """A wait that Meta names comes with the error."""
    graph.post(BY_INSTAGRAM, status=429, payload=failure(613), headers={"Retry-After": "17"})
    error = await _failing(instagram, account)
    assert isinstance(error, SendRetry)
    assert error.retry_after == timedelta(seconds=17)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "refused")), SendRetry),
        (aiohttp.ConnectionTimeoutError("no connection"), SendRetry),
        (TimeoutError(), SendUnknown),
        (aiohttp.ServerDisconnectedError(), SendUnknown),
        (aiohttp.ClientOSError(104, IG_TOKEN), SendUnknown),
    ],
)
async def test_what_may_have_left_is_unknown(
    *, instagram: Instagram, graph: aioresponses, account: Account, fault: Exception, expected: type[SendError]
) -> None:
    """What certainly did not leave is tried again; and no trace tells the token."""
    graph.post(BY_INSTAGRAM, exception=fault)
    error = await _failing(instagram, account)
    assert (expected, False) == (type(error), IG_TOKEN in "".join(traceback.format_exception(error)))


@pytest.mark.parametrize(
    "account",
    [
        Account(ACCOUNT_ID, {}),
        Account(ACCOUNT_ID, {"access_token": "two\nlines"}),
        Account(ACCOUNT_ID, {"access_token": "açaí"}),
        Account(ACCOUNT_ID, {"access_token": IG_TOKEN, "login": "twitter"}),
        Account("1/../2", {"access_token": IG_TOKEN}),
        Account("", {"access_token": IG_TOKEN}),
    ],
)
async def test_an_account_that_cannot_send_is_stopped(instagram: Instagram, account: Account) -> None:
    """Without a token for a header, a login or an id for an address nothing leaves."""
    assert isinstance(await _failing(instagram, account), ChannelStopped)


async def test_metas_words_are_made_discreet(instagram: Instagram, graph: aioresponses, account: Account) -> None:
    """What Meta quotes back is not repeated."""
    graph.post(BY_INSTAGRAM, status=401, payload=failure(190, f"Malformed {IG_TOKEN} for {LEAD.value}"))
    told = str(await _failing(instagram, account))
    assert not any(secret in told for secret in (IG_TOKEN, LEAD.value))


async def test_the_limit_is_in_bytes(instagram: Instagram) -> None:
    """An accent counts twice; and nothing of ours comes back but by echo."""
    can = instagram.capabilities
    assert (can.text_limit, can.text_unit, can.callback_data, can.window) == (1000, "bytes", False, timedelta(hours=24))


@pytest.mark.parametrize("name", ["INSTAGRAM_GRAPH_URL", "META_GRAPH_URL"])
async def test_a_wrong_base_url_is_named(name: str) -> None:
    """A setting that is no URL is told by its name at the start."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ConfigurationError, match=name):
            Instagram.configured(session, {name: "graph.example"})
