"""Answers to the team, kept until Telegram has taken them."""

from collections.abc import Mapping
from uuid import UUID

import orjson

from core.services.team_chats import Place
from db.tenancy import tenant_scope


async def put_reply(
    place: Place, key: UUID, payload: Mapping[str, object], *, conversation_id: UUID | None = None
) -> None:
    """Something to be said once in that chat; under the same ``key`` it is not said again.

    ``conversation_id``: what a reply to it will be about.
    """
    text = orjson.dumps(payload).decode()
    async with tenant_scope(place.tenant_id) as scope:
        await scope.row("put_reply", place.tenant_id, place.chat_ref, key, text, place.thread_id, conversation_id)
