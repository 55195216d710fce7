"""What leads wish, as the team is told of it, and the buttons by which a wish is written down or taken back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.cards import Drawn
from bot.keyboards import button, keyboard
from bot.taps import WishTap
from bot.texts import Html, Text
from core.domain.data_request import RequestKind
from core.domain.notification import NotificationKind
from core.domain.opt_out import WishKind
from core.services.data_requests import told_request
from core.services.post_queue import DuePost
from core.services.waiting_scenes import LeadScene

_MISTAKEN = {WishKind.LEAVE: WishKind.RETURN, WishKind.RETURN: WishKind.LEAVE}
"""By what each is put right."""


def tells_of_wish(payload: Mapping[str, Any]) -> bool:
    """Whether a notice tells what a lead wished of people."""
    return payload.get("kind") == NotificationKind.WISH_HEARD


async def draw_wish(post: DuePost, scene: LeadScene, text: Text) -> Drawn | None:
    """What was understood and done, and how a mistake is put right; ``None`` when it is dealt with."""
    said = str(post.payload["wish"])
    if "request_id" in post.payload:
        html = await _request(post.tenant_id, UUID(str(post.payload["request_id"])), text)
        return Drawn(html) if html is not None else None
    wish = WishKind(said)
    undo = _tap(post.tenant_id, post.subject_of_notice, _MISTAKEN[wish])
    mistaken = button(text.plain(f"wish.mistaken.{wish}"), undo)
    return Drawn(text(f"wish.heard.{wish}", lead=scene.lead), keyboard([[mistaken]]))


async def _request(tenant_id: UUID, request_id: UUID, text: Text) -> Html | None:
    asked = await told_request(tenant_id, request_id)
    if asked is None:
        return None
    due = asked.due_at.strftime(text.plain("day.pattern"))
    return text("wish.heard.request", lead=asked.lead, what=text(f"request.{asked.kind}"), due=due)


def wishes(tenant_id: UUID, conversation_id: UUID, text: Text, *, left_alone: bool) -> InlineKeyboardMarkup | None:
    """A button for whatever a lead may have wished."""

    def one(wish: WishKind | RequestKind) -> InlineKeyboardButton:
        return button(text.plain(f"wish.button.{wish}"), _tap(tenant_id, conversation_id, wish))

    about_messages = WishKind.RETURN if left_alone else WishKind.LEAVE
    return keyboard([[one(kind)] for kind in (*RequestKind, about_messages)])


def _tap(tenant_id: UUID, conversation_id: UUID, wish: WishKind | RequestKind) -> WishTap:
    return WishTap.about(wish, tenant_id, conversation_id)
