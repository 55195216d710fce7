"""What members write: words for a lead, notes for the team, and neither by mistake."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import InlineKeyboardMarkup, Message

from bot.keyboards import button, keyboard
from bot.replies import Replies
from bot.strangers import why_not
from bot.taps import ConversationTap, Verb
from bot.texts import Html, Text
from core.domain.conversation import ConversationStatus
from core.domain.errors import Conflict, NotFound, NotOwner, WindowClosed
from core.domain.team import ChatKind, MessagePurpose
from core.services import routing, scenes
from core.services.attendance import Attendance, Spot
from core.services.members import Membership
from core.services.team_chats import Place, places_at

_NOTE: Final = "//"


@dataclass(frozen=True, slots=True)
class _Aim:
    """Whom somebody's words are about; ``purpose`` is that of the message he replied to."""

    member: Membership
    place: Place
    conversation_id: UUID
    purpose: MessagePurpose | None


class MembersWords:
    """Words in a lead's topic, as a reply, or to the active lead. What is not clear goes to nobody."""

    def __init__(self, attendance: Attendance, replies: Replies) -> None:
        self._attendance = attendance
        self._replies = replies

    def router(self) -> Router:
        """The routes; they take what no command took."""
        router = Router(name="words")
        router.message.register(self.note, Command("nota", "note"))
        router.message.register(self.said, F.text.startswith(_NOTE) | (F.text & ~F.text.startswith("/")))
        router.message.register(self.shown, F.photo | F.voice | F.audio | F.video | F.video_note | F.document)
        router.message.register(self.shown, F.sticker | F.location | F.contact | F.animation)
        router.edited_message.register(self.edited)
        return router

    async def said(
        self,
        message: Message,
        *,
        memberships: Sequence[Membership],
        place: Place | None,
        text: Text,
        update_key: UUID,
    ) -> None:
        """Text that is no command."""
        words = message.text or ""
        aim = await _aim(message, memberships, place)
        if aim is None:
            await self._unclear(message, memberships=memberships, place=place, text=text, update_key=update_key)
        elif aim.purpose is MessagePurpose.NOTE_PROMPT or words.startswith(_NOTE):
            await self._note(aim, message, words.removeprefix(_NOTE).strip(), text, update_key)
        else:
            await self._say(aim, message, words, text, update_key)

    async def note(
        self,
        message: Message,
        *,
        command: CommandObject,
        memberships: Sequence[Membership],
        place: Place | None,
        text: Text,
        update_key: UUID,
    ) -> None:
        """``/nota words``."""
        aim = await _aim(message, memberships, place)
        words = (command.args or "").strip()
        if aim is None or not words:
            if place is not None:
                await self._replies.reply(place, text("note.which"), key=update_key, reply_to=message.message_id)
            return
        await self._note(aim, message, words, text, update_key)

    async def shown(
        self,
        message: Message,
        *,
        memberships: Sequence[Membership],
        place: Place | None,
        text: Text,
        update_key: UUID,
    ) -> None:
        """A file, a voice, a place: told that it did not reach the lead."""
        aim = await _aim(message, memberships, place)
        if aim is None:
            await self._unclear(message, memberships=memberships, place=place, text=text, update_key=update_key)
        else:
            await self._tell(aim, message, text("words.text_only"), update_key)

    async def edited(
        self, message: Message, *, memberships: Sequence[Membership], place: Place | None, text: Text, update_key: UUID
    ) -> None:
        """Words that are with the lead already were changed."""
        for one in await _places(message, memberships, place):
            known = await routing.meaning(one.tenant_id, one.chat_ref, message.message_id)
            if known is not None and known.purpose is MessagePurpose.SAID:
                await self._replies.reply(one, text("words.edited"), key=update_key, reply_to=message.message_id)

    async def _say(self, aim: _Aim, message: Message, words: str, text: Text, update_key: UUID) -> None:
        spot = Spot(aim.place.chat_ref, message.message_id, aim.place.thread_id)
        actor = aim.member.actor
        try:
            await self._attendance.say(actor, aim.conversation_id, words, message_id=update_key, spot=spot)
        except NotOwner as error:
            await self._not_his(aim, message, error.holder, text, update_key)
        except WindowClosed:
            await self._refuse(aim, message, "words.window", text, update_key)
        except (Conflict, NotFound):
            await self._refuse(aim, message, "words.closed", text, update_key)

    async def _note(self, aim: _Aim, message: Message, words: str, text: Text, update_key: UUID) -> None:
        if not words:
            await self._tell(aim, message, text("note.which"), update_key)
            return
        await self._attendance.note(aim.member.actor, aim.conversation_id, words, message_id=update_key)
        await self._tell(aim, message, text("note.kept"), update_key)

    async def _not_his(self, aim: _Aim, message: Message, holder: str, text: Text, update_key: UUID) -> None:
        """Stopped kindly, with a button to take it where nobody has it."""
        thread = await scenes.thread_of(aim.member.tenant_id, aim.conversation_id)
        if thread is None:
            return
        if holder:
            await self._tell(aim, message, text("words.not_owner", member=holder, lead=thread.lead), update_key)
            return
        tap = ConversationTap.about(Verb.TAKE, aim.member.tenant_id, aim.conversation_id)
        reason = "words.with_ai" if thread.status is ConversationStatus.AI else "words.unowned"
        markup = keyboard([[button(text.plain("button.take"), tap)]])
        await self._tell(aim, message, text(reason, lead=thread.lead), update_key, markup)

    async def _refuse(self, aim: _Aim, message: Message, reason: str, text: Text, update_key: UUID) -> None:
        thread = await scenes.thread_of(aim.member.tenant_id, aim.conversation_id)
        if thread is not None:
            await self._tell(aim, message, text(reason, lead=thread.lead), update_key)

    async def _tell(
        self, aim: _Aim, message: Message, html: Html, update_key: UUID, markup: InlineKeyboardMarkup | None = None
    ) -> None:
        await self._replies.reply(
            aim.place,
            html,
            key=update_key,
            keyboard=markup,
            reply_to=message.message_id,
            about=aim.conversation_id,
            purpose=MessagePurpose.VIEW,
        )

    async def _unclear(
        self,
        message: Message,
        *,
        memberships: Sequence[Membership],
        place: Place | None,
        text: Text,
        update_key: UUID,
    ) -> None:
        """In a private chat he is asked to whom; what a team says among itself in its group is its own."""
        if place is None:
            return
        if place.kind is ChatKind.GROUP:
            hint = await _hint_in_group(message, memberships, place)
            if hint is not None:
                await self._replies.reply(place, text(hint), key=update_key, reply_to=message.message_id)
            return
        rows = [
            [button(text.plain("button.activate", lead=one.lead), _activate(one))]
            for member in memberships
            for one in await scenes.held_by(member.actor)
        ]
        html = text("words.to_whom" if rows else "words.nobody")
        if rows and message.text is None:
            html = Html(f"{text('words.text_only')}\n{html}")
        await self._replies.reply(place, html, key=update_key, keyboard=keyboard(rows), reply_to=message.message_id)


