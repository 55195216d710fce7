"""What members write: words for a lead, notes for the team, and neither by mistake."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import InlineKeyboardMarkup, Message

from bot.aiming import Aim, aim_of, member_in, places_of
from bot.commands import SNOOZE, called
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
from core.services.sleep import put_to_sleep
from core.services.team_chats import Place

_NOTE: Final = "//"


class MembersWords:
    """Words in a lead's topic, as a reply, or to the active lead. What is not clear goes to nobody."""

    def __init__(self, attendance: Attendance, replies: Replies) -> None:
        self._attendance = attendance
        self._replies = replies

    def router(self) -> Router:
        """The routes; they take what no command took."""
        router = Router(name="words")
        router.message.register(self.note, Command("nota", "note"))
        router.message.register(self.snooze, called(SNOOZE))
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
        aim = await aim_of(message, memberships, place)
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
        aim = await aim_of(message, memberships, place)
        words = (command.args or "").strip()
        if aim is not None and words:
            await self._note(aim, message, words, text, update_key)
        else:
            await self._ask_again(message, place, text("note.which"), update_key)

    async def snooze(
        self,
        message: Message,
        *,
        command: CommandObject,
        memberships: Sequence[Membership],
        place: Place | None,
        text: Text,
        update_key: UUID,
    ) -> None:
        """``/adiar time``: in a lead's topic, as a reply, or about the active lead; what is no time is refused in words."""
        aim = await aim_of(message, memberships, place)
        words = (command.args or "").strip()
        if aim is not None and words:
            until = await put_to_sleep(aim.member.actor, aim.conversation_id, words)
            await self._tell(aim, message, text("sleep.kept", time=f"{until:%d/%m %H:%M}"), update_key)
        else:
            await self._ask_again(message, place, text("sleep.which"), update_key)

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
        aim = await aim_of(message, memberships, place)
        if aim is None:
            await self._unclear(message, memberships=memberships, place=place, text=text, update_key=update_key)
        else:
            await self._tell(aim, message, text("words.text_only"), update_key)

    async def edited(
        self, message: Message, *, memberships: Sequence[Membership], place: Place | None, text: Text, update_key: UUID
    ) -> None:
        """Words that are with the lead already were changed."""
        for one in await places_of(message, memberships, place):
            known = await routing.meaning(one.tenant_id, one.chat_ref, message.message_id)
            if known is not None and known.purpose is MessagePurpose.SAID:
                await self._replies.reply(one, text("words.edited"), key=update_key, reply_to=message.message_id)

    async def _say(self, aim: Aim, message: Message, words: str, text: Text, update_key: UUID) -> None:
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

    async def _note(self, aim: Aim, message: Message, words: str, text: Text, update_key: UUID) -> None:
        if not words:
            await self._tell(aim, message, text("note.which"), update_key)
            return
        await self._attendance.note(aim.member.actor, aim.conversation_id, words, message_id=update_key)
        await self._tell(aim, message, text("note.kept"), update_key)

    async def _not_his(self, aim: Aim, message: Message, holder: str, text: Text, update_key: UUID) -> None:
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

    async def _refuse(self, aim: Aim, message: Message, reason: str, text: Text, update_key: UUID) -> None:
        thread = await scenes.thread_of(aim.member.tenant_id, aim.conversation_id)
        if thread is not None:
            await self._tell(aim, message, text(reason, lead=thread.lead), update_key)

    async def _ask_again(self, message: Message, place: Place | None, html: Html, update_key: UUID) -> None:
        if place is not None:
            await self._replies.reply(place, html, key=update_key, reply_to=message.message_id)

    async def _tell(
        self, aim: Aim, message: Message, html: Html, update_key: UUID, markup: InlineKeyboardMarkup | None = None
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
    member = member_in(memberships, place.tenant_id)
    if member is None:
        return why_not(message, memberships, place.tenant_id, stranger="words.no_member") if place.thread_id else None
    if message.chat.is_forum or message.reply_to_message is not None:
        return None
    return "words.by_reply" if await scenes.held_by(member.actor) else None


def _activate(held: scenes.Held) -> ConversationTap:
    return ConversationTap.about(Verb.ACTIVATE, held.tenant_id, held.conversation_id)
