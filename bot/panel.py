"""The managers' panel, as the bot leads people to it: the button beside the text field, and one under each card."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiogram import Bot
from aiogram.types import InlineKeyboardButton, MenuButtonWebApp, WebAppInfo

from core.domain.team import ChatKind

_LINKS: Final = "https://t.me"


@dataclass(frozen=True, slots=True)
class LeadOf:
    """A lead, and whose he is."""

    tenant_id: UUID
    lead_id: UUID


class Panel:
    """Where the panel is: ``url`` is its own address."""

    def __init__(self, bot: Bot, url: str) -> None:
        self._bot = bot
        self._url = url

    async def tell_menu(self, words: str, chat_id: int | None = None) -> None:
        """Put the panel beside the text field of this private chat, else of every one, where it is not there already."""
        known = await self._bot.get_chat_menu_button(chat_id=chat_id)
        if isinstance(known, MenuButtonWebApp) and (known.text, known.web_app.url) == (words, self._url):
            return
        button = MenuButtonWebApp(text=words, web_app=WebAppInfo(url=self._url))
        await self._bot.set_chat_menu_button(chat_id=chat_id, menu_button=button)

    async def button_to(self, lead: LeadOf, words: str, kind: ChatKind) -> InlineKeyboardButton | None:
        """The button that opens the panel at a lead; ``None`` in a group whose bot has no main Mini App.

        It names the business too: whoever works in several is led into the right one.
        Telegram takes a Mini App's own address in private chats alone; elsewhere a link opens the one that BotFather knows.
        """
        place = f"lead_{lead.lead_id.hex}_{lead.tenant_id.hex}"
        if kind is ChatKind.PRIVATE:
            return InlineKeyboardButton(text=words, web_app=WebAppInfo(url=f"{self._url}?tgWebAppStartParam={place}"))
        me = await self._bot.me()
        if not me.has_main_web_app:
            return None
        return InlineKeyboardButton(text=words, url=f"{_LINKS}/{me.username}?startapp={place}")
