"""What a chat is to show no more: taken away where Telegram lets a bot, emptied where it only lets it edit."""

from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from bot.refusals import Refusal, refusal
from bot.texts import Text
from core.services.post_queue import LEFT, DuePost, Shown

_GONE: Final = "gone"
_NOT_THERE: Final = frozenset({Refusal.MESSAGE_GONE, Refusal.TOPIC_GONE})


async def take_back(bot: Bot, post: DuePost, text: Text) -> Shown:
    """A topic with all that is in it, or one message.

    A message older than two days goes only where the bot is a supergroup's admin who may delete; one of its own can be emptied
    at any age. Somebody else's, in a chat where the bot may not, is left.
    """
    if post.thread_id is not None:
        return Shown(shown=await _topic(bot, post.chat_id, post.thread_id), messages=0)
    assert post.number is not None, "a message, where there is no topic"  # noqa: S101 - take_back_shown says so
    return Shown(post.number, shown=await _message(bot, post.chat_id, post.number, text), messages=0)


async def _topic(bot: Bot, chat_id: int, thread_id: int) -> str:
    """Its messages are taken back one by one too: where the topic stays they go."""
    try:
        await bot.delete_forum_topic(chat_id, thread_id)
    except TelegramBadRequest as error:
        what = refusal(error)
        if what is not Refusal.NEVER and what not in _NOT_THERE:
            raise
        return LEFT if what is Refusal.NEVER else _GONE
    return _GONE


async def _message(bot: Bot, chat_id: int, number: int, text: Text) -> str:
    try:
        await bot.delete_message(chat_id, number)
    except TelegramBadRequest as error:
        what = refusal(error)
        if what is Refusal.NEVER:
            return await _emptied(bot, chat_id, number, text)
        if what not in _NOT_THERE:
            raise
    return _GONE


async def _emptied(bot: Bot, chat_id: int, number: int, text: Text) -> str:
    try:
        await bot.edit_message_text(text("rights.taken_back"), chat_id=chat_id, message_id=number, parse_mode="HTML")
    except TelegramBadRequest as error:
        what = refusal(error)
        if what is Refusal.UNCHANGED:
            return _GONE
        if what in {Refusal.NEVER, Refusal.MESSAGE_GONE}:  # "can't be edited": it is not the bot's
            return LEFT
        raise
    return _GONE
