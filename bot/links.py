"""Links into chats of Telegram."""

from typing import Final

_OF_SUPERGROUPS: Final = "-100"


def link_of_topic(chat_id: int, thread_id: int) -> str:
    """Where members of a supergroup open one of its topics."""
    return f"https://t.me/c/{str(chat_id).removeprefix(_OF_SUPERGROUPS)}/{thread_id}"
