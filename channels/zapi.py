"""WhatsApp through Z-API, which drives a phone's linked device: nothing is signed, and nothing has an idempotency key."""

import hmac
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

import aiohttp
from yarl import URL

from channels.base import Account, Capabilities, Credentials, Secrets, SendReceipt
from channels.http import Answer, base_url, delete, get, post_json
from channels.payload import clean, identifier
from channels.whatsapp_media import DOCUMENT, WITHOUT_CAPTION, kind_of, mime_type
from channels.zapi_envelope import read_delivery
from channels.zapi_errors import NOT_CONNECTED, not_connected, read_answer, read_status
from core.domain.errors import ChannelStopped, SendRefused, SendRetry, SendUnknown
from core.domain.events import IdentityKind, InboundEvent, MediaRef, SenderId

ZAPI_URL: Final = "https://api.z-api.io"

_CAPABILITIES: Final = Capabilities(
    text_limit=4096,
    # Typing is shown before a text by the text's own call, and cannot be shown by itself.
    typing=False,
    read=True,
    edit=True,
    reactions=True,
)
_TYPING_SECONDS: Final = 1
"""Z-API's queue is one for all chats of an instance: whoever types long lets the others wait."""
_STATUS_SECONDS: Final = 4.0
_EMPTYING_SECONDS: Final = 10.0

_UNGUESSABLE: Final = 32
"""Characters. An account key as long as this is a secret of its own, which Z-API knows from the callback's address."""
_PATH_PART: Final = re.compile(r"[A-Za-z0-9_\-]+\Z")
_ADDRESSES: Final = {
    IdentityKind.PHONE: re.compile(r"[0-9]{5,20}\Z"),
    IdentityKind.LID: re.compile(r"[0-9]{1,32}@lid\Z"),
}
_EXTENSIONS: Final = {
    "application/pdf": "pdf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/zip": "zip",
    "text/csv": "csv",
    "text/plain": "txt",
    "image/gif": "gif",
}
_EXTENSION: Final = re.compile(r"\.([A-Za-z0-9]{1,10})\Z")


