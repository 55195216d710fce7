"""``/pausar`` and ``/retomar``: the AI of a business."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.asking import Ask, answer
from bot.commands import PAUSE, RESUME, called
from bot.keyboards import button, keyboard
from bot.replies import Replies
from bot.taps import BusinessTap, BusinessVerb
from core.services.ai_pause import pause_ai, resume_ai


class AiCommands:
    """Stops and starts."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def router(self) -> Router:
        """The routes of commands."""
        router = Router(name="ai")
        router.message.register(self.pause, called(PAUSE))
        router.message.register(self.resume, called(RESUME))
        return router

    async def pause(self, _message: Message, *, ask: Ask) -> None:
        """Leads wait for people, or for the AI's return."""
        changed = await pause_ai(ask.actor)
        tap = BusinessTap.about(BusinessVerb.RESUME, ask.member.tenant_id)
        row = [button(ask.text.plain("ai.resume"), tap)]
        await answer(self._replies, ask, ask.text("ai.paused" if changed else "ai.paused_already"), keyboard([row]))

    async def resume(self, _message: Message, *, ask: Ask) -> None:
        """It goes on, with what leads wrote meanwhile."""
        await self._resume(ask)

    async def resumed(self, query: CallbackQuery, *, ask: Ask) -> str:
        """The same, by the button."""
        await self._resume(ask)
        await self._replies.retire(query)
        return ""

    async def _resume(self, ask: Ask) -> None:
        due = await resume_ai(ask.actor)
        told = ask.text("ai.running_already") if due is None else ask.text("ai.resumed", count=due)
        await answer(self._replies, ask, told)
