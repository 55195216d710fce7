"""The one interface every channel stands behind, and what sending through it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, runtime_checkable

from core.domain.events import InboundEvent, MediaRef, SenderId


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do, so that callers ask the channel and never its name."""

    text_limit: int
    """Longest text of one message, counted in ``text_unit``."""
    text_unit: str = "characters"
    """``characters`` or ``bytes`` (UTF-8)."""
    typing: bool = False
    read: bool = False
    edit: bool = False
    reactions: bool = False
    templates: bool = False
    window: timedelta | None = None
    """How long after the lead's last message free text may be sent; ``None``: always."""
    callback_data: bool = False
    """Whether the provider gives our own message id back in its status events."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What an account of a channel is connected with: each secret's name, and the environment variable that may hold it."""

    credentials: Mapping[str, str]
    """What verifies deliveries, given once an account key."""
    account: Mapping[str, str]
    """What sending through one account needs."""
    optional: Mapping[str, str] = field(default_factory=dict)
    """What may stand among the credentials too."""
    optional_account: Mapping[str, str] = field(default_factory=dict)
    """What sending needs at some accounts and not at others."""

    @property
    def of_apps(self) -> Mapping[str, str]:
        """The credentials that an account does not bring itself: its app's, which other accounts may be verified by."""
        return {name: variable for name, variable in self.credentials.items() if name not in self.account}

    def own_among(self, given: Mapping[str, str]) -> dict[str, str]:
        """Those of an account's secrets that verify its deliveries too: they are renewed in both places, or in neither."""
        return {name: given[name] for name in self.credentials if name in given}


@dataclass(frozen=True, slots=True)
class Credentials:
    """One set of an account key: what verifies what comes in. Values are opened secrets: never logged."""

    account_key: str
    secrets: Mapping[str, str]
    """Named by the channel: ``app_secret``, ``verify_token``, …"""


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a tenant, opened for sending: never logged."""

    external_id: str
    """The provider's id: a phone number id, an Instagram account id, an instance."""
    secrets: Mapping[str, str]
    """Named by the channel: ``access_token``, …"""


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """The provider took the message; delivery is told later by status events."""

    external_id: str
    recipient: str | None = None
    """The address as the provider resolved it (WhatsApp's ``wa_id``)."""


class Channel(Protocol):
    """A provider of conversations. Implementations keep no state but their HTTP session and base URL."""

    @property
    def name(self) -> str:
        """The name in routes and rows: ``meta_whatsapp``, ``instagram``, ``zapi``."""

    @property
    def capabilities(self) -> Capabilities:
        """What this channel can do."""

    def handshake(self, credentials: Credentials, query: Mapping[str, str]) -> str | None:
        """The body that answers the provider's subscription challenge; ``None`` when it is not ours."""

    def validate_webhook(self, credentials: Credentials, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the provider itself sent these very bytes. Header names come in lower case."""

    def parse_inbound(self, body: bytes) -> list[InboundEvent]:
        """Every event of a delivery, in order. Raises ``BadRequest`` when it is not JSON of an envelope's shape."""

    async def send_message(
        self, account: Account, to: SenderId, text: str, *, callback: str, reply_to: str | None = None
    ) -> SendReceipt:
        """Send one text. Raises one of ``SendError``'s classes; never retries by itself."""

    async def send_media(
        self, account: Account, to: SenderId, media: MediaRef, *, caption: str | None, callback: str
    ) -> SendReceipt:
        """Send one file by its provider id or url. Raises one of ``SendError``'s classes."""

    async def mark_read(self, account: Account, external_id: str, *, typing: bool, to: SenderId | None = None) -> None:
        """Show the lead that the message was read and, with ``typing``, that an answer is being written.

        ``to`` is who wrote it: some providers find a message only by its chat.
        """


@runtime_checkable
class FetchesMessages(Protocol):
    """A channel that now and then only tells of a message (the flag ``TO_BE_FETCHED``), and gives it when asked."""

    async def fetch_message(self, account: Account, external_id: str) -> list[InboundEvent]:
        """The message as a delivery would have brought it. Raises one of ``SendError``'s classes."""


@runtime_checkable
class QueuesForPhones(Protocol):
    """A channel that keeps words for a phone that is away, and lets them go whenever it is back."""

    async def empty_queue(self, account: Account) -> bool:
        """Drop what waits; false where the phone is there and nothing was dropped. Raises one of ``SendError``'s classes."""


@runtime_checkable
class ChecksAccounts(Protocol):
    """A channel that can tell whether an account would send, without sending."""

    async def check_account(self, account: Account) -> None:
        """Raises one of ``SendError``'s classes when it would not."""
