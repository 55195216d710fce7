"""Answers to people: kept as posts, so that they are paced, outlive outages and are said once."""

from collections.abc import Awaitable
from typing import Final
from uuid import UUID, uuid5

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, LinkPreviewOptions

from bot.pieces import pieces
from bot.texts import Html
from core.domain.team import MessagePurpose
from core.services.posts import put_reply
from core.services.team_chats import Place

log = structlog.get_logger(__name__)

_LONGEST_TOAST: Final = 200
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


class Replies:
    """Says things in chats. The notifier of whichever process shows them."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def reply(
        self,
        place: Place,
        html: Html,
        *,
        key: UUID,
        keyboard: InlineKeyboardMarkup | None = None,
        force_reply: bool = False,
        reply_to: int | None = None,
        about: UUID | None = None,
        purpose: MessagePurpose | None = None,
    ) -> None:
        """Have it said once, whatever is in the way; under the same ``key`` nothing is said again.

        ``about`` and ``purpose``: the conversation that a reply to it is about, and why.
        """
        parts = pieces(html)
        for place_in_order, part in enumerate(parts):
            last = place_in_order == len(parts) - 1
            payload = {
                "html": part,
                "keyboard": keyboard.model_dump(mode="json", exclude_none=True) if keyboard and last else None,
                "reply_to": reply_to if place_in_order == 0 else None,
                "force_reply": force_reply and last,
                "purpose": purpose.value if purpose else None,
            }
            part_key = key if last else uuid5(key, str(place_in_order))
            await put_reply(place, part_key, payload, conversation_id=about)

    async def outside(
        self, chat_id: int, html: Html, *, thread_id: int | None = None, keyboard: InlineKeyboardMarkup | None = None
    ) -> None:
        """Tell somebody who is in no tenant, or a chat that is none's: at once, or not at all."""
        await self._try(
            self._bot.send_message(
                chat_id,
                html,
                message_thread_id=thread_id,
                parse_mode="HTML",
                link_preview_options=_NO_PREVIEW,
                reply_markup=keyboard,
            )
        )

    async def document(
        self, chat_id: int, name: str, content: bytes, caption: str, *, thread_id: int | None = None
    ) -> bool:
        """A file, at once or not at all: whoever asked for it asks again. Whether it is there."""
        file = BufferedInputFile(content, name)
        return await self._try(self._bot.send_document(chat_id, file, caption=caption, message_thread_id=thread_id))

    async def toast(self, query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
        """Answer a tap with a line that passes, or with nothing but an end to its waiting."""
        shown = text if len(text) <= _LONGEST_TOAST else f"{text[: _LONGEST_TOAST - 1]}…"
        await self._try(self._bot.answer_callback_query(query.id, shown or None, show_alert=alert))

    async def retire(self, query: CallbackQuery) -> None:
        """The message that was tapped asks nothing any more."""
        if query.message is not None:
            await self._try(
                self._bot.edit_message_reply_markup(
                    chat_id=query.message.chat.id, message_id=query.message.message_id, reply_markup=None
                )
            )

    async def _try(self, call: Awaitable[object]) -> bool:
        try:
            await call
        except TelegramAPIError as error:
            # A tap may be older than Telegram remembers it, a person may have blocked the bot, Telegram may be away.
            log.info("bot.not_told", error=type(error).__name__)
            return False
        return True