async def _hint_in_group(message: Message, memberships: Sequence[Membership], place: Place) -> str | None:
    """What to tell whoever may think that a lead reads him; ``None`` for talk among colleagues.

    Where there are topics leads are written to in theirs, and who answers a colleague writes to him.
    """
    member = _in(memberships, place.tenant_id)
    if member is None:
        return why_not(message, memberships, place.tenant_id, stranger="words.no_member") if place.thread_id else None
    if message.chat.is_forum or message.reply_to_message is not None:
        return None
    return "words.by_reply" if await scenes.held_by(member.actor) else None


def _activate(held: scenes.Held) -> ConversationTap:
    return ConversationTap.about(Verb.ACTIVATE, held.tenant_id, held.conversation_id)


def _in(memberships: Sequence[Membership], tenant_id: UUID) -> Membership | None:
    return next((one for one in memberships if one.tenant_id == tenant_id and not one.suspended), None)


async def _places(message: Message, memberships: Sequence[Membership], place: Place | None) -> list[Place]:
    """The chat in the eyes of every tenant in which the writer is somebody; his own chat may be several tenants'."""
    if place is None or message.bot is None:
        return []
    if place.kind is ChatKind.GROUP:
        return [place]
    found = await places_at(message.bot.id, message.chat.id)
    return [one.in_thread(place.thread_id) for one in found if _in(memberships, one.tenant_id)]


async def _aim(message: Message, memberships: Sequence[Membership], place: Place | None) -> _Aim | None:
    """Whom it is about: what he replies to, else the topic he writes in, else the lead he made active."""
    places = await _places(message, memberships, place)
    replied = message.reply_to_message
    for one in places if replied is not None else []:
        member = _in(memberships, one.tenant_id)
        known = await routing.meaning(one.tenant_id, one.chat_ref, replied.message_id) if replied else None
        if member is not None and known is not None:
            return _Aim(member, one, known.conversation_id, known.purpose)
    if place is None:
        return None
    if place.kind is ChatKind.GROUP:
        return await _aim_of_topic(memberships, place)
    return None if replied is not None else await _aim_of_active(message, memberships, places)


async def _aim_of_topic(memberships: Sequence[Membership], place: Place) -> _Aim | None:
    member = _in(memberships, place.tenant_id)
    if member is None or place.thread_id is None:
        return None
    conversation_id = await routing.conversation_of_topic(place.tenant_id, place.chat_ref, place.thread_id)
    return _Aim(member, place, conversation_id, None) if conversation_id else None


async def _aim_of_active(message: Message, memberships: Sequence[Membership], places: Sequence[Place]) -> _Aim | None:
    active = await routing.active_conversation(message.from_user.id) if message.from_user else None
    if active is None:
        return None
    tenant_id, conversation_id = active
    member = _in(memberships, tenant_id)
    here = next((one for one in places if one.tenant_id == tenant_id), None)
    return _Aim(member, here, conversation_id, None) if member and here else None
