"""Conversations that a person has and leaves unanswered: the team is told, and then does the tenant's choice happen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from core.domain.conversation import ConversationStatus, HandOffReason
from core.domain.notification import NotificationKind
from core.domain.ports import ConversationRef, Jobs
from core.domain.silence import Silence, SilentAction, chosen_action
from core.domain.tenant import TenantProfile
from core.services.audit import SYSTEM, audit
from core.services.hand_offs import let_go, release_to_team
from core.services.one_by_one import unharmed
from core.services.tenants import load_profile
from db.models import Notification
from db.tenancy import TenantScope, platform_scope, tenant_scope

_LOOK_AGAIN: Final = timedelta(days=1)
"""A tenant that is not open in the time that is looked ahead may change its hours."""


class Silences:
    """The use case of noticing who sits on a lead."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    async def look_overdue(self, limit: int = 200) -> int:
        """Look at every conversation whose time has come; returns how many silences were told or ended."""
        async with platform_scope() as scope:
            rows = await scope.rows("due_silences", limit)
        return sum([await self._look(ConversationRef(row["tenant_id"], row["id"])) for row in rows])

    async def _look(self, ref: ConversationRef) -> bool:
        return bool(await unharmed(self._looked(ref), tenant_id=ref.tenant_id, event="silence.not_looked_at"))

    async def _looked(self, ref: ConversationRef) -> bool:
        async with tenant_scope(ref.tenant_id) as scope:
            row = await scope.row("lock_silence", ref.tenant_id, ref.conversation_id)
            if row is None:
                return False
            tenant, at = await load_profile(scope, ref.tenant_id)
            step = await _Look(scope, ref, tenant, at).step(row)
        if step.turn_due:
            await self._jobs.turns_due([ref.turn_due(row["lead_id"])])
        return step.done


@dataclass(frozen=True, slots=True)
class _Step:
    """Whether something was told or ended, and whether the AI has something to answer now."""

    done: bool = False
    turn_due: bool = False


class _Look:
    """One look at one locked conversation."""

    def __init__(self, scope: TenantScope, ref: ConversationRef, tenant: TenantProfile, at: datetime) -> None:
        self._scope = scope
        self._ref = ref
        self._tenant = tenant
        self._at = at

    async def step(self, row: Mapping[str, Any]) -> _Step:
        silence = _silence(row) if self._tenant.settings.hand_off.silent_minutes > 0 else None
        if silence is None:
            return await self._watch(None, told_at=None)
        if not silence.told:
            return await self._tell(silence, holder=row["assignee_id"])
        due = silence.to_be_ended_at(self._tenant)
        if due is None or due > self._at:
            return await self._watch(due, told_at=silence.told_at)
        return await self._end()

    async def _tell(self, silence: Silence, *, holder: UUID | None) -> _Step:
        due = silence.to_be_told_at(self._tenant)
        if due is None or due > self._at:
            return await self._watch(due or self._at + _LOOK_AGAIN, told_at=None)
        who = {} if holder is None else {"member_id": str(holder)}
        await self._notify(NotificationKind.SILENT_ATTENDANT, self._ref.conversation_id, **who)
        await self._watch(replace(silence, told_at=self._at).to_be_ended_at(self._tenant), told_at=self._at)
        return _Step(done=True)

    async def _end(self) -> _Step:
        """The tenant's choice. An AI that is off would leave the lead with nobody: then he waits for the team."""
        if chosen_action(self._tenant) is SilentAction.AI and self._tenant.ai_answers:
            return await self._to_the_ai()
        return await self._to_the_team()

    async def _to_the_ai(self) -> _Step:
        row = await self._scope.row("return_to_ai", *self._key, self._tenant.ai_answers)
        await let_go(self._scope, self._ref, "silent")
        await audit(self._ref.tenant_id, SYSTEM, "conversation.silent", self._ref.conversation_id)
        return _Step(done=True, turn_due=row is not None and row["due"])

    async def _to_the_team(self) -> _Step:
        released = await release_to_team(
            self._scope, self._ref, HandOffReason.SILENT, how="released", who=SYSTEM, at=self._at
        )
        return _Step(done=released)

    async def _watch(self, due: datetime | None, *, told_at: datetime | None) -> _Step:
        await self._scope.row("watch_silence", *self._key, due, told_at)
        return _Step()

    async def _notify(self, kind: NotificationKind, subject_id: UUID, **payload: str) -> None:
        await Notification.create(
            tenant_id=self._ref.tenant_id, kind=kind, subject_id=subject_id, payload=payload, due_at=self._at
        )

    @property
    def _key(self) -> tuple[UUID, UUID]:
        return self._ref.tenant_id, self._ref.conversation_id


def _silence(row: Mapping[str, Any]) -> Silence | None:
    """The silence that the row tells of; ``None``: no person has the conversation, or the lead is answered."""
    if row["status"] != ConversationStatus.HUMAN or row["first_at"] is None:
        return None
    return Silence(row["first_at"], row["last_at"] or row["first_at"], row["held_since"], row["told_at"])
