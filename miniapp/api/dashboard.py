"""How the business does, in numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import IntEnum

from pydantic import AwareDatetime

from core.domain.conversation import HandOffReason
from core.domain.pipeline_plan import Outcome
from core.services.dashboard import Dashboard as Figures
from core.services.dashboard import FunnelStage as Counted
from core.services.dashboard import dashboard, funnel
from miniapp.api.operation import ApiModel, Call, Nothing, Operation


class Days(IntEnum):
    """How far back to look."""

    WEEK = 7
    MONTH = 30
    QUARTER = 90


class DashboardQuery(ApiModel):
    """So many days, today with them."""

    days: Days = Days.MONTH


class Day(ApiModel):
    """Leads that came, and conversations that were begun."""

    day: date
    leads: int
    conversations: int


class ChannelLeads(ApiModel):
    """Leads that came by a channel."""

    channel: str
    leads: int


class SourceLeads(ApiModel):
    """Leads that something brought."""

    source: str
    leads: int


class FunnelStage(ApiModel):
    """Leads that came in the time and are in this stage now."""

    stage_key: str
    name: str
    position: int
    outcome: Outcome
    leads: int


class ReachedStage(ApiModel):
    """Leads that came in the time and ever got to this stage, or to one behind it."""

    stage_key: str
    name: str
    outcome: Outcome
    leads: int


class Funnel(ApiModel):
    """The way of those who came in the time, stage by stage; its end is what is won. Who is lost counts where he had come to."""

    stages: Sequence[ReachedStage]


class ResolvedConversations(ApiModel):
    """Conversations that ended, and those of them that no person ever had."""

    closed: int
    by_ai: int


class FirstResponseSeconds(ApiModel):
    """How soon the first word of a lead was answered: the median and the slowest tenth, and medians by who answered."""

    p50: int | None
    p90: int | None
    by_ai_p50: int | None
    by_people_p50: int | None


class HandOffCount(ApiModel):
    """How often conversations went to people for a reason."""

    reason: HandOffReason
    count: int


class Cost(ApiModel):
    """What the model cost, in US dollars: in this calendar month, and in the time looked at."""

    month: float
    period: float


class Answers(ApiModel):
    """Who answered how often, in conversations that were begun in the time."""

    ai: int
    people: int


class Dashboard(ApiModel):
    """``leads_month`` is what the plan's limit counts. Days are the business's own.

    ``uncounted_conversations`` are missing in what is told of conversations, until they have been quiet for a minute.
    """

    leads_today: int
    leads_month: int
    month_limit: int | None
    open_conversations: int
    waiting_now: int
    waiting_longest_since: AwareDatetime | None
    by_day: Sequence[Day]
    by_channel: Sequence[ChannelLeads]
    by_source: Sequence[SourceLeads]
    funnel: Sequence[FunnelStage]
    resolved: ResolvedConversations
    first_response_seconds: FirstResponseSeconds
    hand_off_reasons: Sequence[HandOffCount]
    cost_usd: Cost
    answers: Answers
    uncounted_conversations: int


class DashboardDesk:
    """Looking at numbers."""

    def operations(self) -> Sequence[Operation]:
        """All figures, and what is dearer to count."""
        return (
            Operation(
                "dashboard", "GET", "/dashboard", "How the business does.", self._dashboard,
                query=DashboardQuery, answer=Dashboard,
            ),
            Operation(
                "funnel", "GET", "/dashboard/funnel", "How far leads came.", self._funnel,
                query=DashboardQuery, answer=Funnel,
            ),
        )  # fmt: skip

    async def _dashboard(self, call: Call[DashboardQuery, Nothing]) -> Dashboard:
        return _shown(await dashboard(call.actor, call.query.days))

    async def _funnel(self, call: Call[DashboardQuery, Nothing]) -> Funnel:
        return Funnel(stages=[_reached(one) for one in await funnel(call.actor, call.query.days)])


def _shown(figures: Figures) -> Dashboard:
    resolved, first = figures.resolved, figures.first_response
    return Dashboard(
        leads_today=figures.leads_today,
        leads_month=figures.leads_month,
        month_limit=figures.month_limit,
        open_conversations=figures.open_conversations,
        waiting_now=figures.waiting_now,
        waiting_longest_since=figures.waiting_longest_since,
        by_day=[Day(day=one.day, leads=one.leads, conversations=one.conversations) for one in figures.by_day],
        by_channel=[ChannelLeads(channel=key, leads=count) for key, count in figures.by_channel.items()],
        by_source=[SourceLeads(source=key, leads=count) for key, count in figures.by_source.items()],
        funnel=_funnel(figures),
        resolved=ResolvedConversations(closed=resolved.closed, by_ai=resolved.by_ai),
        first_response_seconds=FirstResponseSeconds(
            p50=first.p50, p90=first.p90, by_ai_p50=first.by_ai_p50, by_people_p50=first.by_people_p50
        ),
        hand_off_reasons=_reasons(figures.hand_off_reasons),
        cost_usd=Cost(month=figures.cost_month_usd, period=figures.cost_usd),
        answers=Answers(ai=figures.answers_ai, people=figures.answers_people),
        uncounted_conversations=figures.uncounted,
    )


def _funnel(figures: Figures) -> list[FunnelStage]:
    return [
        FunnelStage(
            stage_key=one.stage.key,
            name=one.stage.name,
            position=one.stage.position,
            outcome=one.stage.outcome,
            leads=one.leads,
        )
        for one in figures.funnel
    ]


def _reached(one: Counted) -> ReachedStage:
    return ReachedStage(stage_key=one.stage.key, name=one.stage.name, outcome=one.stage.outcome, leads=one.leads)


def _reasons(counted: Mapping[HandOffReason, int]) -> list[HandOffCount]:
    return [HandOffCount(reason=reason, count=count) for reason, count in counted.items()]
