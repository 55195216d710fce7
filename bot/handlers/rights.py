"""``/exportar``, ``/esquecer`` and ``/pedidos``: what the law gives a lead a right to, done by admins."""

from collections.abc import Sequence
from typing import Final
from uuid import uuid5

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from bot.aiming import aim_of
from bot.asking import Ask, answer
from bot.commands import EXPORT, FORGET, REQUESTS, called
from bot.keyboards import button, keyboard
from bot.panel import LeadOf, Panel
from bot.replies import Replies
from bot.taps import RightsTap, RightsVerb
from bot.texts import Html
from core.domain.conversation import Role
from core.domain.data_request import RequestState
from core.domain.errors import NotFound
from core.domain.team import MessagePurpose
from core.services import scenes
from core.services.data_requests import ListedRequest, list_requests
from core.services.erasure import Erasures
from core.services.lead_export import export_arrived, export_lead
from core.services.members import Membership
from core.services.scenes import Thread
from core.services.team_chats import Place

_LARGEST: Final = 49 * 1024 * 1024
"""Bytes of a file that a bot may send, and a margin."""
_SHOWN: Final = 10


class RightsCommands:
    """The rights of leads. Whom a command is about is known as for words: a reply, a topic, the active lead."""

    def __init__(self, erasures: Erasures, replies: Replies, panel: Panel | None = None) -> None:
        self._erasures = erasures
        self._replies = replies
        self._panel = panel

    def router(self) -> Router:
        """The routes of commands."""
        router = Router(name="rights")
        router.message.register(self.requests, called(REQUESTS))
        router.message.register(self.export, called(EXPORT))
        router.message.register(self.forget, called(FORGET))
        return router

    async def requests(self, _message: Message, *, ask: Ask) -> None:
        """Those that are open, with what answers them."""
        found = [one for one in await list_requests(ask.actor) if one.state is RequestState.OPEN][:_SHOWN]
        if not found:
            await answer(self._replies, ask, ask.text("rights.none"))
            return
        lines = [_line(ask, number, one) for number, one in enumerate(found, 1)]
        rows = [_buttons(ask, number, one) for number, one in enumerate(found, 1)] if _may(ask) else []
        html = Html("\n".join((ask.text("rights.title"), *lines, ask.text("rights.hint"))))
        await answer(self._replies, ask, html, keyboard([row for row in rows if row]))

    async def export(
        self, message: Message, *, ask: Ask, memberships: Sequence[Membership], place: Place | None
    ) -> None:
        """The lead's archive, in the admin's own chat wherever he asks."""
        thread = await self._meant(message, memberships, place, ask)
        if thread is not None:
            await self._export(ask, thread)

    async def forget(
        self, message: Message, *, ask: Ask, memberships: Sequence[Membership], place: Place | None
    ) -> None:
        """Names whom it is about, and asks."""
        thread = await self._meant(message, memberships, place, ask)
        if thread is not None:
            await self._erasures.check(ask.member.tenant_id, thread.lead_id, by=ask.actor)
            await self._ask(ask, thread, "rights.forget_ask", "rights.forget_button", RightsVerb.ASK)

    async def tapped(self, query: CallbackQuery, *, callback_data: RightsTap, ask: Ask) -> str:
        """A button about a lead's rights."""
        thread = await scenes.thread_of(ask.member.tenant_id, callback_data.subject_id)
        if thread is None:
            message = "nobody is there"
            raise NotFound(message)
        match callback_data.verb:
            case RightsVerb.EXPORT:
                await self._export(ask, thread)
            case RightsVerb.ASK:
                await self._erasures.check(ask.member.tenant_id, thread.lead_id, by=ask.actor)
                await self._ask(ask, thread, "rights.forget_sure", "rights.forget_now", RightsVerb.FORGET)
                await self._replies.retire(query)
            case RightsVerb.FORGET:
                await self._erasures.forget(ask.member.tenant_id, thread.lead_id, by=ask.actor)
                await self._replies.retire(query)
                await answer(self._replies, ask, ask.text("rights.forgotten"))
        return ""

    async def _meant(
        self, message: Message, memberships: Sequence[Membership], place: Place | None, ask: Ask
    ) -> Thread | None:
        """Whom a command is about; who does not say so is told how."""
        aim = await aim_of(message, memberships, place)
        thread = None if aim is None else await scenes.thread_of(aim.member.tenant_id, aim.conversation_id)
        if thread is None:
            await answer(self._replies, ask, ask.text("rights.which"))
        return thread

    async def _export(self, ask: Ask, thread: Thread) -> None:
        """What he asked is answered once Telegram has taken the file: until then it stays open."""
        archive = await export_lead(ask.member.tenant_id, thread.lead_id, by=ask.actor, answers=False)
        if archive.size > _LARGEST:
            archive.file.discard()
            await self._another_way(ask, thread, "rights.too_large")
            return
        content = b"".join([chunk async for chunk in archive.chunks()])
        told = ask.text.plain("rights.exported")
        if not await self._replies.document(ask.telegram_user_id, archive.name, content, told):
            await self._another_way(ask, thread, "rights.not_sent")
            return
        await export_arrived(ask.member.tenant_id, thread.lead_id, by=ask.actor)
        if ask.place.thread_id is not None:
            await answer(self._replies, ask, ask.text("rights.sent"))

    async def _another_way(self, ask: Ask, thread: Thread, why: str) -> None:
        """Where else the archive is to be had."""
        words = ask.text.plain("button.panel")
        lead = LeadOf(ask.member.tenant_id, thread.lead_id)
        panel = await self._panel.button_to(lead, words, ask.place.kind) if self._panel else None
        html = Html("\n".join((ask.text(why), ask.text("rights.another_way", id=thread.lead_id))))
        await answer(self._replies, ask, html, keyboard([[panel] if panel else []]))

    async def _ask(self, ask: Ask, thread: Thread, words: str, button_words: str, verb: RightsVerb) -> None:
        tap = RightsTap.about(verb, ask.member.tenant_id, thread.conversation_id)
        markup = keyboard([[button(ask.text.plain(button_words, lead=thread.lead), tap)]])
        await self._replies.reply(
            ask.place, ask.text(words, lead=thread.lead), key=uuid5(ask.key, words), keyboard=markup, reply_to=ask.number,
            about=thread.conversation_id, purpose=MessagePurpose.VIEW,
        )  # fmt: skip


def _may(ask: Ask) -> bool:
    return ask.member.role is Role.ADMIN


def _line(ask: Ask, number: int, one: ListedRequest) -> Html:
    due = one.due_at.strftime(ask.text.plain("day.pattern"))
    return ask.text("rights.line", number=number, lead=one.lead or "", what=ask.text(f"request.{one.kind}"), due=due)


def _buttons(ask: Ask, number: int, one: ListedRequest) -> list[InlineKeyboardButton]:
    if one.conversation_id is None:
        return []
    return [
        button(ask.text.plain(words, number=number), RightsTap.about(verb, ask.member.tenant_id, one.conversation_id))
        for words, verb in (("rights.export", RightsVerb.EXPORT), ("rights.forget", RightsVerb.ASK))
    ]
