"""The AI of a business, paused and set going again."""

from typing import Final

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.services.access import require_leading
from db.models import AuditEntry
from db.tenancy import tenant_scope

_APART_SECONDS: Final = 0.2
_WITHIN_SECONDS: Final = 60.0
"""What waited is answered one after the other, not all in one breath; but within a minute."""


async def pause_ai(actor: Actor) -> bool:
    """Leads get no answers from the AI until it is set going again. Whether it was going. Raises ``Forbidden``."""
    require_leading(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        changed = await scope.row("set_ai_paused", actor.tenant_id, True) is not None
        if changed:
            scope.changed(ChangeKind.SETTINGS, actor.tenant_id)
            await _audit(actor, "ai.paused")
    return changed


async def resume_ai(actor: Actor) -> int | None:
    """The AI answers again, and what leads wrote meanwhile too: in how many conversations.

    ``None`` when it was not paused. Raises ``Forbidden``.
    """
    require_leading(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        if await scope.row("set_ai_paused", actor.tenant_id, False) is None:
            return None
        scope.changed(ChangeKind.SETTINGS, actor.tenant_id)
        due = len(await scope.rows("resume_turns", actor.tenant_id, _APART_SECONDS, _WITHIN_SECONDS))
        await _audit(actor, "ai.resumed", conversations=due)
    return due


async def _audit(actor: Actor, action: str, **details: int) -> None:
    await AuditEntry.create(
        tenant_id=actor.tenant_id, actor=f"member:{actor.member_id}", action=action, details=details
    )
