"""What Telegram's refusals mean for what was to be shown."""

from enum import Enum, auto
from typing import Final

from aiogram.exceptions import (
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)


class Refusal(Enum):
    """What is to be done."""

    WAIT = auto()
    """The chat takes nothing for a while (429)."""
    AGAIN = auto()
    """Telegram is away, or did not answer: it may have taken it all the same."""
    UNCHANGED = auto()
    """It is shown already."""
    MESSAGE_GONE = auto()
    """The message that was to be changed is not there any more."""
    TOPIC_GONE = auto()
    MOVED = auto()
    """The group was upgraded and has another id."""
    CHAT_GONE = auto()
    """The bot was blocked or thrown out, or the chat does not exist."""
    NEVER = auto()
    """What was asked for is wrong: asking again would not help."""


_BY_WORDS: Final = (
    ("message is not modified", Refusal.UNCHANGED),
    ("message to edit not found", Refusal.MESSAGE_GONE),
    ("message to delete not found", Refusal.MESSAGE_GONE),
    ("message can't be edited", Refusal.MESSAGE_GONE),
    ("message_id_invalid", Refusal.MESSAGE_GONE),
    ("message thread not found", Refusal.TOPIC_GONE),
    ("topic_deleted", Refusal.TOPIC_GONE),
    ("topic_id_invalid", Refusal.TOPIC_GONE),
    ("topic_closed", Refusal.TOPIC_GONE),
    ("chat not found", Refusal.CHAT_GONE),
    ("group chat was deactivated", Refusal.CHAT_GONE),
    ("peer_id_invalid", Refusal.CHAT_GONE),
)
"""Telegram tells these apart in its description alone."""


def refusal(error: TelegramAPIError) -> Refusal:
    """What this error asks for."""
    if isinstance(error, TelegramRetryAfter):
        return Refusal.WAIT
    if isinstance(error, TelegramNetworkError | TelegramServerError):
        return Refusal.AGAIN
    if isinstance(error, TelegramMigrateToChat):
        return Refusal.MOVED
    if isinstance(error, TelegramForbiddenError):
        return Refusal.CHAT_GONE
    words = error.message.lower()
    return next((meaning for part, meaning in _BY_WORDS if part in words), Refusal.NEVER)
