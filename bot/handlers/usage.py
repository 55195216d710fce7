"""``/uso``: what the month took of the plan, what the months before did, and all of it as a file."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.amounts import counted, dollars, month_named, priced
from bot.asking import Ask, answer
from bot.commands import USAGE, called
from bot.keyboards import button, keyboard
from bot.replies import Replies
from bot.taps import BusinessTap, BusinessVerb
from bot.texts import Html, Text
from core.domain.plans import Money
from core.domain.tenant import PEOPLE_BEYOND_PLAN
from core.services.usage import MonthUsed, Usage, usage
from core.services.usage_tables import months_table


class UsageCommand:
    """What the business used."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def router(self) -> Router:
        """The routes of commands."""
        router = Router(name="usage")
        router.message.register(self.usage, called(USAGE))
        return router

    async def usage(self, _message: Message, *, ask: Ask) -> None:
        """This month."""
        used = await usage(ask.actor)
        row = [
            button(ask.text.plain(words), BusinessTap.about(verb, ask.member.tenant_id))
            for words, verb in (("usage.months", BusinessVerb.MONTHS), ("usage.file", BusinessVerb.FILE))
        ]
        await answer(self._replies, ask, _this_month(used, ask.text), keyboard([row]))

    async def months(self, _query: CallbackQuery, *, ask: Ask) -> str:
        """Those before."""
        used = await usage(ask.actor)
        lines = [_line(one, ask.text) for one in used.months if one.month != used.now.month]
        await answer(self._replies, ask, Html("\n".join(lines)) if lines else ask.text("usage.no_months"))
        return ""

    async def file(self, query: CallbackQuery, *, ask: Ask) -> str:
        """All of them, for a spreadsheet."""
        used = await usage(ask.actor)
        content = months_table(used.months, ask.text.language).encode()
        if query.message is not None:
            name = f"{used.now.month:%Y-%m}.csv"
            told = ask.text.plain("usage.file_told")
            thread = ask.place.thread_id
            await self._replies.document(query.message.chat.id, name, content, told, thread_id=thread)
        return ""


def _this_month(used: Usage, text: Text) -> Html:
    now, plan = used.now, used.plan
    lines = [
        text("usage.title", month=month_named(now.month, text), plan=plan.name),
        text(
            "usage.leads",
            leads=counted(now.leads, text),
            limit=counted(plan.leads, text),
            percent=now.leads * 100 // plan.leads,
        ),
        text("usage.projected", projected=counted(used.projected, text)),
    ]
    if now.excess:
        lines.append(
            text(
                "usage.excess",
                excess=counted(now.excess, text),
                price=priced(Money(plan.excess_cents, plan.currency), text),
                total=priced(now.excess_price, text),
            )
        )
    if plan.price_cents:
        lines.append(text("usage.price", price=priced(plan.terms.price, text)))
    lines += [
        text(
            "usage.ai",
            cost=dollars(now.ai_cost_usd, text),
            budget=dollars(used.budget_usd, text),
            tokens=counted(now.ai_tokens, text),
        ),
        text("usage.team", team=used.team, attendants=counted(plan.attendants, text)),
        text("usage.beyond.people" if used.beyond_plan == PEOPLE_BEYOND_PLAN else "usage.beyond.answer"),
    ]
    return Html("\n".join(lines))


def _line(one: MonthUsed, text: Text) -> Html:
    return text(
        "usage.month_line",
        month=month_named(one.month, text),
        leads=counted(one.leads, text),
        limit=counted(one.terms.leads, text),
        excess=counted(one.excess, text),
        total=priced(one.excess_price, text),
        cost=dollars(one.ai_cost_usd, text),
    )
