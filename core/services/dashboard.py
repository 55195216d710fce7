"""How a business does: who came, by what way, who was answered by whom and how soon, what it cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.conversation import HandOffReason
from core.services.stages import StageOfPipeline, stage_of
from db.tenancy import Scope, tenant_scope

_BY_DAY: Final = 0b011
_BY_SOURCE: Final = 0b101
_BY_STAGE: Final = 0b110
_CONVERSATIONS_BY_DAY: Final = 0b01
_CONVERSATIONS_BY_CHANNEL: Final = 0b10
_MICROS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class DayOfBusiness:
    """Who came on a day of the tenant's own, and how many conversations were begun."""

    day: date
    leads: int
    conversations: int


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """A stage with those of the leads that came in the time who are there now, or who ever came so far."""

    stage: StageOfPipeline
    leads: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """Conversations that ended, and those of them that no person ever had."""

    closed: int
    by_ai: int


@dataclass(frozen=True, slots=True)
class FirstResponse:
    """How soon a lead's first word was answered, in seconds; the median and the slowest tenth."""

    p50: int | None
    p90: int | None
    by_ai_p50: int | None
    by_people_p50: int | None


@dataclass(frozen=True, slots=True)
class Dashboard:
    """This moment and month, and so many days. Of conversations those count that have been quiet for a minute."""

    leads_today: int
    leads_month: int
    month_limit: int | None
    open_conversations: int
    waiting_now: int
    waiting_longest_since: datetime | None
    by_day: Sequence[DayOfBusiness]
    by_channel: Mapping[str, int]
    by_source: Mapping[str, int]
    funnel: Sequence[FunnelStage]
    resolved: Resolved
    first_response: FirstResponse
    hand_off_reasons: Mapping[HandOffReason, int]
    cost_month_usd: float
    cost_usd: float
    answers_ai: int
    answers_people: int
    uncounted: int
    """Conversations that will be among the figures within about a minute: until then a nought may be none."""


async def dashboard(actor: Actor, days: int) -> Dashboard:
    """The last so many days, today with them, in the tenant's time zone. The same for everybody: numbers, no leads."""
    async with tenant_scope(actor.tenant_id) as scope:
        now = await scope.row("dashboard_now", actor.tenant_id)
        assert now is not None, "the tenant is there: somebody is signed in to it"  # noqa: S101 - see there
        since = now["today"] - timedelta(days=days - 1)
        return await _figures(scope, actor.tenant_id, now, since)


async def funnel(actor: Actor, days: int) -> Sequence[FunnelStage]:
    """How far those who came in the last so many days ever got: ``leads`` were in this stage or in one behind it.

    In the order of the way, those that are won at its end; who is lost counts where he had come to.
    """
    async with tenant_scope(actor.tenant_id) as scope:
        now = await scope.row("day_of_tenant", actor.tenant_id)
        assert now is not None, "the tenant is there: somebody is signed in to it"  # noqa: S101 - see there
        since = now["today"] - timedelta(days=days - 1)
        rows = await scope.rows("dashboard_funnel", actor.tenant_id, now["timezone"], since)
    return [FunnelStage(stage_of(row), row["leads"]) for row in rows]


async def _figures(scope: Scope, tenant_id: UUID, now: Mapping[str, Any], since: date) -> Dashboard:
    span = (tenant_id, now["timezone"], since)
    leads = await scope.rows("dashboard_leads", *span)
    conversations = await scope.rows("dashboard_conversations", *span)
    answers = await scope.row("dashboard_answers", *span) or {}
    resolved = await scope.row("dashboard_resolved", *span) or {}
    reasons = await scope.rows("dashboard_hand_offs", *span)
    cost = await scope.row("dashboard_cost", *span) or {}
    uncounted = await scope.row("dashboard_uncounted", tenant_id) or {}
    stages = await scope.rows("stages_of_tenant", tenant_id)
    stage_leads = _grouped(leads, _BY_STAGE, "stage", "leads")
    return Dashboard(
        leads_today=now["leads_today"],
        leads_month=now["leads_month"],
        month_limit=now["plan_leads"],
        open_conversations=now["open_conversations"],
        waiting_now=now["waiting"],
        waiting_longest_since=now["since"],
        by_day=_days(since, now["today"], leads, conversations),
        by_channel=_grouped(conversations, _CONVERSATIONS_BY_CHANNEL, "channel", "leads"),
        by_source={key: count for key, count in _grouped(leads, _BY_SOURCE, "source", "leads").items() if key},
        funnel=[FunnelStage(stage_of(one), stage_leads.get(one["key"], 0)) for one in stages],
        resolved=Resolved(resolved.get("closed", 0), resolved.get("by_ai", 0)),
        first_response=_first_response(answers),
        hand_off_reasons={HandOffReason(row["reason"]): row["count"] for row in reasons},
        cost_month_usd=now["cost_month"] / _MICROS,
        cost_usd=cost.get("cost", 0) / _MICROS,
        answers_ai=answers.get("ai", 0),
        answers_people=answers.get("people", 0),
        uncounted=uncounted.get("conversations", 0),
    )


def _days(
    since: date, today: date, leads: Sequence[Mapping[str, Any]], conversations: Sequence[Mapping[str, Any]]
) -> list[DayOfBusiness]:
    came = _grouped(leads, _BY_DAY, "day", "leads")
    begun = _grouped(conversations, _CONVERSATIONS_BY_DAY, "day", "conversations")
    days = (since + timedelta(days=number) for number in range((today - since).days + 1))
    return [DayOfBusiness(day, came.get(day, 0), begun.get(day, 0)) for day in days]


def _grouped(rows: Sequence[Mapping[str, Any]], grouping: int, key: str, count: str) -> dict[Any, int]:
    """One of a query's grouping sets, the greatest first."""
    found = [(row[key], row[count]) for row in rows if row["by"] == grouping]
    return dict(sorted(found, key=lambda one: (-one[1], str(one[0]))))


def _first_response(answers: Mapping[str, Any]) -> FirstResponse:
    p50, p90 = answers.get("anybody") or (None, None)
    return FirstResponse(p50, p90, answers.get("by_ai"), answers.get("by_people"))
