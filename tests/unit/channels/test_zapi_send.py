"""Sending through Z-API: what leaves, and what each answer, silence or refusal means."""

import asyncio
import traceback
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from aioresponses import aioresponses

from channels.base import Account
from channels.zapi import ZApi
from core.domain.errors import ChannelStopped, ConfigurationError, SendError, SendRefused, SendRetry, SendUnknown
from core.domain.events import IdentityKind, MediaRef, SenderId
from tests.unit.channels.zapi_api import ACCEPTED, ACCOUNT, ANA, ANA_LID, BASE, CLIENT_TOKEN, INSTANCE, TOKEN, posts
from tests.unit.channels.zapi_api import connected as connected_instance

_ANA = SenderId(IdentityKind.PHONE, ANA)
_SEND = f"{BASE}/send-text"
_KEY = ConnectionKey("zapi.example", 443, True, True, None, None, None, None)


@pytest.fixture
def connected(api: aioresponses) -> aioresponses:
    return connected_instance(api)


async def _send(zapi: ZApi, to: SenderId = _ANA, account: Account = ACCOUNT, **more: Any) -> Any:
    return await zapi.send_message(account, to, "Olá", callback="0197-ours", **more)


async def _failing(zapi: ZApi, account: Account = ACCOUNT) -> SendError:
    with pytest.raises(SendError) as caught:
        await _send(zapi, account=account)
    return caught.value


async def test_a_text_leaves_as_zapi_wants_it(zapi: ZApi, connected: aioresponses) -> None:
    """The number exactly as given, a moment of typing, and the message that is answered."""
    connected.post(_SEND, payload=ACCEPTED)
    await _send(zapi, reply_to="3EB0IN")
    [(method, body, _)] = posts(connected)
    assert (method, body) == (
        "send-text",
        {"phone": ANA, "message": "Olá", "delayTyping": 1, "messageId": "3EB0IN"},
    )


async def test_the_accounts_token_goes_in_its_header(zapi: ZApi, connected: aioresponses) -> None:
    """Beside the instance's token, which the address has to hold."""
    connected.post(_SEND, payload=ACCEPTED)
    await _send(zapi)
    assert posts(connected)[0][2]["Client-Token"] == CLIENT_TOKEN


async def test_an_account_without_that_token_sends_none(zapi: ZApi, connected: aioresponses) -> None:
    """Where Z-API was not told to ask for one."""
    connected.post(_SEND, payload=ACCEPTED)
    await _send(zapi, account=Account(INSTANCE, {"instance_token": TOKEN}))
    assert "Client-Token" not in posts(connected)[0][2]


@pytest.mark.parametrize(
    ("answer", "external_id"), [(ACCEPTED, "3EB0SENT"), ({"zaapId": "3C00", "id": "3EB0SENT"}, "3EB0SENT")]
)
async def test_the_receipt_names_the_message(
    zapi: ZApi, connected: aioresponses, answer: dict[str, str], external_id: str
) -> None:
    """By WhatsApp's id, which statuses and echoes will bear, never by the queue's."""
    connected.post(_SEND, payload=answer)
    assert (await _send(zapi)).external_id == external_id


async def test_a_lid_is_an_address(zapi: ZApi, connected: aioresponses) -> None:
    """A person whose number nobody knows can be answered."""
    connected.post(_SEND, payload=ACCEPTED)
    await _send(zapi, SenderId(IdentityKind.LID, ANA_LID))
    assert posts(connected)[0][1]["phone"] == ANA_LID


@pytest.mark.parametrize(
    "to",
    [
        SenderId(IdentityKind.IGSID, "1"),
        SenderId(IdentityKind.BSUID, "BR.1"),
        SenderId(IdentityKind.PHONE, "120363-group"),
        SenderId(IdentityKind.PHONE, "+55 11 98765-0001"),
        SenderId(IdentityKind.LID, "70011223344550"),
    ],
)
async def test_an_address_that_is_none_is_refused(zapi: ZApi, to: SenderId) -> None:
    """Nothing leaves for another channel's id, a group, or a number with signs in it."""
    with pytest.raises(SendRefused):
        await _send(zapi, to)


