"""Instagram's messages, by either login: Meta's webhooks, and sending through the host that the login belongs to."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Self

import aiohttp
from yarl import URL

from channels.base import Account, Capabilities, Credentials, Secrets, SendReceipt
from channels.http import base_url, get, post_json
from channels.instagram_envelope import read_delivery
from channels.instagram_errors import judge
from channels.instagram_fetched import FIELDS, read_fetched
from channels.meta_errors import read_answer
from channels.meta_graph import GRAPH_URL, GRAPH_VERSION, access_token, bearer, is_path_part
from channels.meta_webhook import answer_challenge, is_signed
from channels.payload import clean, identifier
from core.domain.errors import ChannelStopped, SendRefused, SendUnknown
from core.domain.events import IdentityKind, InboundEvent, MediaRef, SenderId

INSTAGRAM_GRAPH_URL: Final = "https://graph.instagram.com"

TEXT_LIMIT: Final = 1000
"""Bytes of UTF-8, not characters: every accent costs one more."""

_CAPABILITIES: Final = Capabilities(
    text_limit=TEXT_LIMIT,
    text_unit="bytes",
    typing=True,
    read=True,
    reactions=True,
    window=timedelta(hours=24),
    callback_data=False,
)
_SECRETS: Final = ("app_secret", "instagram_app_secret")
"""Of the Meta app, and of its Instagram product: which one signs depends on the login."""
_INSTAGRAM_TOKEN: Final = "IG"  # noqa: S105 how tokens begin is no secret
"""How tokens of Instagram Login begin; those of a Facebook Page begin with ``EA``."""
_FETCH_SECONDS: Final = 10.0
_MEDIA_TYPES: Final = ("image", "video", "audio")


class Instagram:
    """The channel ``instagram``: an account is an Instagram professional account, by Instagram or Facebook login."""

    name: Final = "instagram"
    capabilities: Final = _CAPABILITIES

    def __init__(self, session: aiohttp.ClientSession, instagram_url: str, facebook_url: str, version: str) -> None:
        self._session = session
        self._instagram = base_url("INSTAGRAM_GRAPH_URL", instagram_url) / version
        self._facebook = base_url("META_GRAPH_URL", facebook_url) / version

    @classmethod
    def configured(cls, session: aiohttp.ClientSession, settings: Mapping[str, str]) -> Self:
        """Built from settings by their names; those of Meta's own services where none is given."""
        return cls(
            session,
            settings.get("INSTAGRAM_GRAPH_URL", INSTAGRAM_GRAPH_URL),
            settings.get("META_GRAPH_URL", GRAPH_URL),
            settings.get("META_GRAPH_VERSION", GRAPH_VERSION),
        )

    def handshake(self, credentials: Credentials, query: Mapping[str, str]) -> str | None:
        """Meta's GET: the challenge comes back as it was when the token is the one we gave Meta."""
        return answer_challenge(credentials, query)

    def validate_webhook(self, credentials: Credentials, headers: Mapping[str, str], body: bytes) -> bool:
        """Over the raw bytes, by the secret of the app or by that of its Instagram product, as far as they are known."""
        return any(is_signed(credentials.secrets.get(name, ""), headers, body) for name in _SECRETS)

    def parse_inbound(self, body: bytes) -> list[InboundEvent]:
        """Every event of a delivery; JSON without any gives one ``empty`` event.

        What the business wrote is always ``outbound_echo``: the delivery does not say whether it was us. ``senders``
        is then the business itself, ``chat_id`` the lead, and ``extra`` names the app (``app_id``), where one sent it.
        """
        return read_delivery(body)

    async def send_message(
        self, account: Account, to: SenderId, text: str, *, callback: str, reply_to: str | None = None
    ) -> SendReceipt:
        """Send one text. Instagram has no place for ``callback``: an echo names the message by Instagram's id."""
        del callback
        payload: dict[str, Any] = {"message": {"text": clean(text)}}
        if reply_to is not None:
            payload["reply_to"] = {"mid": reply_to}
        return _receipt(await self._post(account, to, payload))

    async def send_media(
        self, account: Account, to: SenderId, media: MediaRef, *, caption: str | None, callback: str
    ) -> SendReceipt:
        """Send one file by its url; text goes in a message of its own, so a caption is refused rather than lost."""
        del callback
        if media.url is None or caption is not None:
            message = (
                "a file goes to Instagram by its url" if media.url is None else "a file takes no caption on Instagram"
            )
            raise SendRefused(message)
        attachment = {"type": _media_type(media), "payload": {"url": media.url}}
        return _receipt(await self._post(account, to, {"message": {"attachment": attachment}}))

    async def mark_read(self, account: Account, external_id: str, *, typing: bool, to: SenderId | None = None) -> None:
        """Everything that the lead wrote so far is seen; typing ends with the answer. Without ``to`` it is refused."""
        del external_id
        if to is None:
            message = "Instagram shows reading and typing to a person: it needs their address"
            raise SendRefused(message)
        await self._post(account, to, {"sender_action": "mark_seen"})
        if typing:
            await self._post(account, to, {"sender_action": "typing_on"})

    async def fetch_message(self, account: Account, external_id: str) -> list[InboundEvent]:
        """A message that came without its words: Instagram Login at times tells of a new one as of an edit, number 0."""
        if not is_path_part(external_id):
            message = "the message's id is none"
            raise SendRefused(message)
        token = access_token(account)
        url = self._host_of(account, token) / external_id % {"fields": FIELDS}
        answer = await get(self._session, url, bearer(token), seconds=_FETCH_SECONDS)
        return read_fetched(read_answer(answer, judge), account.external_id, external_id)

    async def _post(self, account: Account, to: SenderId, payload: Mapping[str, Any]) -> dict[str, Any]:
        token = access_token(account)
        headers = {**bearer(token), "Content-Type": "application/json"}
        body = {"recipient": {"id": _igsid(to)}, **payload}
        return read_answer(await post_json(self._session, self._messages_of(account, token), body, headers), judge)

    def _messages_of(self, account: Account, token: str) -> URL:
        """Where the account sends: by Facebook Login its Page does, which the token alone names."""
        node = "me" if _login(account, token) == "facebook" else account.external_id
        return self._host_of(account, token) / node / "messages"

    def _host_of(self, account: Account, token: str) -> URL:
        """The host that the login belongs to."""
        login = _login(account, token)
        if login == "facebook":
            return self._facebook
        if login != "instagram" or not is_path_part(account.external_id):
            message = "the account's id or its login (instagram or facebook) is none"
            raise ChannelStopped(message)
        return self._instagram


