"""What is said when something was refused, or could not be done."""

from uuid import UUID, uuid5

from aiogram.types import Update

from bot.replies import Replies
from bot.texts import Html, Text
from core.domain.errors import PlanFull, RevezaError
from core.services.team_chats import Place


class Refused:
    """Answers in the place of the handler that could not."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    async def tell(self, event: Update, error: RevezaError, *, text: Text, place: Place | None, key: UUID) -> None:
        """In the person's words, never in ours; a tap gets a box that stays until it is read."""
        msgid = f"error.{error.code}" if f"error.{error.code}" in text else "error.internal"
        named = {"plan": error.plan, "count": error.attendants} if isinstance(error, PlanFull) else {}
        if event.callback_query is not None:
            await self._replies.toast(event.callback_query, text.plain(msgid, **named), alert=True)
        elif place is not None:
            number = event.message.message_id if event.message else None
            await self._replies.reply(place, text(msgid, **named), key=uuid5(key, "refused"), reply_to=number)
        else:
            await self._outside(event, text(msgid, **named))

    async def apologise(self, event: Update, text: Text) -> None:
        """Whatever broke here is in the way of a durable answer too: told at once, or not at all."""
        if event.callback_query is not None:
            await self._replies.toast(event.callback_query, text.plain("error.internal"), alert=True)
        else:
            await self._outside(event, text("error.internal"))

    async def _outside(self, event: Update, html: Html) -> None:
        if event.message is not None:
            await self._replies.outside(event.message.chat.id, html, thread_id=event.message.message_thread_id)
