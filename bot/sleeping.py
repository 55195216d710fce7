"""How long a conversation is to sleep, as it is asked and told."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from aiogram.types import InlineKeyboardMarkup

from bot.cards import Drawn
from bot.keyboards import button, keyboard
from bot.taps import ConversationTap, Nap, SnoozeTap, Verb
from bot.texts import Text
from core.domain.notification import NotificationKind
from core.services.post_queue import DuePost
from core.services.waiting_scenes import LeadScene

NAPS: Final[Mapping[Nap, str]] = {
    Nap.HOUR: "em 1 h",
    Nap.HOURS: "em 3 h",
    Nap.TOMORROW: "amanhã às 9",
    Nap.MONDAY: "segunda às 9",
}
"""What each button says for whoever taps it, in words as he would write them."""


def naps(text: Text, tenant_id: UUID, conversation_id: UUID) -> InlineKeyboardMarkup | None:
    """A button for each."""
    rows = ((Nap.HOUR, Nap.HOURS), (Nap.TOMORROW, Nap.MONDAY))
    return keyboard(
        [button(text.plain(f"sleep.{nap}"), SnoozeTap.about(nap, tenant_id, conversation_id)) for nap in row]
        for row in rows
    )


def tells_what_woke(payload: Mapping[str, Any]) -> bool:
    """Whether a notice tells of a conversation that slept until now."""
    return payload.get("kind") == NotificationKind.WOKEN


def draw_woken(post: DuePost, scene: LeadScene, text: Text) -> Drawn:
    """Whose it is, with what can be done about it beside what its card has."""
    verbs = (Verb.VIEW, Verb.SNOOZE)
    row = [
        button(text.plain(f"button.{verb}"), ConversationTap.about(verb, post.tenant_id, post.subject_of_notice))
        for verb in verbs
    ]
    return Drawn(text("notice.woken", lead=scene.lead), keyboard([row]))
