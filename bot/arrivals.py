"""What Telegram tells us of, and how an update is stored. The web process needs this much of the bot, and no more."""

import json
from collections.abc import Mapping
from typing import Any, Final

from core.domain.errors import BadRequest
from core.services.update_inbox import NewUpdate

KINDS: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""The updates that we want; what is not listed Telegram does not send."""


def new_update(raw: Mapping[str, Any]) -> NewUpdate:
    """The update as it is stored. Raises ``BadRequest`` for what is none."""
    update_id = raw.get("update_id")
    if not isinstance(update_id, int):
        message = "this is no update of Telegram's"
        raise BadRequest(message)
    # The standard library's JSON takes half a character too: an update nobody can read must not stop those behind it.
    return NewUpdate(update_id, _lane(raw), json.dumps(raw).encode())


def read_update(body: bytes) -> NewUpdate:
    """The same, of the body of a webhook. Raises ``BadRequest``."""
    try:
        raw = json.loads(body)
    except ValueError as error:
        message = "this is no JSON"
        raise BadRequest(message) from error
    return new_update(raw if isinstance(raw, dict) else {})


def _lane(raw: Mapping[str, Any]) -> int:
    """The chat that it happened in, else who did it."""
    for kind in KINDS:
        event = raw.get(kind)
        if isinstance(event, dict):
            inside = event.get("message")
            for holder in (event, inside if isinstance(inside, dict) else {}):
                chat = holder.get("chat")
                if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                    return int(chat["id"])
            person = event.get("from")
            return int(person["id"]) if isinstance(person, dict) and isinstance(person.get("id"), int) else 0
    return 0
