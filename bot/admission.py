"""Every tap on a button about a business is checked anew: is who taps still in its team."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.asking import Ask
from bot.replies import Replies
from bot.taps import (
    AboutTenant,
    AccountTap,
    BusinessTap,
    BusinessVerb,
    ConversationTap,
    LetterTap,
    MemberTap,
    MessageTap,
    RightsTap,
    SnoozeTap,
    TransferTap,
    WishTap,
)
from bot.texts import Catalogs, Text
from core.domain.team import ChatKind
from core.services import team_chats
from core.services.members import Membership
from core.services.refusals import Subject, record_refused_tap
from core.services.team_chats import Place

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
_SUBJECTS: Final[Mapping[type[AboutTenant], Subject]] = {
    AccountTap: Subject.ACCOUNT,
    MemberTap: Subject.MEMBER,
    LetterTap: Subject.LETTER,
    ConversationTap: Subject.CONVERSATION,
    SnoozeTap: Subject.CONVERSATION,
    TransferTap: Subject.MEMBER,
    MessageTap: Subject.MESSAGE,
    RightsTap: Subject.CONVERSATION,
    WishTap: Subject.CONVERSATION,
}


class Admission(BaseMiddleware):
    """Gives handlers of taps an ``ask`` in the button's tenant; what they return pops up for whoever tapped."""

    def __init__(self, catalogs: Catalogs, replies: Replies) -> None:
        self._catalogs = catalogs
        self._replies = replies

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Let in, or turn away and write it down."""
        assert isinstance(event, CallbackQuery), "registered for taps"  # noqa: S101 - see bot.dispatcher
        tap: AboutTenant = data["callback_data"]
        member = _member(data["memberships"], tap.tenant_id)
        if member is None:
            subject = _SUBJECTS.get(type(tap), Subject.TENANT)
            await record_refused_tap(tap.tenant_id, subject, tap.subject_id, event.from_user.id)
            suspended = any(one.tenant_id == tap.tenant_id for one in data["memberships"])
            await self._refuse(event, data["text"], "start.suspended" if suspended else "tap.refused")
            return
        text = self._catalogs.of(member.language)
        place = await _place(event, member, data["bot"].id)
        if place is None and not _links(tap):
            await self._refuse(event, text)
            return
        several = place is not None and place.kind is ChatKind.PRIVATE and len(data["memberships"]) > 1
        key: UUID = data["update_key"]
        ask = Ask(member, place, text, key, event.from_user.id, names_tenant=several) if place else None
        toast = await handler(event, data | {"ask": ask, "member": member, "text": text, "place": place})
        await self._replies.toast(event, toast or "")

    async def _refuse(self, query: CallbackQuery, text: Text, why: str = "tap.refused") -> None:
        await self._replies.toast(query, text.plain(why), alert=True)


def _member(memberships: Sequence[Membership], tenant_id: UUID) -> Membership | None:
    return next((one for one in memberships if one.tenant_id == tenant_id and not one.suspended), None)


def _links(tap: AboutTenant) -> bool:
    """The one button that stands in chats that are nobody's yet."""
    return isinstance(tap, BusinessTap) and tap.verb is BusinessVerb.LINK


async def _place(query: CallbackQuery, member: Membership, bot_id: int) -> Place | None:
    """Where the button stands, in that tenant's eyes."""
    message = query.message
    if message is None:
        return None
    thread_id = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    for place in await team_chats.places_at(bot_id, message.chat.id):
        if place.tenant_id == member.tenant_id:
            return place.in_thread(thread_id)
    if message.chat.type != ChatType.PRIVATE:
        return None
    return await team_chats.open_private(bot_id, member, message.chat.id, message.chat.full_name)
