"""The bot leads people to the managers' panel, by what Telegram takes where."""

from aiogram import Bot
from aiogram.types import InlineKeyboardMarkup, MenuButtonWebApp

from bot.panel import Panel
from bot.registration import Registration
from bot.texts import Catalogs
from core.domain.ids import uuid7
from core.domain.team import ChatKind
from sandbox.telegram.config import TelegramBot
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BOT, FORUM, open_bot

_URL = "https://reveza.example.com/miniapp/"
_LEAD = uuid7()
_APP_BOT = TelegramBot(token="7009:AAE-app_bot", username="painel_bot", has_main_web_app=True)


async def test_it_stands_beside_the_text_field(bot: Bot, telegram: Control) -> None:
    """Of every private chat; told once, whoever looks again."""
    for _ in range(2):
        await Registration(bot, Catalogs.load(), None, Panel(bot, _URL)).tell()
    shown = await bot.get_chat_menu_button(chat_id=ANA)
    assert isinstance(shown, MenuButtonWebApp)
    assert (shown.text, shown.web_app.url) == ("Painel", _URL)
    calls = [event["method"] for event in await telegram.events("telegram_call")]
    assert calls.count("setChatMenuButton") == 1


async def test_without_an_address_the_menu_stays_as_it_was(bot: Bot) -> None:
    """Whatever BotFather was told is not taken away."""
    await Registration(bot, Catalogs.load(), None).tell()
    assert (await bot.get_chat_menu_button()).type == "commands"


async def test_in_private_a_card_opens_the_panel_itself(bot: Bot, telegram: Control) -> None:
    """At the lead, and Telegram takes the button."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    button = await Panel(bot, _URL).button_to(_LEAD, "Painel", ChatKind.PRIVATE)
    assert button is not None
    assert button.web_app is not None
    assert button.web_app.url == f"{_URL}?tgWebAppStartParam=lead_{_LEAD.hex}"
    await bot.send_message(ANA, "Ana espera", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))


async def test_in_a_group_a_link_does(bot: Bot, telegram: Control) -> None:
    """To the main Mini App, which is all that Telegram lets a bot open there; the group takes it."""
    await telegram.post("bots", **_APP_BOT.model_dump())
    async with open_bot(_APP_BOT, telegram.url) as other:
        button = await Panel(other, _URL).button_to(_LEAD, "Painel", ChatKind.GROUP)
    assert button is not None
    assert (button.url, button.web_app) == (f"https://t.me/painel_bot?startapp=lead_{_LEAD.hex}", None)
    await bot.send_message(FORUM, "Ana espera", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))


async def test_in_a_group_without_a_main_app_there_is_none(bot: Bot) -> None:
    """A link would open a chat with the bot, and no panel."""
    assert (BOT.has_main_web_app, await Panel(bot, _URL).button_to(_LEAD, "Painel", ChatKind.GROUP)) == (False, None)
