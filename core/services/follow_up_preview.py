"""Who will be written to unasked, when and what, as things stand: by the rules that the job and the writer go by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.follow_up import FollowUpState, Refusal, StepHold, StepKind, Verdict
from core.domain.schedule import SCHEDULE, next_due
from core.services.access import require_leading
from core.services.follow_up_plans import DAYS, Beginning, FollowUpPlans, beginnings
from core.services.follow_up_silence import Standing, load_standing
from core.services.job_pass import start_of_pass
from db.json import loads
from db.tenancy import Scope, tenant_scope

Windows = Mapping[str, timedelta | None]
_LOOKS: Final = 10
"""Parts of the newly silent that one page looks through at most: where nobody is found, the next page goes on."""
_BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NOBODY: Final = UUID(int=0)


class PreviewPart(StrEnum):
    """Whom a preview is of."""

    PLANNED = "planned"
    HELD = "held"
    NEXT_RUN = "next_run"
    """Those whom the job's next run would plan; with follow-ups off, if they were on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended; of the newly silent: behind which moment to look, and which conversation of those there was the last."""

    at: datetime = _BEFORE_ALL
    id: UUID = _NOBODY


@dataclass(frozen=True, slots=True)
class Coming:
    """One step for one lead. Without an ``id`` it is not planned yet.

    From ``due_at`` on it gets its place among those that leave (``leave_at``). With a ``hold`` it would not be said then, with a
    ``refusal`` it would be ended, if nothing changes until then. ``text``: of a text step, as he would read it.
    """

    id: UUID | None
    lead_id: UUID
    lead_name: str | None
    conversation_id: UUID
    channel: str
    step: int
    kind: StepKind
    silent_since: datetime
    due_at: datetime
    leave_at: datetime | None
    is_leaving: bool
    """It is written, and waits to be sent."""
    text: str | None
    hold: StepHold | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Preview:
    """Some of them, in order. ``next_run_at``: when the job looks again."""

    is_on: bool
    ai_answers: bool
    next_run_at: datetime
    items: Sequence[Coming]
    after: Place | None


class FollowUpPreviews:
    """The use case of looking ahead."""

    def __init__(self, windows: Windows) -> None:
        """``windows``: how long each channel takes free words after the lead's own."""
        self._windows = windows

    async def preview(self, actor: Actor, part: PreviewPart, after: Place | None, limit: int) -> Preview:
        """What will be said. Raises ``Forbidden`` for attendants."""
        require_leading(actor)
        return await self.preview_of(actor.tenant_id, part, after, limit)

    async def preview_of(self, tenant_id: UUID, part: PreviewPart, after: Place | None, limit: int) -> Preview:
        """The same, for the installation's operator."""
        async with tenant_scope(tenant_id) as scope:
            standing = await load_standing(scope, tenant_id)
            next_run_at = _next_run(standing)
            if part is PreviewPart.NEXT_RUN:
                found = await self._beginning(scope, standing, next_run_at, after, limit)
            else:
                found = await self._written_down(scope, standing, part, after or Place(), limit)
        return Preview(standing.rules.is_on, standing.tenant.ai_answers, next_run_at, *found)

    async def _written_down(
        self, scope: Scope, standing: Standing, part: PreviewPart, after: Place, limit: int
    ) -> tuple[list[Coming], Place | None]:
        rows = await scope.rows_anew(
            "coming_follow_ups", standing.tenant.id, part.value, after.at, after.id, limit + 1
        )  # fmt: skip
        items = [self.coming(standing, row) for row in rows[:limit]]
        last = rows[limit - 1] if len(rows) > limit else None
        return items, Place(last["due_at"], last["id"]) if last else None

    def coming(self, standing: Standing, row: Mapping[str, Any]) -> Coming:
        """What is to be expected of one that is written down, in a row of it with those of ``silence_of``."""
        lead = standing.lead(row, self._windows.get(row["channel"]))
        planned = _written(standing, row)
        if planned.is_leaving:
            return planned
        wanted = max(row["leave_at"] or row["due_at"], standing.at)
        expected = standing.foreseen(lead, wanted)
        refusal = expected.refusal_of(row["step"], row["silent_since"], lead)
        if refusal is not None:
            return replace(planned, text=None, refusal=refusal)
        if expected.due_at is not None and expected.due_at > wanted:
            planned = replace(planned, due_at=expected.due_at, leave_at=None)
        return replace(planned, hold=planned.hold or expected.hold)

    async def _beginning(
        self, scope: Scope, standing: Standing, at: datetime, after: Place | None, limit: int
    ) -> tuple[list[Coming], Place | None]:
        """In the order in which the job looks, from where its next run begins."""
        switched_on = replace(standing, rules=replace(standing.rules, is_on=True))
        tenant_id, passed = standing.tenant.id, after.id if after else _NOBODY
        start = (
            after.at if after else await start_of_pass(scope, tenant_id, FollowUpPlans.name, reach=FollowUpPlans.reach)
        )
        for _ in range(_LOOKS):
            row = await scope.row_anew("newly_silent", tenant_id, at, start, limit, DAYS)
            if row is None or not switched_on.rules.steps:
                return [], None
            silent = beginnings(switched_on, loads(row["silent"] or "[]"), at)
            found = [one for one in self._in_order(switched_on, silent) if one.conversation_id > passed]
            if len(found) > limit:  # many in which something happened in the same instant
                return found[:limit], Place(start, found[limit - 1].conversation_id)
            start, passed = row["at"], _NOBODY
            if found or row["looked"] < limit:
                return found, None if row["looked"] < limit else Place(start)
        return [], Place(start)

    def _in_order(self, standing: Standing, silent: Sequence[Beginning]) -> list[Coming]:
        return sorted((self._first(standing, one) for one in silent), key=lambda one: one.conversation_id)

    def _first(self, standing: Standing, one: Beginning) -> Coming:
        row, step = one.row, standing.rules.steps[0]
        lead = replace(one.lead, window=self._windows.get(row["channel"]))
        expected: Verdict = standing.foreseen(lead, one.due_at)
        return Coming(
            id=None, lead_id=UUID(row["lead_id"]), lead_name=row["lead_name"], conversation_id=UUID(row["conversation_id"]),
            channel=row["channel"], step=1, kind=step.kind, silent_since=one.lead.last_word_at, due_at=one.due_at,
            leave_at=None, is_leaving=False, text=_text(standing, 1, row["lead_name"]), hold=expected.hold, refusal=expected.refusal,
        )  # fmt: skip


def _written(standing: Standing, row: Mapping[str, Any]) -> Coming:
    """As it stands there."""
    return Coming(
        id=row["id"], lead_id=row["lead_id"], lead_name=row["lead_name"], conversation_id=row["conversation_id"],
        channel=row["channel"], step=row["step"], kind=StepKind(row["kind"]), silent_since=row["silent_since"],
        due_at=row["due_at"], leave_at=row["leave_at"], is_leaving=row["state"] == FollowUpState.QUEUED,
        text=_text(standing, row["step"], row["lead_name"]),
        hold=StepHold(row["reason"]) if row["state"] == FollowUpState.HELD else None, refusal=None,
    )  # fmt: skip


def _text(standing: Standing, number: int, name: str | None) -> str | None:
    """Nothing for a step that there is no more."""
    steps = standing.rules.steps
    return (standing.words(steps[number - 1], name) or None) if number <= len(steps) else None


def _next_run(standing: Standing) -> datetime:
    when = next(job.when for job in SCHEDULE if job.name == FollowUpPlans.name)
    return next_due(when, standing.zone, standing.at)