@pytest.mark.parametrize(
    ("media", "method", "part"),
    [
        (MediaRef(url="https://x/a", mime_type="image/png"), "send-image", {"image": "https://x/a", "caption": "c"}),
        (MediaRef(url="https://x/a", mime_type="video/mp4"), "send-video", {"video": "https://x/a", "caption": "c"}),
        (
            MediaRef(url="https://x/a", mime_type="application/pdf", filename="Exame.PDF"),
            "send-document/pdf",
            {"document": "https://x/a", "caption": "c", "fileName": "Exame.PDF"},
        ),
        (
            MediaRef(url="https://x/a", mime_type="text/csv"),
            "send-document/csv",
            {"document": "https://x/a", "caption": "c"},
        ),
        (MediaRef(url="https://x/a"), "send-document/bin", {"document": "https://x/a", "caption": "c"}),
    ],
)
async def test_a_file_leaves_as_its_kind(
    zapi: ZApi, connected: aioresponses, media: MediaRef, method: str, part: dict[str, str]
) -> None:
    """By its address; what WhatsApp does not show is a document with its ending."""
    connected.post(f"{BASE}/{method}", payload=ACCEPTED)
    await zapi.send_media(ACCOUNT, _ANA, media, caption="c", callback="0197-ours")
    assert [(method, {"phone": ANA, **part})] == [(called, body) for called, body, _ in posts(connected)]


async def test_a_voice_leaves_without_caption(zapi: ZApi, connected: aioresponses) -> None:
    """The codec behind the type does not hide what it is."""
    connected.post(f"{BASE}/send-audio", payload=ACCEPTED)
    media = MediaRef(url="https://x/a", mime_type="audio/ogg; codecs=opus")
    await zapi.send_media(ACCOUNT, _ANA, media, caption=None, callback="0197-ours")
    assert posts(connected)[0][1] == {"phone": ANA, "audio": "https://x/a"}


@pytest.mark.parametrize(
    ("media", "caption"),
    [(MediaRef(id="1"), None), (MediaRef(), None), (MediaRef(url="https://x/a", mime_type="audio/ogg"), "c")],
)
async def test_a_file_that_cannot_go_is_refused(zapi: ZApi, media: MediaRef, caption: str | None) -> None:
    """No address, or words that would be lost: refused before anything leaves."""
    with pytest.raises(SendRefused):
        await zapi.send_media(ACCOUNT, _ANA, media, caption=caption, callback="0197-ours")


async def test_a_message_is_marked_as_read_in_its_chat(zapi: ZApi, api: aioresponses) -> None:
    """With the writer's address, and nobody is asked whether the phone is there."""
    api.post(f"{BASE}/read-message", status=204)
    await zapi.mark_read(ACCOUNT, "3EB0IN", typing=False, to=_ANA)
    assert [(method, body) for method, body, _ in posts(api)] == [
        ("read-message", {"phone": ANA, "messageId": "3EB0IN"})
    ]


async def test_without_a_chat_nothing_is_marked(zapi: ZApi, api: aioresponses) -> None:
    """Z-API would not find the message."""
    with pytest.raises(SendRefused):
        await zapi.mark_read(ACCOUNT, "3EB0IN", typing=False)
    assert posts(api) == []


async def test_a_refused_mark_is_told(zapi: ZApi, api: aioresponses) -> None:
    """Reading fails as sending does."""
    api.post(f"{BASE}/read-message", status=404, payload={"error": "Instance not found"})
    with pytest.raises(ChannelStopped):
        await zapi.mark_read(ACCOUNT, "3EB0IN", typing=False, to=_ANA)


