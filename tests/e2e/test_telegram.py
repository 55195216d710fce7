"""Telegram, with a bot, a chat and a forum of yours. Take a bot of its own, not that of an installation that works.

Costs nothing. One message comes into ``E2E_TELEGRAM_CHAT``, is edited, gets a reaction and is deleted; in the forum one
topic is made, written to, renamed and deleted with what is in it. With ``TELEGRAM_WEBHOOK_URL`` the bot's webhook is set
to that address and its menus become Reveza's; then the webhook is what it was. If the bot already has one, that is only
done when ``REVEZA_SECRET_KEY`` tells that it is this installation's own, for nobody else could put it back.
One call has a wrong token.
"""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramUnauthorizedError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message, ReactionTypeEmoji

from app.settings import Settings
from app.telegram import open_bot, webhook_address
from bot.registration import Registration, WebhookAddress
from bot.texts import Catalogs
from tests.e2e.keys import Keys, chosen
from tests.e2e.words import WORDS

pytestmark = pytest.mark.e2e

NEEDS = {
    "TELEGRAM_BOT_TOKEN": "a bot's token, as BotFather gives it",
    "E2E_TELEGRAM_CHAT": "the number of a chat of yours that the bot may write to (say /start to it)",
    "E2E_TELEGRAM_FORUM": "the number of a group with topics in which the bot may manage them: -100…",
}
MAY = {
    "TELEGRAM_WEBHOOK_URL": "a public address of yours, https://host, that the webhook is set to for a moment",
    "REVEZA_SECRET_KEY": "the installation's key, which its webhook can be put back with",
}
_BUTTONS = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Assumir", callback_data="e2e:1", style="primary"),
            InlineKeyboardButton(text="Devolver", callback_data="e2e:2", style="danger"),
        ]
    ]
)


def _settings(token: str, *, secret_key: str = "", webhook_url: str = "") -> Settings:
    """Those that Telegram is about; the rest of an installation is not needed here."""
    url = chosen("TELEGRAM_API_URL", str(Settings.model_fields["telegram_api_url"].default))
    return Settings.model_construct(
        telegram_bot_token=token, telegram_api_url=url, secret_key=secret_key, telegram_webhook_url=webhook_url
    )


@pytest.fixture
async def bot(keys: Keys) -> AsyncIterator[Bot]:
    """The bot, as the worker opens it."""
    async with open_bot(_settings(keys["TELEGRAM_BOT_TOKEN"])) as opened:
        yield opened


@pytest.fixture
async def message(bot: Bot, keys: Keys) -> AsyncIterator[Message]:
    """A message with buttons, deleted at the end."""
    sent = await bot.send_message(int(keys["E2E_TELEGRAM_CHAT"]), WORDS, reply_markup=_BUTTONS)
    yield sent
    assert await bot.delete_message(sent.chat.id, sent.message_id)


async def test_the_token_is_the_bots(bot: Bot) -> None:
    """Telegram knows it under the number that the token begins with."""
    me = await bot.get_me()
    assert (me.id, me.is_bot) == (bot.id, True)


async def test_a_message_has_buttons(message: Message) -> None:
    """They come back as they were sent."""
    assert message.reply_markup is not None
    assert [button.callback_data for button in message.reply_markup.inline_keyboard[0]] == ["e2e:1", "e2e:2"]


async def test_a_message_is_edited(bot: Bot, message: Message) -> None:
    """Its words change, its buttons go."""
    edited = await bot.edit_message_text("…", chat_id=message.chat.id, message_id=message.message_id)
    assert isinstance(edited, Message)
    assert (edited.text, edited.reply_markup) == ("…", None)


async def test_a_message_gets_a_reaction(bot: Bot, message: Message) -> None:
    """One of those that show how far a member's words have come."""
    assert await bot.set_message_reaction(message.chat.id, message.message_id, reaction=[ReactionTypeEmoji(emoji="👀")])


async def test_a_topic_is_made_used_and_deleted(bot: Bot, keys: Keys) -> None:
    """What is written into it is in it."""
    forum = int(keys["E2E_TELEGRAM_FORUM"])
    topic = await bot.create_forum_topic(forum, "Ensaio")
    try:
        written = await bot.send_message(forum, WORDS, message_thread_id=topic.message_thread_id)
        assert (written.message_thread_id, written.is_topic_message) == (topic.message_thread_id, True)
        assert await bot.edit_forum_topic(forum, topic.message_thread_id, name="Ensaio terminado")
    finally:
        assert await bot.delete_forum_topic(forum, topic.message_thread_id)


async def test_the_webhook_is_set_and_put_back(bot: Bot, keys: Keys) -> None:
    """By what the web process's installation tells Telegram at its start."""
    before = (await bot.get_webhook_info()).url
    back = _own_webhook(keys, before) if before else None
    ours = WebhookAddress(keys["TELEGRAM_WEBHOOK_URL"], "e2e")
    try:
        await Registration(bot, Catalogs.load(), ours).tell()
        assert (await bot.get_webhook_info()).url == ours.url(bot.id)
    finally:
        await bot.delete_webhook()
        if back is not None:
            await Registration(bot, Catalogs.load(), back).tell()
    assert (await bot.get_webhook_info()).url == before


def _own_webhook(keys: Keys, url: str) -> WebhookAddress:
    """The webhook that stands, with the secret that only its installation knows."""
    base, secret = url.partition("/telegram/")[0], keys["REVEZA_SECRET_KEY"]
    known = _settings(keys["TELEGRAM_BOT_TOKEN"], secret_key=secret, webhook_url=base)
    address = webhook_address(known)
    assert address is not None
    told = "the bot's webhook is not this installation's, and could not be put back: take another bot"
    assert address.url(known.telegram_bot_id) == url, told
    return address


async def test_a_wrong_token_is_refused(keys: Keys) -> None:
    """Nothing is sent."""
    async with open_bot(_settings(keys["TELEGRAM_BOT_TOKEN"] + "0")) as stranger:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()
