"""Who waits and who is there: ``/status``, ``/online``, ``/offline``."""

from typing import Final

from aiogram import Router
from aiogram.types import Message

from bot.asking import Ask, answer
from bot.commands import OFFLINE, ONLINE, STATUS, called
from bot.durations import lasting
from bot.keyboards import button, keyboard
from bot.replies import Replies
from bot.taps import ConversationTap, Verb
from bot.texts import Html, Text
from core.services import members
from core.services.queue_view import Queue, QueuedConversation, queue_of

_BUTTONS: Final = 8


class Duty:
    """The commands of whoever attends."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def router(self) -> Router:
        """The routes."""
        router = Router(name="duty")
        router.message.register(self.status, called(STATUS))
        router.message.register(self.online, called(ONLINE))
        router.message.register(self.offline, called(OFFLINE))
        return router

    async def status(self, _message: Message, *, ask: Ask) -> None:
        """Who waits, for how long, and who has whom."""
        queue = await queue_of(ask.actor)
        rows = [
            [
                button(
                    ask.text.plain("status.take", lead=one.lead),
                    ConversationTap.about(Verb.TAKE, ask.member.tenant_id, one.conversation_id),
                )
            ]
            for one in queue.waiting[:_BUTTONS]
        ]
        await answer(self._replies, ask, _drawn(queue, ask.text), keyboard(rows))

    async def online(self, _message: Message, *, ask: Ask) -> None:
        """He is there for new leads."""
        await members.change_duty(ask.actor, on_duty=True)
        await answer(self._replies, ask, ask.text("duty.on"))

    async def offline(self, _message: Message, *, ask: Ask) -> None:
        """He is not; what he has stays his."""
        await members.change_duty(ask.actor, on_duty=False)
        await answer(self._replies, ask, ask.text("duty.off"))


def _drawn(queue: Queue, text: Text) -> Html:
    lines = [text("status.title", time=f"{queue.at:%H:%M}", count=queue.on_duty)]
    if queue.ai_paused:
        lines.append(text("status.paused"))
    lines.append(text("status.waiting", count=len(queue.waiting)) if queue.waiting else text("status.nobody"))
    lines += [text("status.waiting_line", lead=one.lead, wait=lasting(one.minutes, text)) for one in queue.waiting]
    if queue.held:
        lines.append(text("status.held", count=len(queue.held)))
        lines += [_held(one, text) for one in queue.held]
    if queue.asleep:
        lines.append(text("status.asleep", count=len(queue.asleep)))
        lines += [
            text("status.asleep_line", lead=one.lead, time=f"{one.asleep_until:%d/%m %H:%M}") for one in queue.asleep
        ]
    if queue.more:
        lines.append(text("status.more", count=queue.more))
    return Html("\n".join(lines))


def _held(one: QueuedConversation, text: Text) -> Html:
    member = one.member or text("line.phone")
    if not one.at_hand:
        return text("status.held_line", lead=one.lead, member=member)
    return text("status.held_waits", lead=one.lead, member=member, wait=lasting(one.minutes, text))
