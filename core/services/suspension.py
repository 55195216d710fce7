"""A business that an operator stops, and its return.

While it is suspended webhooks store what leads write and nobody is answered by the AI. When it comes back, everybody who waits
is answered from where he stands, once; who has waited for too long to be answered unasked is left to people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.conversation import REOPENS_WITHIN, HandOffReason
from core.domain.notification import NotificationKind
from core.domain.ports import ConversationRef
from core.domain.waiting import minutes_to_fallback
from core.services.ai_pause import resume_turns
from core.services.audit import OPERATOR, audit
from core.services.hand_offs import hand_over
from core.services.tenants import load_profile
from db.models import Notification
from db.tenancy import TenantScope, tenant_scope

Windows = Mapping[str, timedelta | None]
"""By channel, how long after a lead's last word it takes free words; ``None``: for ever."""
_ACTIVE: Final = "active"
_SUSPENDED: Final = "suspended"


@dataclass(frozen=True, slots=True)
class Returned:
    """What became of those who waited."""

    answered: int
    left_to_people: int


async def suspend(tenant_id: UUID, *, who: str = OPERATOR) -> bool:
    """The AI is silent from now on, with what it was about to say. Whether it was not so already."""
    async with tenant_scope(tenant_id) as scope:
        if await scope.row("set_tenant_status", tenant_id, _SUSPENDED) is None:
            return False
        await scope.rows("lock_what_ai_says", tenant_id)
        await scope.rows("stop_turns", tenant_id)
        for row in await scope.rows("unsay_turns", tenant_id):
            scope.changed(ChangeKind.MESSAGE_STATUS, row["id"], conversation_id=row["conversation_id"])
        await _told(scope, tenant_id, NotificationKind.TENANT_SUSPENDED)
        await audit(tenant_id, who, "tenant.suspended")
    return True


async def resume(tenant_id: UUID, windows: Windows, *, who: str = OPERATOR) -> Returned | None:
    """The AI goes on, unless the business itself has paused it. ``None`` when it was not suspended."""
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("set_tenant_status", tenant_id, _ACTIVE)
        if row is None:
            return None
        tenant, at = await load_profile(scope, tenant_id)
        returned = Returned(0, 0)
        if tenant.ai_answers:
            late = await _leave_to_people(scope, tenant_id, windows, at)
            returned = Returned(await resume_turns(scope, tenant_id, within=REOPENS_WITHIN), late)
            for waiting in await scope.rows("wait_for_ai", tenant_id, minutes_to_fallback(tenant, at)):
                scope.changed(ChangeKind.CONVERSATION, waiting["id"])
        if row["to_go_at"] is not None:
            await _told(scope, tenant_id, NotificationKind.TENANT_KEPT)
        await _told(scope, tenant_id, NotificationKind.TENANT_RESUMED)
        await audit(tenant_id, who, "tenant.resumed", conversations=returned.answered, late=returned.left_to_people)
    return returned


async def _leave_to_people(scope: TenantScope, tenant_id: UUID, windows: Windows, at: datetime) -> int:
    """Those whose channel takes no free words any more: people have templates."""
    closed = {channel: window.total_seconds() for channel, window in windows.items() if window is not None}
    days = REOPENS_WITHIN.total_seconds()
    rows = await scope.rows("late_for_ai", tenant_id, list(closed), list(closed.values()), days)
    for row in rows:
        ref = ConversationRef(tenant_id, row["id"])
        reason = HandOffReason.SUSPENDED
        await hand_over(scope, ref, reason, note=reason.value, at=at, minutes=None)
    return len(rows)


async def _told(scope: TenantScope, tenant_id: UUID, kind: NotificationKind) -> None:
    _, at = await load_profile(scope, tenant_id)
    await Notification.create(tenant_id=tenant_id, kind=kind.value, subject_id=tenant_id, due_at=at)
    scope.changed(ChangeKind.SETTINGS, tenant_id)