@pytest.mark.parametrize("words", ["You are not connected.", "You need to restore the session."])
async def test_nothing_is_queued_while_the_phone_is_away(zapi: ZApi, api: aioresponses, words: str) -> None:
    """What is handed over then leaves whenever the phone is back: it stays with us, and is tried again soon."""
    api.get(f"{BASE}/status", payload={"connected": False, "error": words, "smartphoneConnected": False})
    error = await _failing(zapi)
    assert isinstance(error, SendRetry)
    assert (error.provider_code, error.retry_after, posts(api)) == ("not_connected", timedelta(seconds=20), [])


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, '{"error":"Instance not found"}', ChannelStopped),
        (403, '{"error":"null not allowed"}', ChannelStopped),
        (500, "<html>", SendRetry),
        (504, "", SendRetry),
        (200, "<html>", SendRetry),
        (429, "", SendRetry),
    ],
)
async def test_without_the_phones_state_nothing_leaves(
    zapi: ZApi, api: aioresponses, status: int, body: str, expected: type[SendError]
) -> None:
    """Nothing was sent by asking, so no outcome is unknown."""
    api.get(f"{BASE}/status", status=status, body=body)
    error = await _failing(zapi)
    assert (expected, []) == (type(error), posts(api))


async def test_a_process_that_was_frozen_meanwhile_sends_nothing(connected: aioresponses) -> None:
    """Between the question for the phone and the words a person may have taken over."""
    ticks = iter([0.0, 60.0])
    async with aiohttp.ClientSession() as session:
        frozen = ZApi(session, "https://zapi.example", lambda: next(ticks))
        assert isinstance(await _failing(frozen), SendRetry)
    assert posts(connected) == []


@pytest.mark.parametrize("fault", [TimeoutError(), aiohttp.ServerDisconnectedError(), aiohttp.ClientOSError(104, "x")])
async def test_silence_about_the_phone_is_tried_again(zapi: ZApi, api: aioresponses, fault: Exception) -> None:
    """The same: asking is harmless."""
    api.get(f"{BASE}/status", exception=fault)
    assert isinstance(await _failing(zapi), SendRetry)


@pytest.mark.parametrize(
    ("status", "error", "expected", "code"),
    [
        (404, "Instance not found", ChannelStopped, "instance_not_found"),
        (403, "null not allowed", ChannelStopped, "client_token"),
        (403, f"Client-Token {CLIENT_TOKEN} not allowed", ChannelStopped, "client_token"),
        (400, "your client-token is not configured", ChannelStopped, "client_token"),
        (400, "To continue you must subscribe to this instance again", ChannelStopped, "subscription"),
        (401, "who are you", ChannelStopped, "http_401"),
        (400, "You need to be connected", SendRetry, "not_connected"),
        (500, "You are not connected.", SendRetry, "not_connected"),
        (200, "Device has been disconnected", SendRetry, "not_connected"),
        (400, "Too many requests", SendRetry, "rate_limit"),
        (429, "slow down", SendRetry, "http_429"),
        (500, "internal", SendRetry, "http_500"),
        (500, "Timeout on send message", SendUnknown, "timeout"),
        (502, "upstream", SendUnknown, "http_502"),
        (400, "phone is invalid", SendRefused, "phone"),
        (400, "message is required", SendRefused, "http_400"),
        (200, "something", SendRefused, "http_200"),
        (415, "type", SendRefused, "http_415"),
    ],
)
async def test_zapis_words_decide(
    *, zapi: ZApi, connected: aioresponses, status: int, error: str, expected: type[SendError], code: str
) -> None:
    """There are no codes: each known sentence has its class and its name, the status stands in for the others."""
    connected.post(_SEND, status=status, payload={"error": error})
    told = await _failing(zapi)
    assert (expected, code) == (type(told), told.provider_code)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (502, "<html>", SendUnknown),
        (504, "", SendUnknown),
        (500, "<html>", SendRetry),
        (503, "{}", SendRetry),
        (200, "<html>", SendUnknown),
        (200, "{}", SendUnknown),
        (200, '{"zaapId":"3C00"}', SendUnknown),
        (200, '{"messageId":"3EB0', SendUnknown),
        (302, "", SendRetry),
        (404, "<html>", SendRetry),
        (429, "", SendRetry),
        (400, "<html>", SendRefused),
        (413, "", SendRefused),
    ],
)
async def test_an_answer_without_zapis_words(
    zapi: ZApi, connected: aioresponses, status: int, body: str, expected: type[SendError]
) -> None:
    """Where Z-API does not speak, only what certainly was not taken is tried again."""
    connected.post(_SEND, status=status, body=body)
    assert expected is type(await _failing(zapi))


