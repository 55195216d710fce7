"""What is told once: the words of each kind of notice."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from bot.figure_notices import draw_figures
from bot.texts import Html, Text
from bot.troubles import in_words, why_stopped
from core.domain.notification import NotificationKind
from core.services import scenes
from core.services.channel_desk import stopped_account
from core.services.data_requests import told_request
from core.services.dead_letters import open_letter


async def draw_notice(tenant_id: UUID, payload: Mapping[str, Any], text: Text) -> Html | None:
    """The notice in words; ``None`` when what it is about is gone."""
    kind, subject = NotificationKind(payload["kind"]), UUID(str(payload["subject_id"]))
    match kind:
        case NotificationKind.TRANSFERRED | NotificationKind.SILENT_ATTENDANT | NotificationKind.REPLIES_BLOCKED:
            thread = await scenes.thread_of(tenant_id, subject)
            return text(f"notice.{kind}", lead=thread.lead, count=payload.get("count", 1)) if thread else None
        case NotificationKind.DEAD_LETTER:
            return await _dead_letter(tenant_id, subject, int(payload.get("count", 1)), text)
        case NotificationKind.CHANNEL_STOPPED:
            return await _channel_stopped(tenant_id, subject, text)
        case NotificationKind.DATA_REQUEST | NotificationKind.DATA_REQUEST_DUE | NotificationKind.DATA_REQUEST_OVERDUE:
            return await _data_request(kind, tenant_id, subject, text)
        case NotificationKind.TENANT_DELETION | NotificationKind.TENANT_DELETION_NEAR:
            day = date.fromisoformat(str(payload["day"])).strftime(text.plain("day.pattern"))
            return text(f"notice.{kind}", day=day)
        case _:
            return draw_figures(kind, payload, text)


async def _data_request(kind: NotificationKind, tenant_id: UUID, request_id: UUID, text: Text) -> Html | None:
    asked = await told_request(tenant_id, request_id)
    if asked is None:
        return None
    due = asked.due_at.strftime(text.plain("day.pattern"))
    return text(f"notice.{kind}", lead=asked.lead, what=text(f"request.{asked.kind}"), due=due)


async def _dead_letter(tenant_id: UUID, letter_id: UUID, count: int, text: Text) -> Html | None:
    """One by itself is gone once it is dealt with; of many it is an example, and the others may be there still."""
    letter = await open_letter(tenant_id, letter_id)
    if letter is None:
        return text("notice.dead_letters_some", count=count) if count > 1 else None
    what, error = text(f"letter.{letter.kind}"), in_words(letter.error, text)
    if count > 1:
        return text("notice.dead_letters", what=what, error=error, count=count)
    return text("notice.dead_letter", what=what, error=error)


async def _channel_stopped(tenant_id: UUID, account_id: UUID, text: Text) -> Html | None:
    account = await stopped_account(tenant_id, account_id)
    if account is None:
        return None
    named = f"channel.{account.channel}"
    channel = text(named if named in text else "channel.other")
    return text("notice.channel_stopped", channel=channel, reason=why_stopped(account.reason, text))
