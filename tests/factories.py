"""Rows to test with, made over a superuser's connection: what a test claims about row-level security it asks of the roles."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import asyncpg

from core.domain.conversation import Author, ConversationStatus, Direction, MessageStatus, Role
from core.domain.ids import uuid7
from core.services.accounts import CREDENTIALS_COLUMN, SECRETS_COLUMN
from core.services.sealing import Sealer
from tests.one_of_each import one_of_each

CHANNEL = "meta_whatsapp"
STAGES = (
    ("new", "Novo", None),
    ("qualified", "Qualificado", 40),
    ("negotiating", "Em negociação", 60),
    ("won", "Ganho", None),
)
"""A short pipeline: key, name, score from which a lead moves there by itself."""


@dataclass(frozen=True, slots=True)
class Business:
    """A tenant that can work: stages, an administrator, one bound channel account."""

    tenant_id: UUID
    slug: str
    set_id: UUID
    account_key: str
    account_id: UUID
    external_id: str
    member_id: UUID


@dataclass(frozen=True, slots=True)
class Thread:
    """A lead's open conversation."""

    tenant_id: UUID
    account_id: UUID
    lead_id: UUID
    conversation_id: UUID
    address: str


class Seeder:
    """Makes rows one by one; what a test does not name gets a plain value, unique where it must be."""

    def __init__(self, connection: asyncpg.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer
        self._numbers = count(1)

    async def insert(self, table: str, **values: object) -> UUID:
        """One row of any table; gives its id. Mappings and lists become JSON."""
        row: dict[str, object] = {"id": uuid7(), **values}
        names = ", ".join(f'"{name}"' for name in row)
        places = ", ".join(f"${place}" for place in range(1, len(row) + 1))
        statement = f'INSERT INTO "{table}" ({names}) VALUES ({places}) RETURNING id'
        made = await self._connection.fetchval(statement, *map(_stored, row.values()))
        assert isinstance(made, UUID)
        return made

    async def tenant(
        self, slug: str | None = None, *, settings: Mapping[str, object] | None = None, **more: object
    ) -> UUID:
        """A tenant without anything, on a plan that no test's team fills by the way."""
        slug = slug or f"business-{next(self._numbers)}"
        row = {"slug": slug, "name": slug.title(), "settings": dict(settings or {}), "plan": "scale", **more}
        return await self.insert("tenants", **row)

    async def business(
        self, slug: str | None = None, *, settings: Mapping[str, object] | None = None, **more: object
    ) -> Business:
        """A tenant that can work (see ``Business``)."""
        slug = slug or f"business-{next(self._numbers)}"
        tenant = await self.tenant(slug, settings=settings, **more)
        await self.stages(tenant)
        key, external = f"{slug}-key", f"{100_000_000_000_000 + next(self._numbers)}"
        credentials = await self.credential_set(key)
        account = await self.channel_account(tenant, credentials, external_id=external)
        member = await self.member(tenant, role=Role.ADMIN)
        return Business(tenant, slug, credentials, key, account, external, member)

    async def two_businesses(self) -> tuple[Business, Business]:
        """Two tenants that can work and must not see each other."""
        return await self.business(), await self.business()

    async def stages(self, tenant_id: UUID) -> None:
        """The short pipeline of ``STAGES``."""
        for position, (key, name, min_score) in enumerate(STAGES):
            await self.insert("stages", tenant_id=tenant_id, key=key, name=name, position=position, min_score=min_score)

    async def credential_set(self, account_key: str, secrets: Mapping[str, str] | None = None) -> UUID:
        """What verifies the deliveries to an account key, sealed."""
        made = uuid7()
        known = secrets or {"app_secret": "app-secret", "verify_token": "verify-token"}
        sealed = self._sealer.seal(known, owner=made, column=CREDENTIALS_COLUMN)
        return await self.insert("credential_sets", id=made, account_key=account_key, channel=CHANNEL, sealed=sealed)

    async def channel_account(
        self,
        tenant_id: UUID,
        set_id: UUID,
        *,
        external_id: str | None = None,
        token: str = "access-token",
        **more: object,
    ) -> UUID:
        """A tenant's account at a provider, bound to a credential set, its token sealed."""
        sealed = self._sealer.seal({"access_token": token}, owner=tenant_id, column=SECRETS_COLUMN)
        external_id = external_id or f"{100_000_000_000_000 + next(self._numbers)}"
        row = {"credential_set_id": set_id, "channel": CHANNEL, "external_id": external_id, "sealed": sealed, **more}
        return await self.insert("channel_accounts", tenant_id=tenant_id, **row)

    async def member(self, tenant_id: UUID, *, role: Role = Role.ATTENDANT, **more: object) -> UUID:
        """Somebody of the team."""
        number = next(self._numbers)
        row = {"telegram_user_id": 7_000_000 + number, "name": f"Member {number}", "role": role, **more}
        return await self.insert("members", tenant_id=tenant_id, **row)

    async def lead(self, tenant_id: UUID, *, address: str | None = None, **more: object) -> UUID:
        """A lead who is known by a phone number."""
        address = address or f"55119{80_000_000 + next(self._numbers)}"
        lead = await self.insert("leads", tenant_id=tenant_id, **{"name": "Ana", "phone": address, **more})
        await self.insert(
            "contact_identities", tenant_id=tenant_id, lead_id=lead, kind="phone", match_key=address, address=address
        )
        return lead

    async def thread(
        self, business: Business, *, status: ConversationStatus = ConversationStatus.AI, **conversation: object
    ) -> Thread:
        """A new lead with a conversation, no message yet."""
        address = f"55119{80_000_000 + next(self._numbers)}"
        lead = await self.lead(business.tenant_id, address=address)
        row = {
            "status": status,
            "reply_kind": "phone",
            "reply_address": address,
            "last_activity_at": datetime.now(UTC),
            **conversation,
        }
        made = await self.insert(
            "conversations", tenant_id=business.tenant_id, lead_id=lead, channel_account_id=business.account_id, **row
        )
        return Thread(business.tenant_id, business.account_id, lead, made, address)

    async def message(self, thread: Thread, text: str = "oi", *, author: Author = Author.LEAD, **more: object) -> UUID:
        """The conversation's next message: what came in from the lead, else what went out; counted as ``ingest`` counts."""
        inbound = author is Author.LEAD
        seq = await self._connection.fetchval(
            "UPDATE conversations SET message_seq = message_seq + 1,"
            " inbound_seq = CASE WHEN $3 THEN message_seq + 1 ELSE inbound_seq END"
            " WHERE tenant_id = $1 AND id = $2 RETURNING message_seq",
            thread.tenant_id,
            thread.conversation_id,
            inbound,
        )
        row: dict[str, object] = {
            "direction": Direction.IN if inbound else Direction.OUT,
            "author": author,
            "status": MessageStatus.RECEIVED if inbound else MessageStatus.QUEUED,
            "text": text,
            "external_id": f"wamid.{next(self._numbers)}" if inbound else None,
            **more,
        }
        return await self.insert(
            "messages",
            tenant_id=thread.tenant_id,
            conversation_id=thread.conversation_id,
            lead_id=thread.lead_id,
            channel_account_id=thread.account_id,
            seq=seq,
            **row,
        )

    async def everything(self, business: Business) -> Thread:
        """A row of this tenant in every tenant table that it has none in yet; gives the conversation they hang on."""
        thread = await self.thread(business)
        message = await self.message(thread)
        rows = one_of_each(
            lead=thread.lead_id,
            conversation=thread.conversation_id,
            account=thread.account_id,
            message=message,
            member=business.member_id,
        )
        for table, row in rows.items():
            await self.insert(table, tenant_id=thread.tenant_id, **row)
        return thread

    async def platform_rows(self) -> None:
        """A row in every table of the platform's own that has none through a business."""
        number, now = next(self._numbers), datetime.now(UTC)
        await self.insert("job_runs", job="close-stale-conversations", zone="America/Sao_Paulo", due_at=now)
        await self.insert("known_jobs", job="close-stale-conversations", since=now)
        await self.insert("telegram_updates", bot_id=1, update_id=number, lane=1, body=b"{}")
        await self.insert("parked_payloads", reason="version", body=b"{}")


def _stored(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict | list) else value
