"""The words of a reminder that a lead waits for anybody of the team, with what can be done about it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from aiogram.types import InlineKeyboardButton

from bot.cards import Drawn
from bot.durations import lasting
from bot.keyboards import button, keyboard
from bot.taps import ConversationTap, Verb
from bot.texts import Html, Text
from core.domain.notification import NotificationKind
from core.domain.team import ChatKind
from core.services.post_queue import DuePost
from core.services.waiting_scenes import NamedPerson, WaitingScene, people_named

_KINDS: Final = frozenset({NotificationKind.WAITING_REMINDER, NotificationKind.WAITING_ESCALATED})


def tells_who_waits(payload: Mapping[str, Any]) -> bool:
    """Whether a notice is such a reminder."""
    return payload.get("kind") in _KINDS


async def draw_who_waits(
    post: DuePost, scene: WaitingScene, text: Text, panel: InlineKeyboardButton | None = None
) -> Drawn:
    """Who waits and for how long; in a group it names those who lead the team and hear of it nowhere else."""
    html = text(f"notice.{post.payload['kind']}", lead=scene.lead, time=lasting(scene.minutes, text))
    named = [UUID(str(one)) for one in post.payload.get("named") or ()]
    if named and post.chat_kind is ChatKind.GROUP:
        html = Html(f"{html}\n{_named(await people_named(post.tenant_id, named), text)}")
    return Drawn(html, keyboard([*_rows(post.tenant_id, scene.conversation_id, text), [panel] if panel else []]))


def _named(people: Sequence[NamedPerson], text: Text) -> Html:
    return Html(" ".join(text("notice.named", id=one.telegram_user_id, name=one.name) for one in people))


def _rows(tenant_id: UUID, conversation_id: UUID, text: Text) -> list[list[InlineKeyboardButton]]:
    def one(verb: Verb) -> InlineKeyboardButton:
        return button(text.plain(f"button.{verb}"), ConversationTap.about(verb, tenant_id, conversation_id))

    return [[one(Verb.TAKE)], [one(Verb.VIEW), one(Verb.CLOSE)]]
