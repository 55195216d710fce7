"""The AI of a business, paused and set going again."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.conversation import REOPENS_WITHIN
from core.domain.waiting import minutes_to_fallback
from core.services.access import require_leading
from core.services.audit import audit
from core.services.one_by_one import unharmed
from core.services.tenants import load_profile
from db.tenancy import TenantScope, platform_scope, tenant_scope

_APART_SECONDS: Final = 0.2
_WITHIN_SECONDS: Final = 60.0
"""What waited is answered one after the other, not all in one breath; but within a minute."""
_SETTLED_SECONDS: Final = 20.0
"""Whoever saw the AI paused has written by then what it made of it: a webhook's commit and a turn's lease are shorter."""


async def pause_ai(actor: Actor) -> bool:
    """Leads get no answers from the AI until it is set going again. Whether it was going. Raises ``Forbidden``."""
    require_leading(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        changed = await scope.row("set_ai_paused", actor.tenant_id, True) is not None
        if changed:
            scope.changed(ChangeKind.SETTINGS, actor.tenant_id)
            await audit(actor.tenant_id, actor, "ai.paused")
    return changed


async def resume_ai(actor: Actor) -> int | None:
    """The AI answers again, and what leads wrote meanwhile too: in how many conversations.

    Those whom it left to the team because it was paused wait the usual time once more.
    ``None`` when it was not paused. Raises ``Forbidden``.
    """
    require_leading(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        if await scope.row("set_ai_paused", actor.tenant_id, False) is None:
            return None
        scope.changed(ChangeKind.SETTINGS, actor.tenant_id)
        due = await resume_turns(scope, actor.tenant_id)
        tenant, at = await load_profile(scope, actor.tenant_id)
        for row in await scope.rows("wait_for_ai", actor.tenant_id, minutes_to_fallback(tenant, at)):
            scope.changed(ChangeKind.CONVERSATION, row["id"])
        await audit(actor.tenant_id, actor, "ai.resumed", conversations=due)
    return due


class Resumptions:
    """A second look some seconds later: at what a webhook or a turn that saw the AI paused wrote just after its return."""

    async def catch_up(self) -> int:
        """Make due what was overlooked; returns for how many businesses."""
        async with platform_scope() as scope:
            rows = await scope.rows("resumed_tenants", _SETTLED_SECONDS)
        looked = [
            await unharmed(self._caught_up(row["id"]), tenant_id=row["id"], event="ai.not_caught_up") for row in rows
        ]
        return sum(bool(one) for one in looked)

    async def _caught_up(self, tenant_id: UUID) -> bool:
        async with tenant_scope(tenant_id) as scope:
            if await scope.row("resumption_over", tenant_id, _SETTLED_SECONDS) is None:
                return False
            await resume_turns(scope, tenant_id)
        return True


async def resume_turns(scope: TenantScope, tenant_id: UUID, *, within: timedelta = REOPENS_WITHIN) -> int:
    """What waits for the AI is due, but for what is older than that; in how many conversations. In the caller's transaction."""
    seconds = within.total_seconds()
    return len(await scope.rows("resume_turns", tenant_id, _APART_SECONDS, _WITHIN_SECONDS, seconds))
