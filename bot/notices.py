"""What is told once: the words of each kind of notice."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bot.texts import Html, Text
from bot.troubles import in_words, why_stopped
from core.domain.notification import NotificationKind
from core.services import scenes
from core.services.channel_desk import stopped_account
from core.services.dead_letters import open_letter


async def draw_notice(tenant_id: UUID, payload: Mapping[str, Any], text: Text) -> Html | None:
    """The notice in words; ``None`` when what it is about is gone."""
    kind, subject = NotificationKind(payload["kind"]), UUID(str(payload["subject_id"]))
    match kind:
        case NotificationKind.TRANSFERRED | NotificationKind.SILENT_ATTENDANT:
            thread = await scenes.thread_of(tenant_id, subject)
            return text(f"notice.{kind}", lead=thread.lead) if thread else None
        case NotificationKind.DEAD_LETTER:
            return await _dead_letter(tenant_id, subject, text)
        case NotificationKind.CHANNEL_STOPPED:
            return await _channel_stopped(tenant_id, subject, text)
        case _:
            return text(f"notice.{kind}")


async def _dead_letter(tenant_id: UUID, letter_id: UUID, text: Text) -> Html | None:
    letter = await open_letter(tenant_id, letter_id)
    return (
        text("notice.dead_letter", what=text(f"letter.{letter.kind}"), error=in_words(letter.error, text))
        if letter
        else None
    )


async def _channel_stopped(tenant_id: UUID, account_id: UUID, text: Text) -> Html | None:
    account = await stopped_account(tenant_id, account_id)
    if account is None:
        return None
    named = f"channel.{account.channel}"
    channel = text(named if named in text else "channel.other")
    return text("notice.channel_stopped", channel=channel, reason=why_stopped(account.reason, text))
