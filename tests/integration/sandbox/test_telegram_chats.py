"""Chats of the Telegram emulator: who may write where, pins, members."""

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
from aiogram.types import ChatMemberAdministrator

from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BIA, BOT, CAIO, FORUM, GROUP, OTHER_BOT, updates


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
