"""Tenants: how one is made, found and read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from core.domain.errors import BadRequest, Conflict, NotFound
from core.domain.ids import uuid7
from core.domain.scoring import DEFAULT_STAGES
from core.domain.tenant import TenantProfile, TenantSettings, read_settings, stored_settings
from core.services.audit import OPERATOR, audit
from db.json import loads
from db.models import KnowledgeEntry, Stage
from db.tenancy import Scope, platform_scope, tenant_scope

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
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
    plan: str = "starter"
    knowledge: tuple[tuple[str, str], ...] = ()
    """Pairs of question or title, and what to say."""


@dataclass(frozen=True, slots=True)
class ListedTenant:
    """A tenant, as operators see it."""

    slug: str
    name: str
    status: str
    plan: str
    deletion_due_at: datetime | None = None


async def create_tenant(new: NewTenant) -> UUID:
    """Make a tenant with its stages and knowledge. Raises ``BadRequest`` for what does not fit, ``Conflict``."""
    if not _SLUG.fullmatch(new.slug):
        message = (
            f"{new.slug!r} is no short name: small letters, digits and hyphens, at most 63, a letter or digit first"
        )
        raise BadRequest(message)
    read_settings(new.settings)
    _check_timezone(new.timezone)
    tenant_id = uuid7()
    async with platform_scope() as scope:
        plan = await scope.row("lock_plan", new.plan)
        if plan is None or plan["archived"]:
            message = f"there is no plan {new.plan!r} that a tenant may be put on"
            raise BadRequest(message)
        made = await scope.row(
            "make_tenant", tenant_id, new.slug, new.name, new.timezone, new.locale, new.debounce_seconds,
            orjson.dumps(new.settings).decode(), new.plan,
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
        await audit(tenant_id, OPERATOR, "tenant.created", new.slug)
    return tenant_id


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        message = f"there is no time zone {name!r}; a name like America/Sao_Paulo is expected"
        raise BadRequest(message) from error


async def find_tenant(slug: str) -> UUID:
    """The tenant of this name. Raises ``NotFound``."""
    async with platform_scope() as scope:
        row = await scope.row("tenant_of_slug", slug)
    if row is None:
        message = f"there is no tenant {slug!r}"
        raise NotFound(message)
    return UUID(str(row["id"]))


async def list_tenants() -> Sequence[ListedTenant]:
    """Every tenant of the installation, by its short name."""
    async with platform_scope() as scope:
        return [ListedTenant(**row) for row in await scope.rows("tenants_of_installation")]


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
        settings=_settings(row["settings"]),
    )


@lru_cache(maxsize=1024)
def _settings(stored: str) -> TenantSettings:
    """The settings in stored JSON; every turn reads them, and they seldom change."""
    return stored_settings(loads(stored) or {})
