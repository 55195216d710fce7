"""Sending through the Graph API: what leaves, and what each answer means."""

import asyncio
import traceback
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from aioresponses import aioresponses

from channels.base import Account
from channels.meta_whatsapp import MetaWhatsApp
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
from tests.unit.channels.graph import ACCEPTED, MESSAGES, TOKEN, address_asked, failure, sent, sent_headers

_ANA = SenderId(IdentityKind.PHONE, "5511987650001")
_BSUID = SenderId(IdentityKind.BSUID, "BR.4455667788990011")
_KEY = ConnectionKey("graph.example", 443, True, True, None, None, None, None)


async def _send(whatsapp: MetaWhatsApp, account: Account, to: SenderId = _ANA, **more: Any) -> Any:
    return await whatsapp.send_message(account, to, "Olá", callback="0197-ours", **more)


async def _failing(whatsapp: MetaWhatsApp, account: Account) -> SendError:
    with pytest.raises(SendError) as caught:
        await _send(whatsapp, account)
    return caught.value


async def test_a_text_leaves_as_meta_wants_it(whatsapp: MetaWhatsApp, graph: aioresponses, account: Account) -> None:
    """The number goes out exactly as given, and our own id with it."""
    graph.post(MESSAGES, payload=ACCEPTED)
    await _send(whatsapp, account, reply_to="wamid.IN=")
    assert sent(graph) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "5511987650001",
        "type": "text",
        "text": {"body": "Olá", "preview_url": False},
        "context": {"message_id": "wamid.IN="},
        "biz_opaque_callback_data": "0197-ours",
    }


async def test_the_token_goes_in_its_header(whatsapp: MetaWhatsApp, graph: aioresponses, account: Account) -> None:
    """The token is in the header and not in the address."""
    graph.post(MESSAGES, payload=ACCEPTED)
    await _send(whatsapp, account)
    seen = (sent_headers(graph)["Authorization"], TOKEN in address_asked(graph))
    assert (f"Bearer {TOKEN}", False) == seen


async def test_the_receipt_names_message_and_address(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account
) -> None:
    """Meta's id of the message, and the number as Meta knows it."""
    graph.post(MESSAGES, payload=ACCEPTED)
    receipt = await _send(whatsapp, account)
    assert (receipt.external_id, receipt.recipient) == ("wamid.SENT=", "551187650001")


async def test_a_bsuid_is_a_recipient(whatsapp: MetaWhatsApp, graph: aioresponses, account: Account) -> None:
    """A person without a number is addressed in the other field, alone."""
    graph.post(MESSAGES, payload=ACCEPTED)
    await _send(whatsapp, account, _BSUID)
    assert (sent(graph)["recipient"], "to" in sent(graph)) == ("BR.4455667788990011", False)


async def test_an_address_of_another_channel_is_refused(whatsapp: MetaWhatsApp, account: Account) -> None:
    """An Instagram id never leaves for WhatsApp."""
    with pytest.raises(SendRefused):
        await _send(whatsapp, account, SenderId(IdentityKind.IGSID, "1"))


@pytest.mark.parametrize(
    ("media", "kind", "part"),
    [
        (MediaRef(id="1", mime_type="image/png"), "image", {"id": "1", "caption": "c"}),
        (MediaRef(url="https://x/a.mp4", mime_type="video/mp4"), "video", {"link": "https://x/a.mp4", "caption": "c"}),
        (
            MediaRef(id="1", mime_type="application/pdf", filename="a.pdf"),
            "document",
            {"id": "1", "caption": "c", "filename": "a.pdf"},
        ),
        (MediaRef(id="1"), "document", {"id": "1", "caption": "c"}),
        (MediaRef(id="1", mime_type="image/gif"), "document", {"id": "1", "caption": "c"}),
    ],
)
async def test_a_file_leaves_as_its_kind(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account, *, media: MediaRef, kind: str, part: dict[str, str]
) -> None:
    """The kind follows what Meta can show; everything else is a document."""
    graph.post(MESSAGES, payload=ACCEPTED)
    await whatsapp.send_media(account, _ANA, media, caption="c", callback="0197-ours")
    assert (kind, part) == (sent(graph)["type"], sent(graph)[kind])


async def test_a_voice_leaves_without_caption(whatsapp: MetaWhatsApp, graph: aioresponses, account: Account) -> None:
    """The codec behind the type does not hide what it is."""
    graph.post(MESSAGES, payload=ACCEPTED)
    media = MediaRef(id="1", mime_type="audio/ogg; codecs=opus")
    await whatsapp.send_media(account, _ANA, media, caption=None, callback="0197-ours")
    assert sent(graph)["audio"] == {"id": "1"}


