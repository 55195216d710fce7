"""The managers' panel, as the bot leads people to it: the button beside the text field, and one under each card."""

from typing import Final
from uuid import UUID

from aiogram import Bot
from aiogram.types import InlineKeyboardButton, MenuButtonWebApp, WebAppInfo

from core.domain.team import ChatKind

_LINKS: Final = "https://t.me"


class Panel:
    """Where the panel is: ``url`` is its own address."""

    def __init__(self, bot: Bot, url: str) -> None:
        self._bot = bot
        self._url = url

    async def tell_menu(self, words: str) -> None:
        """Put the panel beside the text field of every private chat, where it is not there already."""
        known = await self._bot.get_chat_menu_button()
        if isinstance(known, MenuButtonWebApp) and (known.text, known.web_app.url) == (words, self._url):
            return
        await self._bot.set_chat_menu_button(
            menu_button=MenuButtonWebApp(text=words, web_app=WebAppInfo(url=self._url))
        )

    async def button_to(self, lead_id: UUID, words: str, kind: ChatKind) -> InlineKeyboardButton | None:
        """The button that opens the panel at a lead; ``None`` in a group whose bot has no main Mini App.

        Telegram takes a Mini App's own address in private chats alone; elsewhere a link opens the one that BotFather knows.
        """
        place = f"lead_{lead_id.hex}"
        if kind is ChatKind.PRIVATE:
            return InlineKeyboardButton(text=words, web_app=WebAppInfo(url=f"{self._url}?tgWebAppStartParam={place}"))
        me = await self._bot.me()
        if not me.has_main_web_app:
            return None
        return InlineKeyboardButton(text=words, url=f"{_LINKS}/{me.username}?startapp={place}")
