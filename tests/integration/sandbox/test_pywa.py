"""pywa, as it is published, against the Meta emulator."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pywa_async.client import WhatsApp
from pywa_async.errors import ExpiredAccessToken, WhatsAppError
from pywa_async.handlers import MessageHandler, MessageStatusHandler
from pywa_async.types.message import Message
from pywa_async.types.message_status import MessageStatus, MessageStatusType

from sandbox.server import Sandbox
from tests.integration.sandbox.conftest import LEAD, NUMBER, SECRET, TOKEN, Control, Receiver, eventually


class ToEmulator(httpx.AsyncHTTPTransport):
    """Takes what is meant for Meta's host to the emulator: the only thing a client has to be told."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = httpx.URL(url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == "graph.facebook.com"
        request.url = request.url.copy_with(scheme="http", host=self._url.host, port=self._url.port)
        return await super().handle_async_request(request)


@pytest.fixture
async def whatsapp(emulators: Sandbox) -> AsyncIterator[WhatsApp]:
    """The client of pywa, with the app secret to check signatures."""
    async with httpx.AsyncClient(transport=ToEmulator(emulators.meta_url)) as session:
        yield WhatsApp(phone_id=NUMBER, token=TOKEN, session=session, app_secret=SECRET, verify_token="x")


async def test_sends_a_text(whatsapp: WhatsApp, inbound: str, meta: Control) -> None:
    """A text sent by pywa is what the lead gets."""
    sent = await whatsapp.send_message(to=LEAD, text="Olá, tudo bem? 👋", tracker="outbox-7")
    got = await meta.get("messages", phone_number_id=NUMBER, to=LEAD)
    assert [(m["wamid"], m["text"], m["callback"]) for m in got["messages"]] == [
        (sent.id, "Olá, tudo bem? 👋", "outbox-7")
    ]


async def test_parses_a_message(whatsapp: WhatsApp, meta: Control, receiver: Receiver) -> None:
    """A lead's message carries a signature that pywa accepts, and a text that it reads."""
    seen: list[Message] = []

    async def see(_client: object, message: Message) -> None:
        seen.append(message)

    whatsapp.add_handlers(MessageHandler(see))

    await meta.post(
        "lead", **{"phone_number_id": NUMBER, "from": LEAD, "name": "José", "text": "Preço à vista? a/b", "wait": True}
    )
    webhook = receiver.got[0]
    assert await whatsapp.webhook_update_validator(webhook.body, webhook.headers["X-Hub-Signature-256"]) is None
    await whatsapp.webhook_update_handler(webhook.body)
    assert [(m.text, m.from_user.name, m.from_user.wa_id) for m in seen] == [("Preço à vista? a/b", "José", LEAD)]


async def test_refuses_a_forged_signature(whatsapp: WhatsApp, inbound: str, meta: Control, receiver: Receiver) -> None:
    """The same bytes under another signature are refused by pywa."""
    await meta.post("lead", **{"phone_number_id": NUMBER, "from": LEAD, "text": "Oi", "wait": True})
    refused = await whatsapp.webhook_update_validator(receiver.got[0].body, "sha256=" + "0" * 64)
    assert refused is not None


async def test_parses_statuses(whatsapp: WhatsApp, inbound: str, receiver: Receiver) -> None:
    """Sent, delivered and read come to pywa with the tracker that it sent."""
    seen: list[MessageStatus[str]] = []

    async def see(_client: object, status: MessageStatus[str]) -> None:
        seen.append(status)

    whatsapp.add_handlers(MessageStatusHandler(see))

    sent = await whatsapp.send_message(to=LEAD, text="Olá", tracker="outbox-8")
    for webhook in await receiver.wait(3):
        await whatsapp.webhook_update_handler(webhook.body)
    await eventually(lambda: len(seen) == 3)
    expected = {MessageStatusType.SENT, MessageStatusType.DELIVERED, MessageStatusType.READ}
    assert expected == {status.status for status in seen}
    assert {(sent.id, "outbox-8")} == {(status.id, status.tracker) for status in seen}


async def test_marks_as_read_with_typing(whatsapp: WhatsApp, inbound: str, meta: Control) -> None:
    """The typing indicator of pywa reaches the lead's message."""
    await whatsapp.indicate_typing(message_id=inbound)
    assert [(e["wamid"], e["typing"]) for e in await meta.events("read_marked")] == [(inbound, True)]


async def test_names_a_wrong_token(emulators: Sandbox) -> None:
    """A wrong token is pywa's ExpiredAccessToken (190)."""
    async with httpx.AsyncClient(transport=ToEmulator(emulators.meta_url)) as session:
        client = WhatsApp(phone_id=NUMBER, token="wrong", session=session)
        with pytest.raises(ExpiredAccessToken) as caught:
            await client.send_message(to=LEAD, text="Olá")
    assert caught.value.status_code == 401


async def test_names_a_wrong_parameter(whatsapp: WhatsApp, inbound: str) -> None:
    """A text that is too long is error 100."""
    with pytest.raises(WhatsAppError) as caught:
        await whatsapp.send_message(to=LEAD, text="x" * 4097)
    assert caught.value.code == 100


async def test_reads_the_number(whatsapp: WhatsApp) -> None:
    """The business number's facts can be read."""
    number = await whatsapp.get_business_phone_number()
    assert number.id == NUMBER