@pytest.mark.parametrize(("media", "caption"), [(MediaRef(), None), (MediaRef(id="1", mime_type="audio/ogg"), "c")])
async def test_a_file_that_cannot_go_is_refused(
    whatsapp: MetaWhatsApp, account: Account, media: MediaRef, caption: str | None
) -> None:
    """Nothing to send, or words that would be lost: refused before anything leaves."""
    with pytest.raises(SendRefused):
        await whatsapp.send_media(account, _ANA, media, caption=caption, callback="0197-ours")


@pytest.mark.parametrize("typing", [True, False])
async def test_reading_and_typing_are_one_call(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account, *, typing: bool
) -> None:
    """Typing rides on the read mark."""
    graph.post(MESSAGES, payload={"success": True})
    await whatsapp.mark_read(account, "wamid.IN=", typing=typing)
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN="}
    assert sent(graph) == (read | {"typing_indicator": {"type": "text"}} if typing else read)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *((code, SendRetry) for code in (1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057, 133004)),
        *((code, ChannelStopped) for code in (0, 3, 10, 190, 200, 299, 368, 131031, 131005, 133010, 131042)),
        *((code, ChannelStopped) for code in (131044, 131045, 131037, 130497)),
        *((code, SendRefused) for code in (33, 100, 131008, 131009, 131021, 131026, 131030, 131051, 131052, 131053)),
        *((code, SendRefused) for code in (131062, 132000, 132016, 134011, 135000, 137000, 131048, 131049, 130472)),
        (131047, SendNeedsTemplate),
        (999999, SendRefused),
    ],
)
async def test_the_code_decides(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account, code: int, expected: type[SendError]
) -> None:
    """Each documented code has its class, and is told."""
    graph.post(MESSAGES, status=400, payload=failure(code))
    error = await _failing(whatsapp, account)
    assert (expected, str(code)) == (type(error), error.provider_code)


async def test_an_error_within_success_is_an_error(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account
) -> None:
    """Meta's words count more than the status."""
    graph.post(MESSAGES, status=200, payload=failure(131047))
    assert isinstance(await _failing(whatsapp, account), SendNeedsTemplate)


@pytest.mark.parametrize(("status", "more"), [(500, {}), (503, {}), (429, {}), (400, {"is_transient": True})])
async def test_an_unknown_code_that_is_metas_fault_is_tried_again(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account, status: int, more: dict[str, Any]
) -> None:
    """A server's failure with a readable error took nothing."""
    graph.post(MESSAGES, status=status, payload=failure(999999, **more))
    assert isinstance(await _failing(whatsapp, account), SendRetry)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (502, "<html>", SendUnknown),
        (504, "", SendUnknown),
        (500, "<html>", SendRetry),
        (503, "{}", SendRetry),
        (200, "<html>", SendUnknown),
        (200, "{}", SendUnknown),
        (200, '{"messages":[{}]}', SendUnknown),
        (200, '{"messages":[{"id":"wamid', SendUnknown),
        (302, "", SendRetry),
        (403, "<html>", SendRetry),
        (429, "", SendRetry),
        (400, "<html>", SendRefused),
        (413, "", SendRefused),
    ],
)
async def test_an_answer_without_metas_words(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account, *, status: int, body: str, expected: type[SendError]
) -> None:
    """Where Meta does not speak, only what certainly was not taken is tried again."""
    graph.post(MESSAGES, status=status, body=body)
    assert expected is type(await _failing(whatsapp, account))


async def test_an_endless_answer_is_not_swallowed(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account
) -> None:
    """An answer far larger than Meta's is read as none."""
    graph.post(MESSAGES, body=b" " * 1_100_000 + b'{"messages":[{"id":"wamid.X="}]}')
    assert isinstance(await _failing(whatsapp, account), SendUnknown)


@pytest.mark.parametrize(
    ("code", "headers", "expected"),
    [
        (130429, {"Retry-After": "17"}, timedelta(seconds=17)),
        (130429, {"Retry-After": "tomorrow"}, None),
        (130429, {"Retry-After": "9" * 30}, timedelta(days=1)),
        (131056, {}, timedelta(seconds=6)),
        (131016, {}, None),
    ],
)
async def test_the_wait_is_told(
    whatsapp: MetaWhatsApp,
    graph: aioresponses,
    account: Account,
    *,
    code: int,
    headers: dict[str, str],
    expected: timedelta | None,
) -> None:
    """A wait that Meta names, or that its limit for one pair means, comes with the error."""
    graph.post(MESSAGES, status=429, payload=failure(code), headers=headers)
    error = await _failing(whatsapp, account)
    assert isinstance(error, SendRetry)
    assert expected == error.retry_after