@pytest.mark.parametrize(
    "fault",
    [
        aiohttp.ClientConnectorError(_KEY, ConnectionRefusedError(111, "refused")),
        aiohttp.ConnectionTimeoutError("no connection"),
    ],
)
async def test_what_never_left_is_tried_again(zapi: ZApi, connected: aioresponses, fault: Exception) -> None:
    """Nothing was taken."""
    connected.post(_SEND, exception=fault)
    assert isinstance(await _failing(zapi), SendRetry)


@pytest.mark.parametrize(
    "fault",
    [TimeoutError(), aiohttp.SocketTimeoutError("silent"), aiohttp.ServerDisconnectedError()],
)
async def test_what_may_have_left_is_unknown(zapi: ZApi, connected: aioresponses, fault: Exception) -> None:
    """Z-API knows no idempotency and gives nothing back: nobody may send it again blindly."""
    connected.post(_SEND, exception=fault)
    assert isinstance(await _failing(zapi), SendUnknown)


async def test_being_cancelled_is_not_an_error_of_sending(zapi: ZApi, connected: aioresponses) -> None:
    """Shutting down passes through untouched."""
    connected.post(_SEND, exception=asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await _send(zapi)


async def test_a_closed_session_sends_nothing() -> None:
    """After the shutdown a message is left for the next process."""
    async with aiohttp.ClientSession() as session:
        zapi = ZApi(session, "https://zapi.example")
    assert isinstance(await _failing(zapi), SendRetry)


@pytest.mark.parametrize(
    "account",
    [
        Account("", {"instance_token": TOKEN}),
        Account("..", {"instance_token": TOKEN}),
        Account("1/../2", {"instance_token": TOKEN}),
        Account(INSTANCE, {}),
        Account(INSTANCE, {"instance_token": "a/b"}),
        Account(INSTANCE, {"instance_token": "a?b"}),
        Account(INSTANCE, {"instance_token": TOKEN, "client_token": "two\nlines"}),
        Account(INSTANCE, {"instance_token": TOKEN, "client_token": "açaí"}),
    ],
)
async def test_an_account_that_is_none_stops_the_channel(zapi: ZApi, account: Account) -> None:
    """Ids and tokens go into address and header only when they cannot lead elsewhere."""
    assert isinstance(await _failing(zapi, account), ChannelStopped)


@pytest.mark.parametrize(
    "words", [f"Client-Token {CLIENT_TOKEN} not allowed", f"no route for {TOKEN}", f"phone {ANA} is invalid"]
)
async def test_zapis_words_are_made_discreet(zapi: ZApi, connected: aioresponses, words: str) -> None:
    """What Z-API quotes back is not repeated: no token, no number."""
    connected.post(_SEND, status=403, payload={"error": words, "message": words})
    told = str(await _failing(zapi))
    assert not any(secret in told for secret in (CLIENT_TOKEN, TOKEN, ANA))


@pytest.mark.parametrize("fault", [TimeoutError(), aiohttp.ClientOSError(1, f"{_SEND} {CLIENT_TOKEN}")])
async def test_no_traceback_tells_a_secret(zapi: ZApi, connected: aioresponses, fault: Exception) -> None:
    """The address holds a token: neither the error nor what it came from names it."""
    connected.post(_SEND, exception=fault)
    told = "".join(traceback.format_exception(await _failing(zapi)))
    assert (TOKEN in told, CLIENT_TOKEN in told, ANA in told) == (False, False, False)


@pytest.mark.parametrize("url", ["", "api.z-api.io", "ftp://api", "https://"])
async def test_a_wrong_base_url_is_named(url: str) -> None:
    """A setting that is no URL is told by its name at the start."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ConfigurationError, match="ZAPI_URL"):
            ZApi.configured(session, {"ZAPI_URL": url})


def test_typing_is_not_claimed(zapi: ZApi) -> None:
    """It comes with a text and cannot be shown while one is thought of; nothing closes after a day either."""
    able = zapi.capabilities
    assert (able.typing, able.read, able.window, able.callback_data, able.templates) == (
        False,
        True,
        None,
        False,
        False,
    )
