"""Businesses at each provider, spoken to over HTTP as that provider does: what a lead says, what the owner, what we."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg

from core.domain.conversation import Author, MessageStatus
from core.domain.ports import ConversationRef
from tests.factories import Seeder, Thread
from tests.integration.webhooks.provider import APP_SECRET, signature
from tests.unit.channels import instagram_deliveries as instagram
from tests.unit.channels import zapi_api as zapi
from tests.unit.channels.deliveries import ACCOUNT, ANA
from tests.unit.channels.deliveries import delivery as whatsapp_delivery
from tests.unit.channels.deliveries import message as whatsapp_message

Made = Callable[[str, str], bytes]
"""A delivery of these words under this id."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one provider tells of what is said."""

    channel: str
    account: str
    secrets: Mapping[str, str]
    lead: Made
    owner: Made
    """What the owner typed by hand."""
    ours: Made | None = None
    """What we sent ourselves, told back."""


def _whatsapp_lead(text: str, message_id: str) -> bytes:
    return whatsapp_delivery(messages=[whatsapp_message(id=message_id, text={"body": text})])


def _whatsapp_phone(text: str, message_id: str) -> bytes:
    echo = {"from": "551140000001", "to": ANA, "id": message_id, "timestamp": "1790000000", "type": "text"}
    return whatsapp_delivery("smb_message_echoes", message_echoes=[{**echo, "text": {"body": text}}])


def _whatsapp_standby(text: str, message_id: str) -> bytes:
    said = {"to": ANA, "type": "text", "text": {"body": text}}
    echo = {"id": message_id, "timestamp": "1790000000", "message": said}
    return whatsapp_delivery("standby", standby={"message_echoes": [echo]})


def _instagram(sender: str, recipient: str, **marks: Any) -> Made:
    def made(text: str, message_id: str) -> bytes:
        return instagram.delivery(instagram.message(sender, recipient, mid=message_id, text=text, **marks))

    return made


def _zapi(**marks: Any) -> Made:
    def made(text: str, message_id: str) -> bytes:
        return zapi.received(messageId=message_id, text={"message": text}, **marks)

    return made


_META = {"app_secret": APP_SECRET, "verify_token": "v"}
_BY_BUSINESS = (instagram.ACCOUNT, instagram.LEAD)

WHATSAPP = Kind("meta_whatsapp", ACCOUNT, _META, _whatsapp_lead, _whatsapp_phone)
WHATSAPP_STANDBY = Kind("meta_whatsapp", ACCOUNT, _META, _whatsapp_lead, _whatsapp_standby)
INSTAGRAM = Kind(
    "instagram",
    instagram.ACCOUNT,
    {**_META, "app_ids": "300000000000001"},
    _instagram(instagram.LEAD, instagram.ACCOUNT),
    _instagram(*_BY_BUSINESS, is_echo=True),
    _instagram(*_BY_BUSINESS, is_echo=True),
)
"""By Instagram Login: no echo names an app, neither the owner's nor ours."""
INSTAGRAM_PAGE = Kind(
    "instagram",
    instagram.ACCOUNT,
    {**_META, "app_ids": "300000000000001"},
    _instagram(instagram.LEAD, instagram.ACCOUNT),
    _instagram(*_BY_BUSINESS, is_echo=True, app_id=263902037430900),
    _instagram(*_BY_BUSINESS, is_echo=True, app_id=300000000000001),
)
"""By Facebook Login: an echo names our app, or that of Meta's own inbox in which people type."""
ZAPI = Kind(
    "zapi",
    zapi.INSTANCE,
    {"instance_token": zapi.TOKEN},
    _zapi(),
    _zapi(fromMe=True, senderName="Padaria"),
    _zapi(fromMe=True, fromApi=True, senderName="Padaria"),
)


@dataclass(slots=True)
class Line:
    """One business's account at a provider, and what the database holds of it."""

    kind: Kind
    http: aiohttp.ClientSession
    url: str
    seed: Seeder
    superuser: asyncpg.Connection

    async def post(self, body: bytes) -> int:
        """Any delivery, proved as the provider proves it."""
        headers = {"z-api-token": zapi.TOKEN} if self.kind.channel == "zapi" else signature(body)
        async with self.http.post(self.url, data=body, headers=headers) as response:
            return response.status

    async def tells(self, **more: Any) -> int:
        """Any delivery of Z-API's about this instance."""
        return await self.post(json.dumps({"instanceId": zapi.INSTANCE, "momment": 1790000001000, **more}).encode())

    async def lead(self, text: str = "Quanto custa?", message_id: str = "in-1") -> None:
        """The lead writes."""
        assert await self.post(self.kind.lead(text, message_id)) == 200

    async def owner(self, text: str = "Deixa comigo", message_id: str = "own-1") -> None:
        """The owner writes by hand."""
        assert await self.post(self.kind.owner(text, message_id)) == 200

    async def echo(self, text: str = "Custa R$ 10.", message_id: str = "out-1") -> None:
        """What we sent is told back."""
        assert self.kind.ours is not None
        assert await self.post(self.kind.ours(text, message_id)) == 200

    async def writes(self, text: str = "Custa R$ 10.", status: str = "queued", **more: Any) -> UUID:
        """The AI answered the lead, who wrote already; so far has its message come."""
        row = await self.superuser.fetchrow(
            "SELECT tenant_id, channel_account_id, lead_id, id, reply_address, now() AS now FROM conversations"
        )
        assert row is not None
        *thread, now = row
        known: dict[str, Any] = {"author": Author.AI, "purpose": "answer", "status": MessageStatus(status), **more}
        if status == "queued":
            known["next_attempt_at"] = now
        elif "attempts" not in known:
            known |= {"attempts": 1, "send_token": 1}
        return await self.seed.message(Thread(*thread), text, **known)

    async def ref(self) -> ConversationRef:
        """The one conversation."""
        return ConversationRef(*await self.superuser.fetchrow("SELECT tenant_id, id FROM conversations"))

    async def stands(self) -> tuple[str, bool]:
        """Whose turn it is, and whether one of the AI's is due."""
        return tuple(await self.superuser.fetchrow("SELECT status, turn_due_at IS NOT NULL FROM conversations"))

    async def thread(self, columns: str = "author, status, text") -> list[tuple[Any, ...]]:
        """The messages, in order."""
        return [tuple(row) for row in await self.superuser.fetch(f"SELECT {columns} FROM messages ORDER BY seq")]

    async def sent(self) -> list[tuple[str, str | None]]:
        """How far each of our messages came, and under which of the provider's ids."""
        rows = await self.superuser.fetch(
            "SELECT status, external_id FROM messages WHERE direction = 'out' ORDER BY seq"
        )
        return [tuple(row) for row in rows]
