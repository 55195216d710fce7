"""``/tenants``: the businesses of the installation, for whoever operates it; for everybody else there is no such command."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from bot.amounts import counted
from bot.keyboards import button, keyboard
from bot.links import link_of_invitation
from bot.replies import Replies
from bot.taps import OperatorTap, OperatorVerb
from bot.texts import Html, Text
from core.domain.conversation import Role
from core.services import members
from core.services.operating import OperatedTenant, operated_tenant, operated_tenants
from core.services.plans import list_plans, put_on_plan
from core.services.suspension import Windows, resume, suspend
from core.services.tenant_deletion import USUAL_DAYS, announce_deletion
from core.services.tenants import NewTenant, create_tenant

_SHOWN: Final = 30
_CREATE: Final = frozenset({"create", "criar"})
_WORDS_TO_CREATE: Final = 3


_QUESTIONS: Final[Mapping[OperatorVerb, tuple[str, OperatorVerb]]] = {
    OperatorVerb.ASK: ("sure", OperatorVerb.SUSPEND),
    OperatorVerb.ASK_DELETE: ("delete_sure", OperatorVerb.DELETE),
    OperatorVerb.ASK_KEEP: ("keep_sure", OperatorVerb.RESUME),
}
"""In which words it is asked once more, and what is done then."""


class Operators:
    """Makes businesses, stops them and lets them go on, and puts them on plans."""

    def __init__(self, replies: Replies, operators: Collection[int], windows: Windows) -> None:
        self._replies = replies
        self._operators = frozenset(operators)
        self._windows = windows

    def router(self) -> Router:
        """The routes; whoever is no operator passes by them."""
        router = Router(name="operators")
        mine = F.from_user.id.in_(self._operators)
        router.message.register(self.tenants, Command("tenants"), F.chat.type == ChatType.PRIVATE, mine)
        router.callback_query.register(self.tapped, OperatorTap.filter(), mine)
        return router

    async def tenants(self, message: Message, *, bot: Bot, command: CommandObject, text: Text) -> None:
        """All of them; with a short name, that one; with ``create``, a new one."""
        words = (command.args or "").split(maxsplit=2)
        if words and words[0].lower() in _CREATE:
            await self._create(message, bot, words, text)
        elif words:
            await self._show(message.chat.id, await operated_tenant(slug=words[0]), text)
        else:
            await self._list(message.chat.id, text)

    async def tapped(self, query: CallbackQuery, *, callback_data: OperatorTap, text: Text) -> None:
        """A button of a business."""
        tenant = await operated_tenant(tenant_id=callback_data.tenant_id)
        told = await self._done(query.from_user.id, tenant, callback_data, text)
        await self._replies.toast(query)
        if told is not None:
            await self._replies.retire(query)
            await self._replies.outside(query.from_user.id, told)

    async def _done(self, chat_id: int, tenant: OperatedTenant, tap: OperatorTap, text: Text) -> Html | None:
        match tap.verb:
            case OperatorVerb.SHOW:
                await self._show(chat_id, tenant, text)
                return None
            case OperatorVerb.ASK | OperatorVerb.ASK_DELETE | OperatorVerb.ASK_KEEP:
                await self._ask(chat_id, tenant, tap.verb, text)
                return None
            case OperatorVerb.DELETE:
                due = await announce_deletion(tenant.id, who=_operator(chat_id))
                return text("tenants.leaving", name=tenant.name, day=due.strftime(text.plain("day.pattern")))
            case OperatorVerb.SUSPEND:
                changed = await suspend(tenant.id, who=_operator(chat_id))
                return text("tenants.suspended", name=tenant.name) if changed else text("tenants.unchanged")
            case OperatorVerb.RESUME:
                back = await resume(tenant.id, self._windows, who=_operator(chat_id))
                return (
                    text("tenants.resumed", name=tenant.name, count=back.answered)
                    if back
                    else text("tenants.unchanged")
                )
            case OperatorVerb.PLAN:
                plan = await put_on_plan(tenant.id, tap.plan, who=_operator(chat_id))
                leads, team = counted(plan.leads, text), counted(plan.attendants, text)
                return text("tenants.on_plan", name=tenant.name, plan=plan.name, leads=leads, attendants=team)

    async def _list(self, chat_id: int, text: Text) -> None:
        found = await operated_tenants()
        shown = found[:_SHOWN]
        lines = [text("tenants.title", count=counted(len(found), text)), *(_line(one, text) for one in shown)]
        if len(found) > len(shown):
            lines.append(text("tenants.more", count=len(found) - len(shown)))
        lines.append(text("tenants.hint"))
        rows = [[button(one.name, OperatorTap.about(OperatorVerb.SHOW, one.id))] for one in shown]
        await self._replies.outside(chat_id, Html("\n".join(lines)), keyboard=keyboard(rows))

    async def _show(self, chat_id: int, tenant: OperatedTenant, text: Text) -> None:
        rows: list[Sequence[InlineKeyboardButton]] = [
            [button(text.plain(f"tenants.{words}"), OperatorTap.about(verb, tenant.id))]
            for words, verb in _deeds(tenant)
        ]
        rows += [
            [button(text.plain("tenants.change_plan", plan=one.name), OperatorTap.to_plan(tenant.id, one.key))]
            for one in await list_plans()
            if not one.archived and one.name != tenant.plan
        ]
        await self._replies.outside(chat_id, _line(tenant, text), keyboard=keyboard(rows))

    async def _ask(self, chat_id: int, tenant: OperatedTenant, verb: OperatorVerb, text: Text) -> None:
        words, does = _QUESTIONS[verb]
        sure = button(text.plain(f"tenants.{words}_button", days=USUAL_DAYS), OperatorTap.about(does, tenant.id))
        asked = text(f"tenants.{words}", name=tenant.name, days=USUAL_DAYS)
        await self._replies.outside(chat_id, asked, keyboard=keyboard([[sure]]))

    async def _create(self, message: Message, bot: Bot, words: Sequence[str], text: Text) -> None:
        if len(words) < _WORDS_TO_CREATE:
            await self._replies.outside(message.chat.id, text("tenants.hint"))
            return
        tenant_id = await create_tenant(NewTenant(words[1], words[2][:200]))
        invitation = await members.invite(tenant_id, Role.ADMIN, by=None)
        link = link_of_invitation((await bot.me()).username or "", invitation.token)
        told = text("tenants.created", name=words[2][:200], until=f"{invitation.expires_at:%d/%m}", link=link)
        await self._replies.outside(message.chat.id, told)


def _deeds(one: OperatedTenant) -> Sequence[tuple[str, OperatorVerb]]:
    """What may be done with a business as it stands, in words and deed."""
    if one.deletion_due_at is not None:
        return (("keep", OperatorVerb.ASK_KEEP),)
    stop = ("resume", OperatorVerb.RESUME) if one.suspended else ("suspend", OperatorVerb.ASK)
    return (stop, ("delete", OperatorVerb.ASK_DELETE))


def _line(one: OperatedTenant, text: Text) -> Html:
    state = "🗑" if one.deletion_due_at else "⏸" if one.suspended else "🟢"
    leads, limit = counted(one.leads, text), counted(one.limit, text)
    line = text("tenants.line", state=state, name=one.name, slug=one.slug, plan=one.plan, leads=leads, limit=limit)
    if one.deletion_due_at is None:
        return line
    return Html(f"{line}\n{text('tenants.leaves', day=one.deletion_due_at.strftime(text.plain('day.pattern')))}")


def _operator(telegram_user_id: int) -> str:
    return f"operator:{telegram_user_id}"
