"""A business is deleted: announced first, and taken back until its time is over; then all of it goes, for good.

A tombstone outside the database comes before the first row, as with a lead: a restored past is told of it. What opens its
credentials goes first of all, so that whatever comes between leaves nothing that could be used in its name. Every step may be
taken again, by any process.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

import structlog

from core.domain.changes import ChangeKind
from core.domain.errors import BadRequest, Conflict
from core.domain.ids import uuid7
from core.domain.notification import NotificationKind
from core.domain.tombstone import Tombstone, TombstoneKind
from core.services.audit import OPERATOR, audit
from core.services.holds import holds, refuse_held
from core.services.one_by_one import unharmed
from core.services.suspension import suspend
from core.services.tenants import load_profile
from core.services.tombstone_journal import TombstoneJournal
from db.models import Notification
from db.tenancy import TenantScope, platform_scope, tenant_scope

log = structlog.get_logger(__name__)

USUAL_DAYS: Final = 30
LONGEST_DAYS: Final = 365
REMINDED_BEFORE: Final = timedelta(days=3)
"""So long before all of it goes its people are told again."""
_AT_ONCE: Final = 2000
TABLES: Final = (
    "tenant_keys", "telegram_posts", "telegram_messages", "telegram_topics", "notifications", "dead_letters", "message_fetches",
    "early_receipts", "raw_events", "data_requests", "retention_holds", "turns", "ai_calls", "security_incidents", "hand_offs",
    "conversation_digests", "digest_marks", "follow_ups", "messages", "conversations", "score_changes", "stage_changes", "lead_months",
    "contact_identities", "leads", "idempotency_keys", "app_sessions", "invites", "telegram_chats", "members",
    "channel_accounts", "knowledge_entries", "quick_replies", "stages", "job_marks", "usage_months",
)  # fmt: skip
"""What a tenant has: its key, then child before parent; a test holds it to the database."""
KEPT_TO_THE_END: Final = ("audit_log", "audit_anchors", "erasures")
"""What the tenants' role may not take: the platform's may, once the tenant's time is over."""
_NEWEST_FIRST: Final = "conversations"
"""Each names the one before it."""


class TenantHeld(Conflict):
    """Somebody wants something of the business kept: it is not deleted before the hold is lifted."""

    code: ClassVar[str] = "tenant_held"


async def announce_deletion(tenant_id: UUID, *, days: int = USUAL_DAYS, who: str = OPERATOR) -> datetime:
    """Suspend the business; in so many days all of it goes, unless it is resumed. Gives that moment.

    Raises ``BadRequest``, and ``TenantHeld`` while anything of it is on hold.
    """
    if not 1 <= days <= LONGEST_DAYS:
        message = f"a business is deleted 1 to {LONGEST_DAYS} days after it was announced, not {days}"
        raise BadRequest(message)
    await _refuse_held(tenant_id)
    await suspend(tenant_id, who=who)
    async with platform_scope() as scope:
        row = await scope.row("announce_deletion", tenant_id, days)
    assert row is not None  # noqa: S101 - the tenant was found by whoever asks
    due: datetime = row["due_at"]
    async with tenant_scope(tenant_id) as scope:
        scope.changed(ChangeKind.SETTINGS, tenant_id)
        await _tell_people(scope, tenant_id, due)
        await audit(tenant_id, who, "tenant.deletion_announced", due=due.isoformat(timespec="minutes"))
    return due


async def _tell_people(scope: TenantScope, tenant_id: UUID, due: datetime) -> None:
    """Admins hear of it now, and again before; whether it still stands then is looked at when they are told."""
    tenant, at = await load_profile(scope, tenant_id)
    payload = {"due": due.isoformat(), "day": tenant.local(due).date().isoformat()}
    again = due - REMINDED_BEFORE
    told = [(NotificationKind.TENANT_DELETION, at)]
    told += [(NotificationKind.TENANT_DELETION_NEAR, again)] if again > at else []
    for kind, when in told:
        await Notification.create(tenant_id=tenant_id, kind=kind, subject_id=tenant_id, payload=payload, due_at=when)


class TenantDeletions:
    """Carries deletions out whose time is over."""

    def __init__(self, journal: TombstoneJournal) -> None:
        self._journal = journal

    async def carry_out_due(self) -> int:
        """Delete whoever's time is over; returns how many are gone. One that is held, or still connected, waits."""
        async with platform_scope() as scope:
            due = [row["id"] for row in await scope.rows("deletions_due")]
        carried = [
            await unharmed(self._carry_out(tenant_id), tenant_id=tenant_id, event="tenant.not_deleted")
            for tenant_id in due
        ]
        return sum(map(bool, carried))

    async def _carry_out(self, tenant_id: UUID) -> bool:
        if await holds(tenant_id):
            log.warning("deletion.held", tenant_id=str(tenant_id))
            return False
        if await _disconnect(tenant_id):
            # Web processes remember bindings for seconds: what comes by them finds its tenant still there.
            return False
        if not await self._decided(tenant_id):
            return False
        await delete_tenant(tenant_id)
        return True

    async def _decided(self, tenant_id: UUID) -> bool:
        """It has its tombstone; not where it was resumed, or put on hold, since it was found to be due."""
        stone = Tombstone(uuid7(), TombstoneKind.TENANT, tenant_id, tenant_id, datetime.now(UTC))
        async with tenant_scope(tenant_id) as scope:
            if await scope.row("lock_due_deletion", tenant_id) is None:
                return False
            await refuse_held(scope, tenant_id)
            if not await asyncio.to_thread(self._is_written, tenant_id):
                await asyncio.to_thread(self._journal.append, stone)
        return True

    def _is_written(self, tenant_id: UUID) -> bool:
        return any(
            stone.kind is TombstoneKind.TENANT and stone.tenant_id == tenant_id for stone in self._journal.read().stones
        )


async def delete_tenant(tenant_id: UUID) -> None:
    """Take everything of the business out, whatever is gone already. Its tombstone stands."""
    async with platform_scope() as scope:
        await scope.rows("begin_deletion", tenant_id)
        await scope.rows("shred_credentials", tenant_id)
    for table in TABLES:
        while await _taken(table, tenant_id) == _AT_ONCE:
            pass
    async with platform_scope() as scope:
        for table in KEPT_TO_THE_END:
            await scope.rows("take_rows", table, tenant_id, None, False)
        await scope.rows("forget_runs", tenant_id)
        await scope.rows("forget_shredded")
        await scope.rows("forget_tenant", tenant_id)
    log.warning("tenant.deleted", tenant_id=str(tenant_id))


async def _taken(table: str, tenant_id: UUID) -> int:
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("take_rows", table, tenant_id, _AT_ONCE, table == _NEWEST_FIRST)
    return int(row["gone"]) if row else 0


async def _disconnect(tenant_id: UUID) -> bool:
    """Whether anything was still connected."""
    async with tenant_scope(tenant_id) as scope:
        return bool(await scope.rows("disconnect_all", tenant_id))


async def _refuse_held(tenant_id: UUID) -> None:
    for hold in await holds(tenant_id):
        message = (
            f"the hold {hold.id} stands: lift it first (`reveza hold lift TENANT {hold.id}`), then delete the business"
        )
        raise TenantHeld(message)
