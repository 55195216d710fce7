"""What a business has kept for long enough goes, class by class, once a week.

A row goes when it is older than its class is kept, is no part of anything under way and nobody wants it kept. What was counted
from it stays counted. Each batch takes a limited number of every class, the leads after it and alone, for everything else of
theirs has gone by then; how many of each were taken is written to the audit log in the same transaction. The log itself comes
last: see ``core.services.audit_expiry``.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.retention import Due, Kept, due_at
from core.domain.tenant import PrivacyRules, stored_settings
from core.services.audit import SYSTEM, audit
from core.services.audit_expiry import expire_log
from core.services.erasure import SHORTEST_NAME, forget_quiet, hold_wholly
from core.services.tenant_job import Batch, EveryTenant
from db.json import loads
from db.tenancy import TenantScope, tenant_scope

AT_ONCE: Final = 1000
LEADS_AT_ONCE: Final = 100
_OF_LEADS: Final = frozenset({Kept.TURNS, Kept.SUMMARIES, Kept.SCORE_CHANGES, Kept.MESSAGES})
"""Classes whose rows are a lead's: what is held is asked row by row."""
_APART: Final = frozenset({Kept.LEADS, Kept.AUDIT_LOG})
"""Classes that are taken by themselves."""


class Retention(EveryTenant):
    """The body of ``cleanup-old-messages``."""

    name: ClassVar[str] = "cleanup-old-messages"

    async def batch(self, tenant_id: UUID, due_at: datetime, *, dry: bool) -> Batch:
        """See ``TenantJob``."""
        async with tenant_scope(tenant_id) as scope:
            if not dry:
                await scope.row("holds_rest", tenant_id)
            rules = await _rules(scope, tenant_id, due_at)
            if rules is None:
                return Batch()
            if dry:
                taken = await _counted(scope, tenant_id, due_at, rules)
            else:
                taken = await _expired(scope, tenant_id, due_at, rules) or await _leads(scope, tenant_id, due_at, rules)
            if taken and not dry:
                await audit(tenant_id, SYSTEM, "retention.purged", "", **_told(taken))
        if dry or not taken:
            taken |= await _log(tenant_id, due_at, rules, dry=dry)
        return Batch(_told(taken), more=bool(taken) and not dry)


def _told(taken: Mapping[Kept, int]) -> dict[str, int]:
    return {kept.value: count for kept, count in taken.items()}


async def _rules(scope: TenantScope, tenant_id: UUID, at: datetime) -> PrivacyRules | None:
    """What the business keeps for how long; ``None`` while all of it is held."""
    row = await scope.row("privacy_rules", tenant_id, at)
    if row is None or row["held"]:
        return None
    return stored_settings({"privacy": loads(row["rules"]) or {}}).privacy


async def _expired(scope: TenantScope, tenant_id: UUID, at: datetime, rules: PrivacyRules) -> dict[Kept, int]:
    """Up to so many of every class but those that are taken apart."""
    found = {
        due.kept: await _class(scope, tenant_id, due, at, AT_ONCE, dry=False)
        for due in due_at(at, rules)
        if due.kept not in _APART
    }
    return {kept: count for kept, count in found.items() if count}


async def _class(scope: TenantScope, tenant_id: UUID, due: Due, at: datetime, most: int | None, *, dry: bool) -> int:
    """Up to so many rows of one class go, or all of them are counted."""
    values: list[object] = [tenant_id, due.before, due.floor, most, dry]
    if due.kept in _OF_LEADS:
        values.append(at)
    if due.kept is Kept.RAW_EVENTS:
        values.append(await _held_names(scope, tenant_id, at))
    row = await scope.row_anew(f"expire_{due.kept}", *values)
    return int(row["found"]) if row else 0


async def _held_names(scope: TenantScope, tenant_id: UUID, at: datetime) -> list[bytes]:
    """By what an event as it came is known to be of somebody who is held: it has no key to him."""
    rows = await scope.rows("names_of_held", tenant_id, at)
    return [row["name"].encode() for row in rows if len(row["name"]) >= SHORTEST_NAME]


async def _leads(scope: TenantScope, tenant_id: UUID, at: datetime, rules: PrivacyRules) -> dict[Kept, int]:
    """Some of those with whom nothing has happened for so long are forgotten; whoever somebody holds just then, another time."""
    quiet = await _quiet(scope, tenant_id, at, rules, LEADS_AT_ONCE)
    held = [row["id"] for row in await scope.rows_anew("lock_quiet_leads", tenant_id, quiet)]
    conversations = await hold_wholly(scope, tenant_id, held)
    # Who wrote, or was put on hold, before nobody else could come to him is let be.
    still = set(await _quiet(scope, tenant_id, at, rules, LEADS_AT_ONCE))
    leads = [lead_id for lead_id in held if lead_id in still]
    if not leads:
        return {}
    theirs = {one: lead_id for one, lead_id in conversations.items() if lead_id in still}
    await forget_quiet(scope, tenant_id, leads, list(theirs))
    for conversation_id, lead_id in theirs.items():
        scope.changed(ChangeKind.CONVERSATION, conversation_id, lead_id=lead_id)
    for lead_id in leads:
        scope.changed(ChangeKind.LEAD, lead_id, lead_id=lead_id)
    return {Kept.LEADS: len(leads)}


async def _quiet(
    scope: TenantScope, tenant_id: UUID, at: datetime, rules: PrivacyRules, most: int | None
) -> Sequence[UUID]:
    (due,) = (one for one in due_at(at, rules) if one.kept is Kept.LEADS)
    rows = await scope.rows_anew("quiet_leads", tenant_id, due.before, due.floor, most, at)
    return [row["id"] for row in rows]


async def _counted(scope: TenantScope, tenant_id: UUID, at: datetime, rules: PrivacyRules) -> dict[Kept, int]:
    counts = {
        due.kept: await _class(scope, tenant_id, due, at, None, dry=True)
        for due in due_at(at, rules)
        if due.kept not in _APART
    }
    counts[Kept.LEADS] = len(await _quiet(scope, tenant_id, at, rules, None))
    return {kept: count for kept, count in counts.items() if count}


async def _log(tenant_id: UUID, at: datetime, rules: PrivacyRules, *, dry: bool) -> dict[Kept, int]:
    (due,) = (one for one in due_at(at, rules) if one.kept is Kept.AUDIT_LOG)
    count = await expire_log(tenant_id, due.before, at, None if dry else AT_ONCE, dry=dry)
    return {Kept.AUDIT_LOG: count} if count else {}
