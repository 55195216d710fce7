"""What the business used of its plan, and who was counted; as pages and as files."""

import datetime as dt
from collections.abc import AsyncGenerator, Sequence
from typing import Final
from uuid import UUID

from pydantic import AwareDatetime

from core.domain.errors import Forbidden
from core.services.usage import CountedLead, MonthUsed, counted_leads, usage
from core.services.usage_tables import leads_table, months_table
from miniapp.api.operation import ApiModel, Call, Download, Nothing, Operation
from miniapp.api.parts import Number, PageSize

_MOST: Final = 1_000_000


class UsageMonth(ApiModel):
    """What one calendar month took, as its first day, and under what plan it is counted. ``excess``: leads beyond it."""

    month: dt.date
    plan: str
    leads: int
    limit: int
    excess: int
    excess_price_cents: int
    currency: str
    ai_cost_usd: float
    ai_tokens: int

    @classmethod
    def of(cls, one: MonthUsed) -> "UsageMonth":
        """From what the month took."""
        return cls(
            month=one.month,
            plan=one.terms.plan,
            leads=one.leads,
            limit=one.terms.leads,
            excess=one.excess,
            excess_price_cents=one.excess_price.cents,
            currency=one.terms.currency,
            ai_cost_usd=one.ai_cost_usd,
            ai_tokens=one.ai_tokens,
        )


class UsagePlan(ApiModel):
    """What the business pays for: leads a month, people in the team, prices in hundredths."""

    key: str
    name: str
    leads: int
    attendants: int
    price_cents: int
    excess_cents: int
    currency: str


class Usage(UsageMonth):
    """This month, and the months so far, the latest first. ``projected``: leads at its end, if it goes on so."""

    on_plan: UsagePlan
    projected: int
    team: int
    beyond_plan: str
    budget_usd: float
    months: Sequence[UsageMonth]


class CountedQuery(ApiModel):
    """A month, by any of its days (this one by default), and after how many of its leads."""

    month: dt.date | None = None
    after: Number = 0
    limit: PageSize = 50


class MonthQuery(ApiModel):
    """A month, by any of its days; this one by default."""

    month: dt.date | None = None


class Counted(ApiModel):
    """A lead in the month's count, and the message that counted him; no ``conversation_id``: it was erased since."""

    place: int
    lead_id: UUID
    name: str | None
    channel: str | None
    counted_at: AwareDatetime
    message_id: UUID
    conversation_id: UUID | None


class CountedPage(ApiModel):
    """In the order in which they were counted."""

    items: Sequence[Counted]
    next_after: int | None


class UsageDesk:
    """The operations about it."""

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation("usage", "GET", "/usage", "What was used.", self._usage, answer=Usage, refusals=(Forbidden,)),
            Operation(
                "export_usage", "GET", "/usage/export.csv", "The months as a table.", self._file,
                media="text/csv", refusals=(Forbidden,),
            ),
            Operation(
                "counted_leads", "GET", "/usage/leads", "Who was counted in a month.", self._counted,
                query=CountedQuery, answer=CountedPage, refusals=(Forbidden,),
            ),
            Operation(
                "export_counted_leads", "GET", "/usage/leads.csv", "The same as a table.", self._counted_file,
                query=MonthQuery, media="text/csv", refusals=(Forbidden,),
            ),
        )  # fmt: skip

    async def _usage(self, call: Call[Nothing, Nothing]) -> Usage:
        used = await usage(call.actor)
        return Usage(
            **UsageMonth.of(used.now).model_dump(),
            on_plan=UsagePlan(
                key=used.plan.key,
                name=used.plan.name,
                leads=used.plan.leads,
                attendants=used.plan.attendants,
                price_cents=used.plan.price_cents,
                excess_cents=used.plan.excess_cents,
                currency=used.plan.currency,
            ),
            projected=used.projected,
            team=used.team,
            beyond_plan=used.beyond_plan,
            budget_usd=used.budget_usd,
            months=[UsageMonth.of(one) for one in used.months],
        )

    async def _file(self, call: Call[Nothing, Nothing]) -> Download:
        used = await usage(call.actor)
        return Download("usage.csv", _whole(months_table(used.months, call.who.language)))

    async def _counted(self, call: Call[CountedQuery, Nothing]) -> CountedPage:
        asked = call.query
        found = await counted_leads(call.actor, asked.month, after=asked.after, limit=asked.limit)
        items = [_shown(one) for one in found[: asked.limit]]
        return CountedPage(items=items, next_after=items[-1].place if len(found) > asked.limit else None)

    async def _counted_file(self, call: Call[MonthQuery, Nothing]) -> Download:
        found = await counted_leads(call.actor, call.query.month, after=0, limit=_MOST)
        return Download("counted-leads.csv", _whole(leads_table(found, call.who.language)))


def _shown(one: CountedLead) -> Counted:
    return Counted.model_validate(one, from_attributes=True)


async def _whole(text: str) -> AsyncGenerator[bytes, None]:
    yield text.encode()
