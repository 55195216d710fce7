"""WhatsApp through Meta's Cloud API: webhooks signed with the app's secret, sending through the Graph API."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Self

import aiohttp

from channels.base import Account, Capabilities, Credentials, Secrets, SendReceipt
from channels.http import base_url, post_json
from channels.meta_envelope import read_delivery
from channels.meta_errors import read_answer
from channels.meta_graph import GRAPH_URL, GRAPH_VERSION, access_token, bearer, is_path_part
from channels.meta_webhook import answer_challenge, is_signed
from channels.payload import clean, identifier, mapping, sequence
from channels.whatsapp_media import DOCUMENT, WITHOUT_CAPTION, kind_of
from core.domain.errors import ChannelStopped, SendRefused, SendUnknown
from core.domain.events import IdentityKind, InboundEvent, MediaRef, SenderId

_CAPABILITIES: Final = Capabilities(
    text_limit=4096,
    typing=True,
    read=True,
    reactions=True,
    templates=True,
    window=timedelta(hours=24),
    callback_data=True,
)
_ADDRESS_FIELDS: Final = {
    IdentityKind.PHONE: "to",
    IdentityKind.BSUID: "recipient",
    IdentityKind.PARENT_BSUID: "recipient",
}


class MetaWhatsApp:
    """The channel ``meta_whatsapp``: an account is a phone number id, credentials are those of a Meta app."""

    name: Final = "meta_whatsapp"
    capabilities: Final = _CAPABILITIES

    def __init__(self, session: aiohttp.ClientSession, graph_url: str, version: str) -> None:
        self._session = session
        self._graph = base_url("META_GRAPH_URL", graph_url) / version

    @classmethod
    def configured(cls, session: aiohttp.ClientSession, settings: Mapping[str, str]) -> Self:
        """Built from settings by their names; those of Meta's own service where none is given."""
        url = settings.get("META_GRAPH_URL", GRAPH_URL)
        return cls(session, url, settings.get("META_GRAPH_VERSION", GRAPH_VERSION))

    def handshake(self, credentials: Credentials, query: Mapping[str, str]) -> str | None:
        """Meta's GET: the challenge comes back as it was when the token is the one we gave Meta."""
        return answer_challenge(credentials, query)

    def validate_webhook(self, credentials: Credentials, headers: Mapping[str, str], body: bytes) -> bool:
        """Over the raw bytes, by the app's secret."""
        return is_signed(credentials.secrets.get("app_secret", ""), headers, body)

    def parse_inbound(self, body: bytes) -> list[InboundEvent]:
        """Every event of a delivery; JSON without any gives one ``empty`` event."""
        return read_delivery(body)

    async def send_message(
        self, account: Account, to: SenderId, text: str, *, callback: str, reply_to: str | None = None
    ) -> SendReceipt:
        """Send one text to exactly the address given: a Brazilian number is never corrected."""
        payload = {
            **_address(to),
            "type": "text",
            "text": {"body": clean(text), "preview_url": False},
            "biz_opaque_callback_data": callback,
        }
        if reply_to is not None:
            payload["context"] = {"message_id": reply_to}
        return _receipt(await self._post(account, payload))

    async def send_media(
        self, account: Account, to: SenderId, media: MediaRef, *, caption: str | None, callback: str
    ) -> SendReceipt:
        """Send one file; audio and stickers take no caption, and are refused with one rather than lose it."""
        kind = kind_of(media)
        payload = {
            **_address(to),
            "type": kind,
            kind: _file(kind, media, caption),
            "biz_opaque_callback_data": callback,
        }
        return _receipt(await self._post(account, payload))

    async def mark_read(self, account: Account, external_id: str, *, typing: bool, to: SenderId | None = None) -> None:
        """One call for both; typing ends with the answer or after 25 seconds. Meta knows whose message it is."""
        del to
        payload: dict[str, Any] = {"status": "read", "message_id": external_id}
        if typing:
            payload["typing_indicator"] = {"type": "text"}
        await self._post(account, payload)

    async def _post(self, account: Account, payload: Mapping[str, Any]) -> dict[str, Any]:
        headers = {**bearer(access_token(account)), "Content-Type": "application/json"}
        url = self._graph / _phone_number_id(account) / "messages"
        answer = await post_json(self._session, url, {"messaging_product": "whatsapp", **payload}, headers)
        return read_answer(answer)


def _phone_number_id(account: Account) -> str:
    if not is_path_part(account.external_id):
        message = "the account's id is no phone number id"
        raise ChannelStopped(message)
    return account.external_id


def _address(to: SenderId) -> dict[str, Any]:
    field = _ADDRESS_FIELDS.get(to.kind)
    if field is None:
        message = f"WhatsApp does not send to an address of kind {to.kind}"
        raise SendRefused(message)
    return {"recipient_type": "individual", field: to.value}


def _file(kind: str, media: MediaRef, caption: str | None) -> dict[str, str]:
    if media.id is None and media.url is None:
        message = "the file has neither an id nor a url"
        raise SendRefused(message)
    if caption is not None and kind in WITHOUT_CAPTION:
        message = f"a file sent as {kind} takes no caption"
        raise SendRefused(message)
    part = {"id": media.id} if media.id is not None else {"link": media.url or ""}
    if caption is not None:
        part["caption"] = clean(caption)
    if kind == DOCUMENT and media.filename is not None:
        part["filename"] = clean(media.filename)
    return part


def _receipt(answer: dict[str, Any]) -> SendReceipt:
    """The id of the message; success that names none may or may not be one."""
    external_id = next((found for part in sequence(answer.get("messages")) if (found := _id(part))), None)
    if external_id is None:
        message = "Meta answered with success but named no message"
        raise SendUnknown(message)
    contact = next(iter(sequence(answer.get("contacts"))), None)
    return SendReceipt(external_id, identifier(mapping(contact).get("wa_id")))


def _id(part: object) -> str | None:
    return identifier(mapping(part).get("id"))


CHANNEL: Final = MetaWhatsApp.configured
SECRETS: Final = Secrets(
    credentials={"app_secret": "META_APP_SECRET", "verify_token": "META_VERIFY_TOKEN"},
    account={"access_token": "META_ACCESS_TOKEN"},
)
