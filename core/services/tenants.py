"""Tenants: how one is made, found and read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise.exceptions import IntegrityError

from core.domain.errors import Conflict, NotFound
from core.domain.ids import uuid7
from core.domain.scoring import DEFAULT_STAGES
from core.domain.tenant import TenantProfile, read_settings
from core.services.accounts import CREDENTIALS_COLUMN, SECRETS_COLUMN
from core.services.sealing import Sealer
from db.json import loads
from db.models import AuditEntry, ChannelAccount, KnowledgeEntry, Stage
from db.tenancy import Scope, platform_scope, tenant_scope

STAGE_NAMES = {
    "new": "Novo",
    "qualifying": "Em qualificação",
    "hot": "Quente",
    "human": "Com a equipe",
    "converted": "Convertido",
    "lost": "Perdido",
}


@dataclass(frozen=True, slots=True)
class NewTenant:
    """A business as it is first described."""

    slug: str
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    timezone: str = "America/Sao_Paulo"
    locale: str = "pt-BR"
    debounce_seconds: float = 4.0
    knowledge: tuple[tuple[str, str], ...] = ()
    """Pairs of question or title, and what to say."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A provider's account to bind to a tenant."""

    account_key: str
    channel: str
    external_id: str
    business_id: str | None
    credentials: Mapping[str, str]
    secrets: Mapping[str, str]


async def create_tenant(new: NewTenant) -> UUID:
    """Make a tenant with its stages and knowledge. Raises ``BadRequest`` for settings that do not fit, ``Conflict``."""
    read_settings(new.settings)
    tenant_id = uuid7()
    async with platform_scope() as scope:
        made = await scope.row(
            "make_tenant", tenant_id, new.slug, new.name, new.timezone, new.locale, new.debounce_seconds,
            orjson.dumps(new.settings).decode(),
        )  # fmt: skip
    if made is None:
        message = f"there is a tenant {new.slug!r} already"
        raise Conflict(message)
    async with tenant_scope(tenant_id):
        await Stage.bulk_create(
            [
                Stage(
                    tenant_id=tenant_id, key=stage.key, name=STAGE_NAMES[stage.key], position=stage.position,
                    min_score=stage.min_score, outcome=stage.outcome,
                )
                for stage in DEFAULT_STAGES
            ]
        )  # fmt: skip
        await KnowledgeEntry.bulk_create(
            [KnowledgeEntry(tenant_id=tenant_id, title=title, content=content) for title, content in new.knowledge]
        )
        await AuditEntry.create(tenant_id=tenant_id, actor="operator", action="tenant.created", subject=new.slug)
    return tenant_id


async def connect_account(sealer: Sealer, tenant_id: UUID, new: NewAccount) -> UUID:
    """Bind a provider's account to the tenant; the credential set is made on first use of its key.

    Raises ``Conflict`` when the account is bound already.
    """
    set_id = await _ensure_credentials(sealer, new)
    account_id = uuid7()
    try:
        async with tenant_scope(tenant_id):
            await ChannelAccount.create(
                id=account_id,
                tenant_id=tenant_id,
                credential_set_id=set_id,
                channel=new.channel,
                external_id=new.external_id,
                business_id=new.business_id,
                sealed=sealer.seal(new.secrets, owner=tenant_id, column=SECRETS_COLUMN),
            )
            await AuditEntry.create(
                tenant_id=tenant_id, actor="operator", action="account.connected", subject=str(account_id)
            )
    except IntegrityError as error:
        message = f"the {new.channel} account is connected already"
        raise Conflict(message) from error
    return account_id


async def _ensure_credentials(sealer: Sealer, new: NewAccount) -> UUID:
    async with platform_scope() as scope:
        found = await scope.row("credential_set_of_key", new.account_key, new.channel)
        if found is not None:
            return UUID(str(found["id"]))
        set_id = uuid7()
        sealed = sealer.seal(new.credentials, owner=set_id, column=CREDENTIALS_COLUMN)
        await scope.row("make_credential_set", set_id, new.account_key, new.channel, sealed)
    return set_id


async def find_tenant(slug: str) -> UUID:
    """The tenant of this name. Raises ``NotFound``."""
    async with platform_scope() as scope:
        row = await scope.row("tenant_of_slug", slug)
    if row is None:
        message = f"there is no tenant {slug!r}"
        raise NotFound(message)
    return UUID(str(row["id"]))


async def any_tenant() -> bool:
    """Whether this installation has a tenant at all."""
    async with platform_scope() as scope:
        return await scope.row("first_tenant") is not None


async def load_profile(scope: Scope, tenant_id: UUID) -> tuple[TenantProfile, datetime]:
    """The tenant, and the database's time, in the caller's transaction."""
    row = await scope.row("tenant_profile", tenant_id)
    if row is None:
        message = "no such tenant"
        raise NotFound(message)
    return profile_of(tenant_id, row), row["db_now"]


def profile_of(tenant_id: UUID, row: Mapping[str, Any]) -> TenantProfile:
    """The tenant in a row of ``tenant_profile`` or ``turn_context``."""
    return TenantProfile(
        id=tenant_id,
        name=row["tenant_name"],
        status=row["tenant_status"],
        timezone=row["timezone"],
        locale=row["locale"],
        ai_paused=row["ai_paused"],
        debounce_seconds=row["debounce_seconds"],
        settings=read_settings(loads(row["settings"]) or {}),
    )
