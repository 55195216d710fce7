"""Chats of the Telegram emulator: who may write where, topics, members, taps, reactions."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    ChatMemberAdministrator,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonWebApp,
    ReactionTypeCustomEmoji,
    ReactionTypeEmoji,
    WebAppInfo,
)

from sandbox.telegram.config import TelegramBot
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT, CAIO, FORUM, GROUP, OTHER_BOT, open_bot, updates

TAKE = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Assumir", callback_data="take:1"),
            InlineKeyboardButton(text="Ver", url="https://x.org"),
        ]
    ]
)


async def test_a_bot_cannot_write_first(bot: Bot) -> None:
    """Who never opened the bot's chat cannot be written to; who is nobody is not found."""
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(ANA, "oi")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(123, "oi")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.get_chat(ANA)


async def test_a_blocked_bot(bot: Bot, telegram: Control) -> None:
    """A user who blocks the bot cannot be written to, until he starts it again; the bot is told of both."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    await telegram.post("block", user_id=ANA, bot_id=BOT.id)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(ANA, "oi")
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    await bot.send_message(ANA, "oi")
    changes = [u.my_chat_member.new_chat_member.status for u in await updates(bot) if u.my_chat_member]
    assert changes == ["kicked", "member"]


async def test_a_removed_bot(bot: Bot, telegram: Control) -> None:
    """A bot that was removed is told so, and refused afterwards."""
    await telegram.post("members", chat_id=GROUP, person_id=BOT.id, by=ANA, action="kick")
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the group chat"):
        await bot.send_message(GROUP, "oi")
    assert [u.my_chat_member.new_chat_member.status for u in await updates(bot) if u.my_chat_member] == ["kicked"]


async def test_a_bot_that_left(bot: Bot) -> None:
    """A bot that left is no member."""
    assert await bot.leave_chat(FORUM)
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup chat"):
        await bot.send_message(FORUM, "oi")


async def test_an_upgraded_group(bot: Bot, telegram: Control) -> None:
    """The old id is refused with the new one, and both chats tell of the change."""
    newer = (await telegram.post("upgrade", chat_id=GROUP, user_id=ANA, is_forum=True))["id"]
    with pytest.raises(TelegramMigrateToChat) as caught:
        await bot.send_message(GROUP, "oi")
    told = [u.message for u in await updates(bot) if u.message]
    sent = await bot.send_message(caught.value.migrate_to_chat_id, "oi")
    assert (newer, newer) == (caught.value.migrate_to_chat_id, sent.chat.id)
    assert [(GROUP, newer, None), (newer, None, GROUP)] == [
        (m.chat.id, m.migrate_to_chat_id, m.migrate_from_chat_id) for m in told
    ]


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


async def test_pins(bot: Bot) -> None:
    """A pinned message is the chat's, until it is unpinned."""
    sent = await bot.send_message(FORUM, "regras")
    await bot.pin_chat_message(FORUM, sent.message_id)
    pinned = (await bot.get_chat(FORUM)).pinned_message
    await bot.unpin_chat_message(FORUM, message_id=sent.message_id)
    assert pinned is not None
    assert (sent.message_id, None) == (pinned.message_id, (await bot.get_chat(FORUM)).pinned_message)


async def test_members(bot: Bot, telegram: Control) -> None:
    """Members come and go with service messages; the bot learns who leads."""
    await telegram.post("members", chat_id=FORUM, person_id=CAIO, action="join")
    before = await bot.get_chat_member_count(FORUM)
    await telegram.post("members", chat_id=FORUM, person_id=CAIO, action="leave")
    told = [u.message for u in await updates(bot) if u.message]
    leaders = await bot.get_chat_administrators(FORUM)
    assert (before, await bot.get_chat_member_count(FORUM)) == (5, 4)
    assert [m.content_type for m in told] == ["new_chat_members", "left_chat_member"]
    assert [(ANA, "creator"), (BOT.id, "administrator")] == [(m.user.id, m.status) for m in leaders]
    assert (await bot.get_chat_member(FORUM, CAIO)).status == "left"


async def test_a_promoted_bot(plain_bot: Bot, telegram: Control) -> None:
    """A promotion gives the named rights, and the bot is told."""
    await telegram.post(
        "members", chat_id=FORUM, person_id=OTHER_BOT.id, by=ANA, action="promote", rights=["can_manage_topics"]
    )
    told = next(u.my_chat_member.new_chat_member for u in await updates(plain_bot) if u.my_chat_member)
    assert isinstance(told, ChatMemberAdministrator)
    assert (told.can_manage_topics, told.can_pin_messages) == (True, False)
    assert (await plain_bot.create_forum_topic(FORUM, "x")).name == "x"


async def test_changes_of_members_have_to_be_asked_for(bot: Bot, telegram: Control) -> None:
    """A leading bot that asks is told who comes."""
    await updates(bot, ["chat_member"])
    await telegram.post("members", chat_id=FORUM, person_id=CAIO, action="join")
    assert [u.chat_member.new_chat_member.user.id for u in await updates(bot) if u.chat_member] == [CAIO]


async def test_private_chats_have_no_administrators(bot: Bot, telegram: Control) -> None:
    """The question makes no sense in a chat of two."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    with pytest.raises(TelegramBadRequest, match="there are no administrators in the private chat"):
        await bot.get_chat_administrators(ANA)
    assert (await bot.get_chat_member(ANA, ANA)).status == "member"


async def test_a_bot_deletes_what_others_wrote(bot: Bot, plain_bot: Bot, telegram: Control) -> None:
    """In a group it takes the right to delete others' messages."""
    hers = await telegram.post("write", user_id=BIA, chat_id=FORUM, text="spam")
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await plain_bot.delete_message(FORUM, hers["message_id"])
    assert await bot.delete_messages(FORUM, [hers["message_id"], 999])


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


async def test_a_wrong_token(telegram: Control) -> None:
    """A token that BotFather never gave is 401."""
    async with open_bot(TelegramBot(token="7001:AAE-wrong"), telegram.url) as bot:
        with pytest.raises(TelegramUnauthorizedError):
            await bot.get_me()


class Dance(TelegramMethod[bool]):
    """A method that Telegram does not have."""

    __returning__ = bool
    __api_method__ = "dance"


async def test_an_unknown_method(bot: Bot) -> None:
    """A method that does not exist is 404."""
    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot(Dance())


async def test_calls_by_get_form_and_json(telegram: Control) -> None:
    """The Bot API takes a query, a form and JSON alike, and method names in any case."""
    url = f"{telegram.url}/bot{BOT.token}/SENDmessage"
    said = []
    body = {"chat_id": str(FORUM), "text": "oi"}
    async with telegram.http.get(url, params=body) as response:
        said.append((await response.json())["result"]["text"])
    async with telegram.http.post(url, data=body) as response:
        said.append((await response.json())["result"]["text"])
    async with telegram.http.post(url, json={"chat_id": FORUM, "text": "oi"}) as response:
        said.append((await response.json())["result"]["text"])
    assert said == ["oi"] * 3
