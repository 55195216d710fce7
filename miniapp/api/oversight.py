"""What those who answer for the business look at: what it used, what was caught, what failed, who did what."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime

from core.domain.errors import Conflict, Forbidden, NotFound
from core.services.failures import Failures
from core.services.oversight import MonthUsed, deeds, incidents, judge_incident, usage
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.parts import PageQuery, cursor_after

_LETTERS = 100


class UsageMonth(ApiModel):
    """What one calendar month took, as its first day."""

    month: dt.date
    leads: int
    ai_cost_usd: float


class Usage(ApiModel):
    """This month, and the months so far, the latest first. ``limit``: the plan's leads a month."""

    month: dt.date
    leads: int
    limit: int | None
    ai_cost_usd: float
    budget_usd: float
    ai_tokens: int
    months: Sequence[UsageMonth]


class Incident(ApiModel):
    """Something the guard or the validator caught."""

    id: UUID
    at: AwareDatetime
    layer: str
    verdict: str
    reasons: Sequence[str]
    conversation_id: UUID | None
    false_positive: bool


class IncidentPage(ApiModel):
    """The latest first."""

    items: Sequence[Incident]
    next_cursor: str | None


class Judgement(ApiModel):
    """Whether it was none."""

    false_positive: bool


class DeadLetter(ApiModel):
    """What was given up, and why."""

    id: UUID
    kind: str
    subject_id: UUID
    error: str
    attempts: int
    created_at: AwareDatetime


class DeadLetterList(ApiModel):
    """Those that are still to be dealt with, the oldest first."""

    items: Sequence[DeadLetter]


class AuditEntry(ApiModel):
    """Who did what. ``actor_name`` is a member's; without one it was the product itself, or its operator."""

    id: UUID
    at: AwareDatetime
    actor: str
    actor_name: str | None
    action: str
    subject: str
    details: Mapping[str, Any]


class AuditPage(ApiModel):
    """The latest first."""

    items: Sequence[AuditEntry]
    next_cursor: str | None


class OversightDesk:
    """The operations of looking after a business."""

    def __init__(self, failures: Failures) -> None:
        self._failures = failures

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        letter = "/dead-letters/{letter_id}"
        return (
            Operation("usage", "GET", "/usage", "What was used.", self._usage, answer=Usage, refusals=(Forbidden,)),
            Operation(
                "incidents", "GET", "/incidents", "What was caught.", self._incidents,
                query=PageQuery, answer=IncidentPage, refusals=(Forbidden,),
            ),
            Operation(
                "judge_incident", "PATCH", "/incidents/{incident_id}", "It was one, or none.", self._judge,
                body=Judgement, refusals=(Forbidden, NotFound),
            ),
            Operation(
                "dead_letters", "GET", "/dead-letters", "What was given up.", self._letters,
                answer=DeadLetterList, refusals=(Forbidden,),
            ),
            Operation(
                "retry_letter", "POST", f"{letter}/retry", "Try it again.", self._retry,
                refusals=(Forbidden, NotFound, Conflict),
            ),
            Operation(
                "drop_letter", "POST", f"{letter}/drop", "Let it be.", self._drop, refusals=(Forbidden, NotFound)
            ),
            Operation(
                "audit", "GET", "/audit", "Who did what.", self._audit,
                query=PageQuery, answer=AuditPage, refusals=(Forbidden,),
            ),
        )  # fmt: skip

    async def _usage(self, call: Call[Nothing, Nothing]) -> Usage:
        used = await usage(call.actor)
        return Usage(
            month=used.now.month,
            leads=used.now.leads,
            limit=used.limit,
            ai_cost_usd=used.now.ai_cost_usd,
            budget_usd=used.budget_usd,
            ai_tokens=used.now.ai_tokens,
            months=[_month(one) for one in used.months],
        )

    async def _incidents(self, call: Call[PageQuery, Nothing]) -> IncidentPage:
        limit = call.query.limit
        found = await incidents(call.actor, before=call.query.cursor, limit=limit)
        items = [Incident.model_validate(one, from_attributes=True) for one in found[:limit]]
        return IncidentPage(items=items, next_cursor=cursor_after(items[-1].id) if len(found) > limit else None)

    async def _judge(self, call: Call[Nothing, Judgement]) -> None:
        await judge_incident(call.actor, call.ids["incident_id"], false_positive=call.body.false_positive)

    async def _letters(self, call: Call[Nothing, Nothing]) -> DeadLetterList:
        found = await self._failures.open_ones(call.actor, _LETTERS)
        return DeadLetterList(
            items=[
                DeadLetter(
                    id=one.id,
                    kind=one.kind,
                    subject_id=one.subject_id,
                    error=one.error,
                    attempts=one.attempts,
                    created_at=one.created_at,
                )
                for one in found
            ]
        )

    async def _retry(self, call: Call[Nothing, Nothing]) -> None:
        await self._failures.retry(call.actor, call.ids["letter_id"])

    async def _drop(self, call: Call[Nothing, Nothing]) -> None:
        await self._failures.drop(call.actor, call.ids["letter_id"])

    async def _audit(self, call: Call[PageQuery, Nothing]) -> AuditPage:
        limit = call.query.limit
        found = await deeds(call.actor, before=call.query.cursor, limit=limit)
        items = [AuditEntry.model_validate(one, from_attributes=True) for one in found[:limit]]
        return AuditPage(items=items, next_cursor=cursor_after(items[-1].id) if len(found) > limit else None)


def _month(one: MonthUsed) -> UsageMonth:
    return UsageMonth(month=one.month, leads=one.leads, ai_cost_usd=one.ai_cost_usd)
