"""What is due in rows of the past, once they are back: it may have been done since, and is not done again by itself."""

from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.conversation import HandOffReason
from core.domain.ids import uuid7
from core.domain.notification import NotificationKind
from core.domain.ports import ConversationRef
from core.services.audit import OPERATOR, audit
from core.services.fetches import LETTER as FETCH
from core.services.hand_offs import hand_over
from core.services.tenants import load_profile
from db.models import DeadLetter, Notification
from db.tenancy import TenantScope, platform_scope, tenant_scope

RESTORED: Final = "restored"
"""The code under which it is said, in the language of whoever reads it."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How much of the past was due: answers the AI owed, messages on their way, messages to be fetched, updates of Telegram."""

    turns: int = 0
    sends: int = 0
    fetches: int = 0
    updates: int = 0

    def __add__(self, other: Self) -> "Settled":
        return Settled(
            self.turns + other.turns,
            self.sends + other.sends,
            self.fetches + other.fetches,
            self.updates + other.updates,
        )


class Restoration:
    """Makes restored rows safe to work on. Nothing of ours may run before it is through."""

    def __init__(self, settle: float) -> None:
        """``settle``: seconds that a provider has to tell of a message whose outcome is unknown, from now on."""
        self._settle = settle

    async def settle(self) -> Settled:
        """Whatever was due becomes somebody's to look at; who was signed in or invited is so no more."""
        async with platform_scope() as scope:
            await scope.rows("restored_leases")
            settled = Settled(updates=len(await scope.rows("restored_updates")))
            tenants = [row["id"] for row in await scope.rows("all_tenants")]
        for tenant_id in tenants:
            settled += await self._settle_tenant(tenant_id)
        return settled

    async def _settle_tenant(self, tenant_id: UUID) -> Settled:
        async with tenant_scope(tenant_id) as scope:
            await scope.rows("restored_unknowns", tenant_id, self._settle)
            sends = await scope.rows("restored_sends", tenant_id, self._settle)
            for row in sends:
                scope.changed(ChangeKind.MESSAGE_STATUS, row["id"], conversation_id=row["conversation_id"])
            for row in await scope.rows("restored_follow_ups", tenant_id):
                scope.changed(ChangeKind.CONVERSATION, row["conversation_id"])
            await scope.rows("restored_silences", tenant_id, uuid7())
            fetches = await _give_up_fetches(scope, tenant_id)
            for row in await scope.rows("restored_waiting", tenant_id):
                scope.changed(ChangeKind.CONVERSATION, row["id"])
            turns = await _give_to_the_team(scope, tenant_id)
            await scope.rows("restored_sessions", tenant_id)
            await scope.rows("restored_invites", tenant_id)
            await audit(tenant_id, OPERATOR, "backup.restored", turns=turns, sends=len(sends), fetches=fetches)
            scope.changed(ChangeKind.SETTINGS, tenant_id)
        return Settled(turns, len(sends), fetches)


async def _give_to_the_team(scope: TenantScope, tenant_id: UUID) -> int:
    """The AI owed these leads an answer, and may have given it since: a person looks, for as long as it takes."""
    _, at = await load_profile(scope, tenant_id)
    rows = await scope.rows("restored_turns", tenant_id)
    for row in rows:
        ref = ConversationRef(tenant_id, row["id"])
        await hand_over(scope, ref, HandOffReason.RESTORED, note=RESTORED, at=at, minutes=None)
    return len(rows)


async def _give_up_fetches(scope: TenantScope, tenant_id: UUID) -> int:
    rows = await scope.rows("restored_fetches", tenant_id)
    for row in rows:
        given_up = await scope.row("give_up_fetch", tenant_id, row["id"])
        assert given_up is not None, "it is due, and nobody else works on these rows"  # noqa: S101 - see above
        letter = await DeadLetter.create(
            tenant_id=tenant_id, kind=FETCH, subject_id=row["id"], error=RESTORED, attempts=row["attempts"],
            payload={"external_id": row["external_id"]},
        )  # fmt: skip
        scope.changed(ChangeKind.DEAD_LETTER, letter.id)
        await Notification.create(
            tenant_id=tenant_id, kind=NotificationKind.DEAD_LETTER, subject_id=letter.id, due_at=given_up["at"]
        )
    return len(rows)
