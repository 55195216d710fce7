"""What the AI may say, as the business's managers read it and its admins keep it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import NotFound
from core.domain.ids import uuid7
from core.services.access import require_admin, require_leading
from core.services.audit import audit
from db.tenancy import TenantScope, tenant_scope

BY_HAND: Final = "panel"
"""Where an entry comes from that somebody wrote in the Mini App."""


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """One thing to know, with when it was written or changed last."""

    id: UUID
    title: str
    content: str
    source: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class KeptEntries:
    """Some of them, the latest first; ``total`` counts all that were asked for."""

    items: Sequence[KeptEntry]
    more: bool
    total: int


async def entries(actor: Actor, sought: str, *, before: UUID | None, limit: int) -> KeptEntries:
    """Those in which a text stands, however it is accented. Raises ``Forbidden`` for attendants."""
    require_leading(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        rows = await scope.rows("knowledge_page", actor.tenant_id, sought.strip(), before, limit + 1)
        counted = await scope.row("knowledge_total", actor.tenant_id, sought.strip())
    return KeptEntries([_entry(row) for row in rows[:limit]], len(rows) > limit, counted["total"] if counted else 0)


async def add_entry(actor: Actor, title: str, content: str) -> KeptEntry:
    """The AI knows it from its next turn on. Raises ``Forbidden`` for who is no admin."""
    require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        row = await scope.row("add_knowledge", actor.tenant_id, uuid7(), title.strip(), content.strip(), BY_HAND)
        if row is None:
            raise _gone()
        await _told(scope, actor, "added", row["id"])
    return _entry(row)


async def change_entry(actor: Actor, entry_id: UUID, title: str, content: str) -> KeptEntry:
    """It says this from now on. Raises ``Forbidden`` for who is no admin, ``NotFound``."""
    require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        row = await scope.row("change_knowledge", actor.tenant_id, entry_id, title.strip(), content.strip())
        if row is None:
            raise _gone()
        await _told(scope, actor, "changed", entry_id)
    return _entry(row)


async def remove_entry(actor: Actor, entry_id: UUID) -> None:
    """The AI knows it no more. Raises ``Forbidden`` for who is no admin, ``NotFound``."""
    require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        if await scope.row("remove_knowledge", actor.tenant_id, entry_id) is None:
            raise _gone()
        await _told(scope, actor, "removed", entry_id)


async def _told(scope: TenantScope, actor: Actor, how: str, entry_id: UUID) -> None:
    scope.changed(ChangeKind.SETTINGS, actor.tenant_id)
    await audit(actor.tenant_id, actor, f"knowledge.{how}", entry_id)


def _entry(row: Mapping[str, Any]) -> KeptEntry:
    return KeptEntry(row["id"], row["title"], row["content"], row["source"], row["updated_at"])


def _gone() -> NotFound:
    return NotFound("there is no such entry")
