"""Topics of the Telegram emulator's forums: made, changed, closed, gone, and who may do it."""

from collections.abc import Awaitable, Callable

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BotCommand

from sandbox.telegram.config import TelegramBot
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BOT, CAIO, FORUM, GROUP, open_bot, updates


async def test_a_topic(bot: Bot, telegram: Control) -> None:
    """A topic is made, written into, and shown with its messages."""
    topic = await bot.create_forum_topic(FORUM, "Lead 7", icon_color=9367192)
    sent = await bot.send_message(FORUM, "oi", message_thread_id=topic.message_thread_id)
    hers = await telegram.post("write", user_id=ANA, chat_id=FORUM, thread_id=topic.message_thread_id, text="olá")
    seen = [u.message for u in await updates(bot) if u.message][-1]
    assert (topic.message_thread_id, True) == (sent.message_thread_id, sent.is_topic_message)
    assert (hers["message_id"], topic.message_thread_id) == (seen.message_id, seen.message_thread_id)
    assert seen.reply_to_message is not None
    assert seen.reply_to_message.forum_topic_created is not None


async def test_the_general_topic_has_no_thread(bot: Bot, telegram: Control) -> None:
    """What is written in the general topic has no thread id, and id 1 is no thread to write into."""
    await telegram.post("write", user_id=ANA, chat_id=FORUM, text="olá")
    seen = next(u.message for u in await updates(bot) if u.message)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(FORUM, "oi", message_thread_id=1)
    assert (seen.message_thread_id, seen.is_topic_message) == (None, None)


async def test_a_reply_stays_in_its_topic(bot: Bot, telegram: Control) -> None:
    """An answer to a message in a topic lands in that topic, named or not."""
    topic = await bot.create_forum_topic(FORUM, "Lead 7")
    sent = await bot.send_message(FORUM, "oi", message_thread_id=topic.message_thread_id)
    answer = await telegram.post("write", user_id=ANA, chat_id=FORUM, reply_to=sent.message_id, text="olá")
    mine = await bot.send_message(FORUM, "sim", reply_to_message_id=answer["message_id"])
    assert {topic.message_thread_id} == {answer["message"]["message_thread_id"], mine.message_thread_id}


async def test_a_reply_in_a_plain_supergroup_has_a_thread(bot: Bot, telegram: Control) -> None:
    """Without topics a reply carries the thread of what it answers, and is no topic message."""
    chat = (await telegram.post("groups", title="Sem tópicos", members=[ANA], admins=[BOT.id]))["id"]
    first = await telegram.post("write", user_id=ANA, chat_id=chat, text="um")
    await telegram.post("write", user_id=ANA, chat_id=chat, reply_to=first["message_id"], text="dois")
    seen = [u.message for u in await updates(bot) if u.message][-1]
    assert (first["message_id"], None) == (seen.message_thread_id, seen.is_topic_message)


async def test_topics_change(bot: Bot) -> None:
    """A topic is renamed, closed and reopened; doing it again is refused."""
    topic = (await bot.create_forum_topic(FORUM, "Lead 7")).message_thread_id
    assert await bot.edit_forum_topic(FORUM, topic, name="Lead sete")
    assert await bot.close_forum_topic(FORUM, topic)
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.close_forum_topic(FORUM, topic)
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.edit_forum_topic(FORUM, topic, name="Lead sete")
    assert await bot.reopen_forum_topic(FORUM, topic)


async def test_a_deleted_topic_is_gone(bot: Bot, telegram: Control) -> None:
    """A person deletes a topic: no update tells of it, and the next message into it is refused."""
    topic = (await bot.create_forum_topic(FORUM, "Lead 7")).message_thread_id
    card = await bot.send_message(FORUM, "card", message_thread_id=topic)
    await telegram.post("topics", chat_id=FORUM, user_id=ANA, action="delete", thread_id=topic)
    told = await updates(bot)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(FORUM, "oi", message_thread_id=topic)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=FORUM, message_id=card.message_id)
    assert told == []