class ZApi:
    """The channel ``zapi``: an account is an instance, its credentials are the instance's token."""

    name: Final = "zapi"
    capabilities: Final = _CAPABILITIES

    def __init__(self, session: aiohttp.ClientSession, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds that only go forward."""
        self._session = session
        self._clock = clock
        self._instances = base_url("ZAPI_URL", url) / "instances"

    @classmethod
    def configured(cls, session: aiohttp.ClientSession, settings: Mapping[str, str]) -> Self:
        """Built from settings by their names; those of Z-API's own service where none is given."""
        return cls(session, settings.get("ZAPI_URL", ZAPI_URL))

    def handshake(self, credentials: Credentials, query: Mapping[str, str]) -> str | None:
        """Z-API never asks whether a callback is ours."""
        del credentials, query
        return None

    def validate_webhook(self, credentials: Credentials, headers: Mapping[str, str], body: bytes) -> bool:
        """By the instance's token, which Z-API puts into a header it does not document.

        Should it leave the header out one day, a delivery is known by the account key in the address alone,
        if that is long enough to be nobody's guess. The bytes themselves are signed by nothing.
        """
        del body
        ours, given = credentials.secrets.get("instance_token", ""), headers.get("z-api-token")
        if not ours:
            return False
        if given is None:
            return len(credentials.account_key) >= _UNGUESSABLE
        return hmac.compare_digest(ours.encode(), given.encode(errors="replace"))

    def parse_inbound(self, body: bytes) -> list[InboundEvent]:
        """Every event of a delivery; JSON without any gives one ``empty`` event."""
        return read_delivery(body)

    async def send_message(
        self, account: Account, to: SenderId, text: str, *, callback: str, reply_to: str | None = None
    ) -> SendReceipt:
        """Send one text to exactly the address given; ``callback`` goes nowhere, for Z-API gives nothing back.

        Success means queued by Z-API. An instance that is not connected is asked for nothing: it would
        queue the words, and let them go whenever its phone is back.
        """
        del callback
        payload = {"phone": _phone(to), "message": clean(text), "delayTyping": _TYPING_SECONDS}
        if reply_to is not None:
            payload["messageId"] = reply_to
        return await self._send(account, "send-text", payload)

    async def send_media(
        self, account: Account, to: SenderId, media: MediaRef, *, caption: str | None, callback: str
    ) -> SendReceipt:
        """Send one file by its url; audio and stickers take no caption, and are refused with one rather than lose it."""
        del callback
        kind = kind_of(media)
        method = f"send-document/{_extension(media)}" if kind == DOCUMENT else f"send-{kind}"
        return await self._send(account, method, {"phone": _phone(to), **_file(kind, media, caption)})

    async def mark_read(self, account: Account, external_id: str, *, typing: bool, to: SenderId | None = None) -> None:
        """Z-API finds a message by its chat: ``to`` is needed. Typing is shown by sending, not here."""
        del typing
        if to is None:
            message = "Z-API marks a message as read only with its chat's address"
            raise SendRefused(message)
        answer = await self._post(account, "read-message", {"phone": _phone(to), "messageId": external_id})
        if not answer.taken or answer.body.strip():
            read_answer(answer, _secrets(account))

    async def _send(self, account: Account, method: str, payload: Mapping[str, Any]) -> SendReceipt:
        asked = self._clock()
        await self.check_account(account)
        if self._clock() - asked > _STATUS_SECONDS + 1:
            # Frozen meanwhile: somebody else may have gone on with the conversation since.
            message = "the phone's state is no longer fresh"
            raise SendRetry(message)
        return _receipt(read_answer(await self._post(account, method, payload), _secrets(account)))

    async def check_account(self, account: Account) -> None:
        """Whether the instance answers and its phone is there. Raises one of ``SendError``'s classes."""
        url = self._url(account, "status")
        answer = await get(self._session, url, _headers(account), seconds=_STATUS_SECONDS)
        refusal = not_connected(read_status(answer, _secrets(account)))
        if refusal is not None:
            raise refusal

    async def empty_queue(self, account: Account) -> bool:
        """Z-API would let what waits go whenever the phone is back. One that is back already has nothing waiting."""
        try:
            await self.check_account(account)
        except SendRetry as error:
            if error.provider_code != NOT_CONNECTED:
                raise
        else:
            return False
        answer = await delete(self._session, self._url(account, "queue"), _headers(account), seconds=_EMPTYING_SECONDS)
        if not answer.taken or answer.body.strip():
            read_answer(answer, _secrets(account))
        return True

    async def _post(self, account: Account, method: str, payload: Mapping[str, Any]) -> Answer:
        headers = {**_headers(account), "Content-Type": "application/json"}
        return await post_json(self._session, self._url(account, method), payload, headers)

    def _url(self, account: Account, method: str) -> URL:
        """The address of a call: it holds the instance's token, so it is never told to anybody."""
        token = account.secrets.get("instance_token", "")
        if not (_PATH_PART.match(account.external_id) and _PATH_PART.match(token)):
            message = "the account has no usable instance id and token"
            raise ChannelStopped(message)
        return self._instances / account.external_id / "token" / token / method


def _headers(account: Account) -> dict[str, str]:
    """The account's security token: Z-API asks for it once somebody has switched it on there, and only then."""
    token = account.secrets.get("client_token", "")
    if not token:
        return {}
    if not (token.isascii() and token.isprintable()):
        message = "the account has no usable client token"
        raise ChannelStopped(message)
    return {"Client-Token": token}


def _secrets(account: Account) -> tuple[str, ...]:
    return tuple(account.secrets.values())


def _phone(to: SenderId) -> str:
    pattern = _ADDRESSES.get(to.kind)
    if pattern is None or not pattern.match(to.value):
        message = f"Z-API does not send to such an address of kind {to.kind}"
        raise SendRefused(message)
    return to.value


def _file(kind: str, media: MediaRef, caption: str | None) -> dict[str, str]:
    if media.url is None:
        message = "the file has no url"
        raise SendRefused(message)
    if caption is not None and kind in WITHOUT_CAPTION:
        message = f"a file sent as {kind} takes no caption"
        raise SendRefused(message)
    part = {kind: media.url}
    if caption is not None:
        part["caption"] = clean(caption)
    if kind == DOCUMENT and media.filename is not None:
        part["fileName"] = clean(media.filename)
    return part


def _extension(media: MediaRef) -> str:
    """How a document's name ends: Z-API wants it in the address."""
    named = _EXTENSION.search(media.filename or "")
    return named.group(1).lower() if named else _EXTENSIONS.get(mime_type(media), "bin")


def _receipt(answer: dict[str, Any]) -> SendReceipt:
    """The id under which WhatsApp tells of the message; success that names none may or may not be one."""
    external_id = identifier(answer.get("messageId")) or identifier(answer.get("id"))
    if external_id is None:
        message = "Z-API answered with success but named no message"
        raise SendUnknown(message)
    return SendReceipt(external_id)


CHANNEL: Final = ZApi.configured
SECRETS: Final = Secrets(
    credentials={"instance_token": "ZAPI_INSTANCE_TOKEN"},
    account={"instance_token": "ZAPI_INSTANCE_TOKEN"},
    optional_account={"client_token": "ZAPI_CLIENT_TOKEN"},
)
