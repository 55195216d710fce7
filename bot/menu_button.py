"""The button beside the text field of a private chat, in the language of who reads it."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware
from aiogram.dispatcher.middlewares.user_context import EVENT_CONTEXT_KEY, EventContext
from aiogram.enums import ChatType
from aiogram.exceptions import AiogramError
from aiogram.types import TelegramObject

from bot.panel import Panel
from bot.texts import Catalogs

log = structlog.get_logger(__name__)

WORDS: Final = "menu.panel"
Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class MenuButtons:
    """Telegram knows one button for all chats, in one language; whoever speaks another gets a button of his own."""

    def __init__(self, panel: Panel | None, catalogs: Catalogs) -> None:
        self._panel = panel
        self._catalogs = catalogs
        self._told: dict[int, str] = {}
        """The language of each chat's button, as this process last saw it."""

    async def speak(self, chat_id: int, language: str) -> None:
        """Have the chat's button say it in this language. Telegram is asked once a chat, and told where that differs."""
        if self._panel is None or self._told.get(chat_id) == language:
            return
        try:
            await self._panel.tell_menu(self._catalogs.of(language).plain(WORDS), chat_id)
        except AiogramError as error:  # a button in another language is no reason to leave an update undone
            log.warning("menu_button.failed", error=type(error).__name__)
        else:
            self._told[chat_id] = language


class Speaking(BaseMiddleware):
    """Looks after the button of whoever speaks to the bot."""

    def __init__(self, menus: MenuButtons) -> None:
        self._menus = menus

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Look, then handle: whoever chooses another language by this update has the last word."""
        context: EventContext = data[EVENT_CONTEXT_KEY]
        if context.chat is not None and context.chat.type == ChatType.PRIVATE:
            await self._menus.speak(context.chat.id, data["text"].language)
        return await handler(event, data)
