"""The bot leads people to the managers' panel, by what Telegram takes where."""

from aiogram import Bot
from aiogram.types import InlineKeyboardMarkup, MenuButtonWebApp

from bot.menu_button import MenuButtons
from bot.panel import LeadOf, Panel
from bot.registration import Registration
from bot.texts import Catalogs
from core.domain.ids import uuid7
from core.domain.team import ChatKind
from sandbox.telegram.config import TelegramBot
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT, FORUM, open_bot

_URL = "https://reveza.example.com/miniapp/"
_LEAD = LeadOf(uuid7(), uuid7())
_PLACE = f"lead_{_LEAD.lead_id.hex}_{_LEAD.tenant_id.hex}"
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


async def test_it_speaks_to_each_in_his_language(bot: Bot, telegram: Control) -> None:
    """Told where it differs from everybody's, and again only where somebody speaks another by now."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    await telegram.post("start", user_id=BIA, bot_id=BOT.id)
    await Registration(bot, Catalogs.load(), None, Panel(bot, _URL)).tell()
    menus = MenuButtons(Panel(bot, _URL), Catalogs.load())
    for chat, language in ((ANA, "en"), (ANA, "en"), (BIA, "pt-BR"), (BIA, "pt-BR")):
        await menus.speak(chat, language)
    shown = [await bot.get_chat_menu_button(chat_id=chat) for chat in (ANA, BIA)]
    assert [one.text for one in shown if isinstance(one, MenuButtonWebApp)] == ["Panel", "Painel"]
    told = [event for event in await telegram.events("telegram_call") if event["method"] == "setChatMenuButton"]
    assert len(told) == 1 + 1
    await menus.speak(ANA, "pt-BR")
    again = await bot.get_chat_menu_button(chat_id=ANA)
    assert isinstance(again, MenuButtonWebApp)
    assert again.text == "Painel"


async def test_a_button_that_cannot_be_told_does_no_harm(bot: Bot, telegram: Control) -> None:
    """Whoever speaks to the bot is answered all the same, and the next time it is tried again."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    menus = MenuButtons(Panel(bot, _URL), Catalogs.load())
    await telegram.post("faults", match={"method": "setChatMenuButton"}, action="status", http=429, retry_after=1)
    await menus.speak(ANA, "en")
    await menus.speak(ANA, "en")
    shown = await bot.get_chat_menu_button(chat_id=ANA)
    assert isinstance(shown, MenuButtonWebApp)
    assert shown.text == "Panel"


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
    assert button.web_app.url == f"{_URL}?tgWebAppStartParam={_PLACE}"
    await bot.send_message(ANA, "Ana espera", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))


async def test_in_a_group_a_link_does(bot: Bot, telegram: Control) -> None:
    """To the main Mini App, which is all that Telegram lets a bot open there; the group takes it."""
    await telegram.post("bots", **_APP_BOT.model_dump())
    async with open_bot(_APP_BOT, telegram.url) as other:
        button = await Panel(other, _URL).button_to(_LEAD, "Painel", ChatKind.GROUP)
    assert button is not None
    assert (button.url, button.web_app) == (f"https://t.me/painel_bot?startapp={_PLACE}", None)
    await bot.send_message(FORUM, "Ana espera", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))


async def test_in_a_group_without_a_main_app_there_is_none(bot: Bot) -> None:
    """A link would open a chat with the bot, and no panel."""
    assert (BOT.has_main_web_app, await Panel(bot, _URL).button_to(_LEAD, "Painel", ChatKind.GROUP)) == (False, None)