def _login(account: Account, token: str) -> str:
    return account.secrets.get("login") or ("instagram" if token.startswith(_INSTAGRAM_TOKEN) else "facebook")


def _igsid(to: SenderId) -> str:
    if to.kind is not IdentityKind.IGSID:
        message = f"Instagram does not send to an address of kind {to.kind}"
        raise SendRefused(message)
    return to.value


def _media_type(media: MediaRef) -> str:
    kind = (media.mime_type or "").partition("/")[0].strip().lower()
    return kind if kind in _MEDIA_TYPES else "file"


def _receipt(answer: dict[str, Any]) -> SendReceipt:
    """The id of the message; success that names none may or may not be one."""
    external_id = identifier(answer.get("message_id"))
    if external_id is None:
        message = "Instagram answered with success but named no message"
        raise SendUnknown(message)
    return SendReceipt(external_id, identifier(answer.get("recipient_id")))


CHANNEL: Final = Instagram.configured
"""Reading and sending are both flavours'; which one an account is of, its secrets say."""
SECRETS: Final = Secrets(
    credentials={"app_secret": "META_APP_SECRET", "verify_token": "META_VERIFY_TOKEN"},
    account={"access_token": "INSTAGRAM_ACCESS_TOKEN", "login": "INSTAGRAM_LOGIN"},
    optional={"instagram_app_secret": "INSTAGRAM_APP_SECRET", "app_ids": "INSTAGRAM_APP_IDS"},
)
"""``app_ids``, with spaces between them: an echo that names one of them was sent by us, whatever else it says."""
