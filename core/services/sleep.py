"""Conversations put to sleep until a time: nobody is reminded of them before, and they come back by themselves."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.notification import NotificationKind
from core.domain.ports import ConversationRef
from core.domain.snooze_time import checked, read_time
from core.domain.turn_taking import Act
from core.services.audit import audit
from core.services.conversation_hold import locked_for
from core.services.one_by_one import unharmed
from core.services.tenants import load_profile
from db.models import Notification
from db.tenancy import TenantScope, platform_scope, tenant_scope


async def put_to_sleep(actor: Actor, conversation_id: UUID, until: datetime | str) -> datetime:
    """It sleeps until then, a moment or words for one; returns the moment on the business's clock.

    It wakes before when the lead writes, and when somebody takes it, passes it on, gives it back or closes it.
    Raises ``SnoozeUnclear``, ``SnoozePast``, ``SnoozeTooLong``, ``NotOwner``, ``Conflict``, ``NotFound``.
    """
    async with tenant_scope(actor.tenant_id) as scope:
        await locked_for(Act.SNOOZE, scope, actor, conversation_id)
        tenant, at = await load_profile(scope, actor.tenant_id)
        zone = ZoneInfo(tenant.timezone)
        moment = read_time(until, at, zone) if isinstance(until, str) else checked(until, at)
        await scope.row("put_to_sleep", actor.tenant_id, conversation_id, moment)
        scope.changed(ChangeKind.CONVERSATION, conversation_id)
        await audit(actor.tenant_id, actor, "conversation.snoozed", conversation_id, until=moment.isoformat())
    return tenant.local(moment)


async def wake(actor: Actor, conversation_id: UUID) -> bool:
    """It is awake from now on; false when it was. Raises ``NotOwner``, ``Conflict``, ``NotFound``."""
    async with tenant_scope(actor.tenant_id) as scope:
        await locked_for(Act.SNOOZE, scope, actor, conversation_id)
        if await scope.row("wake", actor.tenant_id, conversation_id) is None:
            return False
        scope.changed(ChangeKind.CONVERSATION, conversation_id)
        await audit(actor.tenant_id, actor, "conversation.woken", conversation_id)
    return True


class Alarms:
    """Wakes what has slept until its time, each once: of two that look, one finds it asleep."""

    async def ring_due(self, limit: int = 200) -> int:
        """Wake whatever is due, and have whoever has it told; returns how many."""
        async with platform_scope() as scope:
            rows = await scope.rows("due_wakings", limit)
        rung = [await self._ring(ConversationRef(row["tenant_id"], row["id"])) for row in rows]
        return sum(rung)

    async def _ring(self, ref: ConversationRef) -> bool:
        return bool(await unharmed(self._woken(ref), tenant_id=ref.tenant_id, event="sleep.not_ended"))

    async def _woken(self, ref: ConversationRef) -> bool:
        async with tenant_scope(ref.tenant_id) as scope:
            row = await scope.row("wake_in_time", ref.tenant_id, ref.conversation_id)
            if row is None:
                return False
            scope.changed(ChangeKind.CONVERSATION, ref.conversation_id)
            await _tell(scope, ref)
        return True


async def _tell(scope: TenantScope, ref: ConversationRef) -> None:
    _, at = await load_profile(scope, ref.tenant_id)
    await Notification.create(
        tenant_id=ref.tenant_id, kind=NotificationKind.WOKEN, subject_id=ref.conversation_id, due_at=at
    )
