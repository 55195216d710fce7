"""What is told once: the words of each kind of notice."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from bot.texts import Html, Text
from core.services import scenes
from core.services.incidents_view import account_named, letter_named

_KNOWN: Final = frozenset({"transferred", "dead_letter", "channel_stopped", "budget_reached", "silent_attendant"})


async def draw_notice(tenant_id: UUID, payload: Mapping[str, Any], text: Text) -> Html | None:
    """The notice in words; ``None`` when what it is about is gone."""
    kind, subject = str(payload["kind"]), UUID(str(payload["subject_id"]))
    if kind in {"transferred", "silent_attendant"}:
        thread = await scenes.thread_of(tenant_id, subject)
        return text(f"notice.{kind}", lead=thread.lead) if thread else None
    if kind == "dead_letter":
        letter = await letter_named(tenant_id, subject)
        return text("notice.dead_letter", what=text(f"letter.{letter.kind}"), error=letter.error) if letter else None
    if kind == "channel_stopped":
        account = await account_named(tenant_id, subject)
        if account is None:
            return None
        channel = text(f"channel.{account.channel}")
        return text("notice.channel_stopped", channel=channel, reason=account.reason)
    return text(f"notice.{kind}") if kind in _KNOWN else None
