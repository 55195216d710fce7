"""Which silent leads are to be written to, and when: planned by the clock, a place each, so that no number is used too fast."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from core.domain.changes import ChangeKind
from core.domain.follow_up import Silenced
from core.services.follow_up_silence import Standing, load_standing
from core.services.job_pass import PassingJob, Step
from core.services.tenant_job import Batch
from db.json import loads
from db.tenancy import Scope, TenantScope, tenant_scope

AT_ONCE: Final = 100
"""Conversations that one transaction looks at."""
SECONDS_APART: Final = 60.0
"""Between two that leave for one business: sixty an hour."""
HOUR: Final = 3600.0
DAYS: Final = 8
"""Whoever is silent for longer has no open conversation."""


class FollowUpPlans(PassingJob):
    """The body of ``follow-up``.

    Plans the first step of every silence that began since the last run, ends what a lead's own word has made needless, and gives
    what is due a place in the coming hour. Whoever writes it (``core.services.follow_ups``) looks once more, and so does the sender.
    """

    name = "follow-up"
    reach = timedelta(minutes=10)

    async def batch(self, tenant_id: UUID, due_at: datetime, *, dry: bool) -> Batch:
        """See ``TenantJob``; with follow-ups off there is nothing to do, and what was planned is looked at when it would leave."""
        async with tenant_scope(tenant_id) as scope:
            standing = await load_standing(scope, tenant_id)
        if not standing.rules.is_on or not standing.tenant.ai_answers:
            return Batch()
        passed = await super().batch(tenant_id, due_at, dry=dry)
        if passed.more:
            return passed
        placed = await (_count_due(tenant_id, due_at) if dry else _place(tenant_id, due_at))
        return Batch(Counter(passed.counts) + Counter(placed=placed))

    async def step(
        self, scope: TenantScope, tenant_id: UUID, due_at: datetime, start: datetime, *, dry: bool
    ) -> Step | None:
        """See ``PassingJob``."""
        row = await scope.row_anew("newly_silent", tenant_id, due_at, start, AT_ONCE, DAYS)
        if row is None:
            return None
        standing = await load_standing(scope, tenant_id)
        planned = beginnings(standing, loads(row["silent"] or "[]"), due_at)
        counts, skipped = {"planned": len(planned)}, False
        if not dry:
            made = await _put(scope, tenant_id, standing, planned)
            skipped = len(made) < len(planned)
            ended = await scope.rows_anew("end_silences", tenant_id, row["conversations"])
            for one in [*made, *ended]:
                scope.changed(ChangeKind.LEAD, one["lead_id"], lead_id=one["lead_id"])
            counts = {
                "planned": len(made),
                "answered": sum(one["state"] == "sent" for one in ended),
                "needless": sum(one["state"] != "sent" for one in ended),
            }
        return Step(row["at"], counts, more=row["looked"] >= AT_ONCE, skipped=skipped)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A lead whose silence gets its first step, planned for then."""

    row: Mapping[str, Any]
    lead: Silenced
    due_at: datetime


def beginnings(standing: Standing, silent: Sequence[Mapping[str, Any]], at: datetime) -> list[Beginning]:
    """Who of these newly silent leads gets one at a run of that moment."""
    found: list[Beginning] = []
    for row in silent:
        lead = standing.lead(row, None)
        next_one = standing.plan(lead, at)
        if next_one.number == 1 and next_one.due_at is not None:
            found.append(Beginning(row, lead, next_one.due_at))
    return found


async def _put(scope: Scope, tenant_id: UUID, standing: Standing, planned: Sequence[Beginning]) -> list[dict[str, Any]]:
    if not planned:
        return []
    kind = standing.rules.steps[0].kind.value
    rows = [
        (UUID(one.row["lead_id"]), UUID(one.row["conversation_id"]), 1, one.lead.last_word_at, kind, one.due_at)
        for one in planned
    ]
    return await scope.rows_anew("plan_follow_ups", tenant_id, *map(list, zip(*rows, strict=True)))


async def _place(tenant_id: UUID, due_at: datetime) -> int:
    async with tenant_scope(tenant_id) as scope:
        await scope.row("hold_follow_up_places", tenant_id)
        return len(await scope.rows_anew("place_follow_ups", tenant_id, due_at, SECONDS_APART, HOUR))


async def _count_due(tenant_id: UUID, due_at: datetime) -> int:
    async with tenant_scope(tenant_id) as scope:
        row = await scope.row("follow_ups_due", tenant_id, due_at)
    return int(row["due"]) if row else 0