async def test_a_bot_deletes_a_topic(bot: Bot, telegram: Control) -> None:
    """The topic goes with its messages, though the message that made it cannot be deleted alone."""
    topic = (await bot.create_forum_topic(FORUM, "Lead 7")).message_thread_id
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await bot.delete_message(FORUM, topic)
    assert await bot.delete_forum_topic(FORUM, topic)
    seen = (await telegram.get("chats", chat_id=FORUM))["chats"][0]
    assert (seen["topics"], seen["messages"]) == ([], [])


async def test_a_closed_topic(bot: Bot, plain_bot: Bot, telegram: Control) -> None:
    """In a closed topic only those write who may manage topics."""
    topic = (await bot.create_forum_topic(FORUM, "Lead 7")).message_thread_id
    await telegram.post("topics", chat_id=FORUM, user_id=ANA, action="close", thread_id=topic)
    await bot.send_message(FORUM, "oi", message_thread_id=topic)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await plain_bot.send_message(FORUM, "oi", message_thread_id=topic)


Doing = Callable[[Bot], Awaitable[object]]


@pytest.mark.parametrize(
    ("doing", "words"),
    [
        (lambda bot: bot.create_forum_topic(FORUM, "x"), "not enough rights to create a topic"),
        (lambda bot: bot.close_forum_topic(FORUM, 5), "not enough rights to manage topics"),
        (lambda bot: bot.create_forum_topic(GROUP, "x"), "the chat is not a forum"),
        (lambda bot: bot.pin_chat_message(FORUM, 1), "not enough rights to manage pinned messages in the chat"),
        (lambda bot: bot.set_message_reaction(FORUM, 999), "message to react not found"),
        (lambda bot: bot.get_chat_member(FORUM, 12345), "member not found"),
        (lambda bot: bot.answer_callback_query("1"), "query is too old and response timeout expired or query ID is"),
        (lambda bot: bot.set_my_commands([BotCommand(command="Ajuda", description="x")]), "BOT_COMMAND_INVALID"),
        (lambda bot: bot.set_my_commands([BotCommand(command="a", description=" ")]), "BOT_COMMAND_DESCRIPTION_INVAL"),
    ],
)
async def test_refusals(plain_bot: Bot, doing: Doing, words: str) -> None:
    """What a bot without rights, or with wrong arguments, is told."""
    with pytest.raises(TelegramBadRequest, match=words):
        await doing(plain_bot)


@pytest.mark.parametrize(
    ("doing", "words"),
    [
        (lambda bot: bot.create_forum_topic(FORUM, " "), "TOPIC_TITLE_EMPTY"),
        (lambda bot: bot.create_forum_topic(FORUM, "x", icon_color=1), "invalid icon color specified"),
        (lambda bot: bot.delete_forum_topic(FORUM, 999), "message thread not found"),
        (lambda bot: bot.pin_chat_message(FORUM, 999), "message to pin not found"),
        (lambda bot: bot.unpin_chat_message(FORUM, message_id=999), "message to unpin not found"),
        (lambda bot: bot.send_message("@nobody", "x"), "chat not found"),
    ],
)
async def test_refusals_of_a_leading_bot(bot: Bot, doing: Doing, words: str) -> None:
    """What even a bot with rights is told."""
    with pytest.raises(TelegramBadRequest, match=words):
        await doing(bot)


async def test_a_long_topic_name_is_cut(bot: Bot) -> None:
    """Telegram keeps 128 characters of a name."""
    assert len((await bot.create_forum_topic(FORUM, "x" * 200)).name) == 128


async def test_topics_in_a_private_chat(telegram: Control) -> None:
    """A bot with topic mode makes topics in a private chat; closing them is for supergroups."""
    threaded = TelegramBot(token="7003:AAE-threads", username="fios_bot", has_topics_enabled=True)
    await telegram.post("bots", **threaded.model_dump())
    await telegram.post("start", user_id=CAIO, bot_id=threaded.id)
    async with open_bot(threaded, telegram.url) as bot:
        topic = await bot.create_forum_topic(CAIO, "Lead 7")
        sent = await bot.send_message(CAIO, "oi", message_thread_id=topic.message_thread_id)
        with pytest.raises(TelegramBadRequest, match="the chat is not a supergroup"):
            await bot.close_forum_topic(CAIO, topic.message_thread_id)
    assert sent.is_topic_message
