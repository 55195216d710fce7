"""Leads who wait for anybody of the team: it is reminded, then those who lead it are told, then the tenant's choice happens."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.conversation import Author, Purpose
from core.domain.notification import NotificationKind
from core.domain.ports import ConversationRef, Jobs
from core.domain.tenant import TenantProfile
from core.domain.waiting import DueRung, Rung, Wait, WaitingAction, waiting_action
from core.services import wording
from core.services.fitting import Fitting
from core.services.hand_offs import end_hand_off
from core.services.one_by_one import unharmed
from core.services.tenants import load_profile
from core.services.written_words import Words, write_words
from db.models import Notification
from db.tenancy import TenantScope, platform_scope, tenant_scope

_KINDS: Final = {
    Rung.REMINDER: NotificationKind.WAITING_REMINDER,
    Rung.ESCALATION: NotificationKind.WAITING_ESCALATED,
}
"""What is told on the rungs on which something is told."""


class WaitingRoom:
    """The use case of noticing who waits. Each rung of a wait happens once, whoever looks how often."""

    def __init__(self, jobs: Jobs, fitting: Fitting) -> None:
        self._jobs = jobs
        self._fitting = fitting

    async def look_overdue(self, limit: int = 200) -> int:
        """Look at every wait whose time has come; returns in how many something happened."""
        async with platform_scope() as scope:
            rows = await scope.rows("due_waits", limit)
        return sum([await self._look(ConversationRef(row["tenant_id"], row["id"])) for row in rows])

    async def _look(self, ref: ConversationRef) -> bool:
        return bool(await unharmed(self._looked(ref), tenant_id=ref.tenant_id, event="waiting.not_looked_at"))

    async def _looked(self, ref: ConversationRef) -> bool:
        async with tenant_scope(ref.tenant_id) as scope:
            row = await scope.row("lock_wait", ref.tenant_id, ref.conversation_id)
            if row is None:
                return False
            tenant, at = await load_profile(scope, ref.tenant_id)
            look = _Look(scope, ref, row, tenant, at, self._fitting)
            done = await look.climb()
        if look.said:
            await self._jobs.sends_due(ref)
        if look.turn_due:
            await self._jobs.turns_due([ref.turn_due(row["lead_id"])])
        return done


class _Look:
    """One look at one locked wait. ``said``: something is to be sent; ``turn_due``: the AI has something to answer."""

    def __init__(  # noqa: PLR0917 - what there is to look at
        self, scope: TenantScope, ref: ConversationRef, row: Mapping[str, Any], tenant: TenantProfile, at: datetime,
        fitting: Fitting,
    ) -> None:  # fmt: skip
        self._scope = scope
        self._ref = ref
        self._row = row
        self._tenant = tenant
        self._at = at
        self._fitting = fitting
        self._wait = Wait(row["since"], row["until"], row["step"]).woken(row["woken_at"], tenant)
        self.said = False
        self.turn_due = False

    async def climb(self) -> bool:
        """Whatever is due by now, in its order; whether anything was."""
        done = False
        while (due := self._wait.next_rung(self._tenant)) is not None and due.at <= self._at:
            done = await self._happens(due) or done
        await self._scope.row("watch_wait", *self._key, None if due is None else due.at, self._wait.climbed)
        return done

    async def _happens(self, due: DueRung) -> bool:
        if due.rung is Rung.FALLBACK:
            return await self._falls_back()
        self._wait = self._wait.after(due.rung)
        return await self._told(_KINDS[due.rung], due.at)

    async def _falls_back(self) -> bool:
        match waiting_action(self._tenant):
            case WaitingAction.AI if self._tenant.ai_answers:
                return await self._to_the_ai()
            case WaitingAction.AI:
                # Nobody would answer there: he waits for the team, until somebody comes or the AI is back.
                self._wait = self._wait.for_ever()
            case WaitingAction.MESSAGE:
                self._wait = self._wait.after(Rung.FALLBACK)
                await self._say("still_waiting")
            case WaitingAction.NOTHING:
                self._wait = self._wait.after(Rung.FALLBACK)
        await self._scope.row("wait_for_team", *self._key)
        self._scope.changed(ChangeKind.CONVERSATION, self._ref.conversation_id)
        return self.said

    async def _to_the_ai(self) -> bool:
        row = await self._scope.row("back_to_ai", *self._key)
        assert row is not None, "the wait is locked, and over"  # noqa: S101 - the caller looked
        self._wait = self._wait.after(Rung.FALLBACK)
        self._scope.changed(ChangeKind.CONVERSATION, self._ref.conversation_id)
        await end_hand_off(self._scope, self._ref, "nobody_took_it")
        await self._say("apology")
        self.turn_due = row["due"]
        return True

    async def _say(self, name: str) -> None:
        pieces = self._fitting.pieces(self._row["channel"], wording.message(self._tenant, name))
        words = Words(pieces, Author.AI, Purpose.APOLOGY, leave_at=self._at)
        await write_words(self._scope, self._ref, self._row, words)
        self.said = True

    async def _told(self, kind: NotificationKind, due_at: datetime) -> bool:
        """Under the moment when it was due: what is made up for is told in its order."""
        hand_off_id = self._row["hand_off_id"]
        if hand_off_id is None:
            return False
        await Notification.create(tenant_id=self._ref.tenant_id, kind=kind, subject_id=hand_off_id, due_at=due_at)
        return True

    @property
    def _key(self) -> tuple[UUID, UUID]:
        return self._ref.tenant_id, self._ref.conversation_id