@pytest.mark.parametrize(
    "fault",
    [
        aiohttp.ClientConnectorError(_KEY, ConnectionRefusedError(111, "refused")),
        aiohttp.ClientConnectorDNSError(_KEY, OSError(-2, "no such host")),
        aiohttp.ConnectionTimeoutError("no connection"),
    ],
)
async def test_what_never_left_is_tried_again(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account, fault: Exception
) -> None:
    """Refused, no such host, no connection in time: nothing was taken."""
    graph.post(MESSAGES, exception=fault)
    assert isinstance(await _failing(whatsapp, account), SendRetry)


@pytest.mark.parametrize(
    "fault",
    [
        TimeoutError(),
        aiohttp.SocketTimeoutError("silent"),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(104, "reset"),
        aiohttp.ClientPayloadError("cut"),
        ConnectionResetError(104, "reset"),
    ],
)
async def test_what_may_have_left_is_unknown(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account, fault: Exception
) -> None:
    """Silence or a cut after connecting: nobody may send it again blindly."""
    graph.post(MESSAGES, exception=fault)
    assert isinstance(await _failing(whatsapp, account), SendUnknown)


async def test_being_cancelled_is_not_an_error_of_sending(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account
) -> None:
    """Shutting down passes through untouched."""
    graph.post(MESSAGES, exception=asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await _send(whatsapp, account)


async def test_a_closed_session_sends_nothing(account: Account) -> None:
    """After the shutdown a message is left for the next process."""
    async with aiohttp.ClientSession() as session:
        whatsapp = MetaWhatsApp(session, "https://graph.example", "v26.0")
    assert isinstance(await _failing(whatsapp, account), SendRetry)


@pytest.mark.parametrize("token", ["", "two\nlines", "açaí"])
async def test_a_token_that_is_none_stops_the_channel(whatsapp: MetaWhatsApp, token: str) -> None:
    """Without a token that fits a header nothing leaves, and the account is at fault."""
    error = await _failing(whatsapp, Account("200100200100201", {"access_token": token}))
    assert isinstance(error, ChannelStopped)


@pytest.mark.parametrize("account_id", ["", "..", "1/../2", "1?x=", "1 2"])
async def test_an_account_id_that_is_none_stops_the_channel(whatsapp: MetaWhatsApp, account_id: str) -> None:
    """The id goes into the address only when it cannot lead elsewhere."""
    error = await _failing(whatsapp, Account(account_id, {"access_token": TOKEN}))
    assert isinstance(error, ChannelStopped)


@pytest.mark.parametrize(
    "words",
    [f"Malformed access token {TOKEN}", "Recipient +55 11 98765-0001 not allowed", "to 5511987650001 failed"],
)
async def test_metas_words_are_made_discreet(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account, words: str
) -> None:
    """What Meta quotes back is not repeated: no token, no number."""
    graph.post(MESSAGES, status=401, payload=failure(190, words))
    told = str(await _failing(whatsapp, account))
    assert not any(secret in told for secret in (TOKEN, "98765", "5511"))


@pytest.mark.parametrize(
    "fault", [TimeoutError(), aiohttp.ClientConnectorError(_KEY, OSError(111, TOKEN)), aiohttp.ClientOSError(1, TOKEN)]
)
async def test_no_traceback_tells_a_secret(
    whatsapp: MetaWhatsApp, graph: aioresponses, account: Account, fault: Exception
) -> None:
    """Neither the error nor what it came from names token or address."""
    graph.post(MESSAGES, exception=fault)
    told = "".join(traceback.format_exception(await _failing(whatsapp, account)))
    assert (TOKEN in told, "5511987650001" in told) == (False, False)


@pytest.mark.parametrize("url", ["", "graph.facebook.com", "ftp://graph", "https://"])
async def test_a_wrong_base_url_is_named(url: str) -> None:
    """A setting that is no URL is told by its name at the start."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ConfigurationError, match="META_GRAPH_URL"):
            MetaWhatsApp.configured(session, {"META_GRAPH_URL": url})
