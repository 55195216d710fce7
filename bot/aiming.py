"""Whom somebody's words or commands are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from aiogram.types import Message

from core.domain.team import ChatKind, MessagePurpose
from core.services import routing
from core.services.members import Membership
from core.services.team_chats import Place, places_at


@dataclass(frozen=True, slots=True)
class Aim:
    """Whom somebody's words are about; ``purpose`` is that of the message he replied to."""

    member: Membership
    place: Place
    conversation_id: UUID
    purpose: MessagePurpose | None


def member_in(memberships: Sequence[Membership], tenant_id: UUID) -> Membership | None:
    return next((one for one in memberships if one.tenant_id == tenant_id and not one.suspended), None)


async def places_of(message: Message, memberships: Sequence[Membership], place: Place | None) -> list[Place]:
    """The chat in the eyes of every tenant in which the writer is somebody; his own chat may be several tenants'."""
    if place is None or message.bot is None:
        return []
    if place.kind is ChatKind.GROUP:
        return [place]
    found = await places_at(message.bot.id, message.chat.id)
    return [one.in_thread(place.thread_id) for one in found if member_in(memberships, one.tenant_id)]


async def aim_of(message: Message, memberships: Sequence[Membership], place: Place | None) -> Aim | None:
    """Whom it is about: what he replies to, else the topic he writes in, else the lead he made active."""
    places = await places_of(message, memberships, place)
    replied = message.reply_to_message
    for one in places if replied is not None else []:
        member = member_in(memberships, one.tenant_id)
        known = await routing.meaning(one.tenant_id, one.chat_ref, replied.message_id) if replied else None
        if member is not None and known is not None:
            return Aim(member, one, known.conversation_id, known.purpose)
    if place is None:
        return None
    if place.kind is ChatKind.GROUP:
        return await _of_topic(memberships, place)
    return None if replied is not None else await _of_active(message, memberships, places)


async def _of_topic(memberships: Sequence[Membership], place: Place) -> Aim | None:
    member = member_in(memberships, place.tenant_id)
    if member is None or place.thread_id is None:
        return None
    conversation_id = await routing.conversation_of_topic(place.tenant_id, place.chat_ref, place.thread_id)
    return Aim(member, place, conversation_id, None) if conversation_id else None


async def _of_active(message: Message, memberships: Sequence[Membership], places: Sequence[Place]) -> Aim | None:
    active = await routing.active_conversation(message.from_user.id) if message.from_user else None
    if active is None:
        return None
    tenant_id, conversation_id = active
    member = member_in(memberships, tenant_id)
    here = next((one for one in places if one.tenant_id == tenant_id), None)
    return Aim(member, here, conversation_id, None) if member and here else None
