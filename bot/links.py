"""Links into chats of Telegram."""

from typing import Final

_OF_SUPERGROUPS: Final = "-100"


def link_of_topic(chat_id: int, thread_id: int) -> str:
    """Where members of a supergroup open one of its topics."""
    return f"https://t.me/c/{str(chat_id).removeprefix(_OF_SUPERGROUPS)}/{thread_id}"


def link_of_invitation(bot_name: str, token: str) -> str:
    """Where an invited person opens the bot, and is in."""
    return f"https://t.me/{bot_name}?start={token}"
