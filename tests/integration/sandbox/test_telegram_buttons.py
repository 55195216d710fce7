"""What is tapped and chosen in the Telegram emulator: buttons, reactions, commands, the menu."""

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonWebApp,
    ReactionTypeCustomEmoji,
    ReactionTypeEmoji,
    WebAppInfo,
)

from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT, FORUM, updates

TAKE = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Assumir", callback_data="take:1"),
            InlineKeyboardButton(text="Ver", url="https://x.org"),
        ]
    ]
)


async def test_a_tap_is_answered_once(bot: Bot, telegram: Control) -> None:
    """A second answer is refused, and so is another bot's."""
    card = await bot.send_message(FORUM, "card", reply_markup=TAKE)
    await telegram.post("tap", user_id=BIA, chat_id=FORUM, message_id=card.message_id, button="take:1")
    query = next(u.callback_query for u in await updates(bot) if u.callback_query)
    assert await bot.answer_callback_query(query.id, text="ok")
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query.id)
    assert ("take:1", BIA, card.message_id) == (
        query.data,
        query.from_user.id,
        query.message and query.message.message_id,
    )


async def test_a_tap_grows_old(bot: Bot, telegram: Control) -> None:
    """After its time a tap can no longer be answered."""
    card = await bot.send_message(FORUM, "card", reply_markup=TAKE)
    await telegram.post("tap", user_id=BIA, chat_id=FORUM, message_id=card.message_id, button="take:1")
    query = next(u.callback_query for u in await updates(bot) if u.callback_query)
    await telegram.post("settings", clock_offset_s=31)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query.id)


async def test_an_answer_of_200_characters(bot: Bot, telegram: Control) -> None:
    """A longer answer to a tap is refused."""
    card = await bot.send_message(FORUM, "card", reply_markup=TAKE)
    tapped = await telegram.post("tap", user_id=BIA, chat_id=FORUM, message_id=card.message_id, button="take:1")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(tapped["id"], text="x" * 201)
    assert await bot.answer_callback_query(tapped["id"], text="x" * 200)


async def test_a_link_button_opens_on_the_users_side(bot: Bot, telegram: Control) -> None:
    """A tap on a link is no update."""
    card = await bot.send_message(FORUM, "card", reply_markup=TAKE)
    tapped = await telegram.post("tap", user_id=BIA, chat_id=FORUM, message_id=card.message_id, button="Ver")
    assert (tapped["button"]["url"], await updates(bot)) == ("https://x.org", [])


async def test_a_bot_reacts(bot: Bot, telegram: Control) -> None:
    """One reaction, which the next replaces and nothing removes."""
    hers = (await telegram.post("write", user_id=ANA, chat_id=FORUM, text="olá"))["message_id"]
    shown: list[Any] = []
    for emoji in ("👀", "👌", ""):
        await bot.set_message_reaction(FORUM, hers, reaction=[ReactionTypeEmoji(emoji=emoji)] if emoji else [])
        shown.append((await telegram.get("chats", chat_id=FORUM))["chats"][0]["messages"][0]["reactions"])
    assert [[one["emoji"] for one in reactions] for reactions in shown] == [["👀"], ["👌"], []]


@pytest.mark.parametrize(
    ("reaction", "words"),
    [
        ([ReactionTypeEmoji(emoji="✅")], "REACTION_INVALID"),
        ([ReactionTypeCustomEmoji(custom_emoji_id="5")], "REACTION_INVALID"),
        ([ReactionTypeEmoji(emoji="👀"), ReactionTypeEmoji(emoji="👌")], "REACTIONS_TOO_MANY"),
    ],
)
async def test_refused_reactions(bot: Bot, telegram: Control, reaction: list[Any], words: str) -> None:
    """Only one, and only of those that Telegram has."""
    hers = (await telegram.post("write", user_id=ANA, chat_id=FORUM, text="olá"))["message_id"]
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.set_message_reaction(FORUM, hers, reaction=reaction)


async def test_commands_by_scope_and_language(bot: Bot, telegram: Control) -> None:
    """Each scope and language has commands of its own; a user sees the narrowest."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    private, hers = BotCommandScopeAllPrivateChats(), BotCommandScopeChat(chat_id=ANA)
    for name, scope, language in (("help", private, None), ("ajuda", private, "pt"), ("minha", hers, None)):
        await bot.set_my_commands([BotCommand(command=name, description="x")], scope=scope, language_code=language)
    narrow = (await telegram.get("chats", chat_id=ANA))["chats"][0]["commands"]
    await bot.delete_my_commands(scope=hers)
    wide = (await telegram.get("chats", chat_id=ANA))["chats"][0]["commands"]
    kept = await bot.get_my_commands(scope=private)
    assert (narrow[0]["command"], wide[0]["command"], kept[0].command) == ("minha", "ajuda", "help")


async def test_the_menu_button(bot: Bot, telegram: Control) -> None:
    """A private chat's menu button may open the Mini App."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    button = MenuButtonWebApp(text="Painel", web_app=WebAppInfo(url="https://x.org/app"))
    await bot.set_chat_menu_button(chat_id=ANA, menu_button=button)
    assert isinstance(await bot.get_chat_menu_button(chat_id=ANA), MenuButtonWebApp)
    assert (await bot.get_chat_menu_button()).type == "commands"
