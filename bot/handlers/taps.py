"""The buttons of conversations: take, give back, pass on, note, view, close, try again."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup

from bot.lines import LONGEST, view_line
from bot.replies import Replies
from bot.taps import ConversationTap, MessageTap, TransferTap, Verb
from bot.texts import Html, Text
from core.domain.actor import Actor
from core.domain.errors import AlreadyTaken, Conflict, Forbidden, NotFound
from core.domain.team import ChatKind, MessagePurpose
from core.services import members, routing, scenes
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from core.services.members import Membership
from core.services.refused_taps import record_refusal
from core.services.team_chats import Place, places_at

_LONGEST_LINE: Final = 600


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap that was let in."""

    query: CallbackQuery
    member: Membership
    place: Place
    conversation_id: UUID
    text: Text
    update_key: UUID

    @property
    def number(self) -> int | None:
        """The message with the button."""
        return self.query.message.message_id if self.query.message else None

    async def thread(self) -> scenes.Thread:
        """Whose conversation it is. Raises ``NotFound``."""
        thread = await scenes.thread_of(self.member.tenant_id, self.conversation_id)
        if thread is None:
            message = "no such conversation"
            raise NotFound(message)
        return thread


class ConversationButtons:
    """What each button does. Every tap is checked anew: who taps, in which tenant, with which conversation."""

    def __init__(self, assignments: Assignments, attendance: Attendance, replies: Replies) -> None:
        self._assignments = assignments
        self._attendance = attendance
        self._replies = replies

    def router(self) -> Router:
        """The routes of the buttons."""
        router = Router(name="conversation-buttons")
        router.callback_query.register(self.tapped, ConversationTap.filter())
        router.callback_query.register(self.passed_on, TransferTap.filter())
        router.callback_query.register(self.tried_again, MessageTap.filter())
        return router

    async def tapped(
        self,
        query: CallbackQuery,
        *,
        callback_data: ConversationTap,
        memberships: Sequence[Membership],
        text: Text,
        update_key: UUID,
    ) -> None:
        """A button of a card."""
        member = _membership(memberships, callback_data.tenant_id)
        place = await _place(query, callback_data.tenant_id) if member else None
        if member is None or place is None:
            await record_refusal(callback_data.tenant_id, callback_data.conversation_id, query.from_user.id)
            await self._replies.toast(query, text.plain("toast.not_allowed"), alert=True)
            return
        tap = Tap(query, member, place, callback_data.conversation_id, text, update_key)
        await self._answer(query, text, self._act(callback_data.verb, tap))

    async def _answer(self, query: CallbackQuery, text: Text, act: Awaitable[str]) -> None:
        """What came of a tap, as a line that passes; what was refused is said in a box that stays."""
        try:
            toast = await act
        except AlreadyTaken as error:
            holder = error.holder or text.plain("toast.on_the_phone")
            await self._replies.toast(query, text.plain("toast.already_taken", member=holder), alert=True)
        except (Conflict, NotFound):
            await self._replies.toast(query, text.plain("toast.changed"), alert=True)
        except Forbidden:
            await self._replies.toast(query, text.plain("toast.not_allowed"), alert=True)
        else:
            await self._replies.toast(query, toast)

    async def _act(self, verb: Verb, tap: Tap) -> str:
        actor, conversation_id = tap.member.actor, tap.conversation_id
        match verb:
            case Verb.TAKE:
                return await self._take(tap)
            case Verb.RETURN:
                await self._assignments.give_back(actor, conversation_id)
                return tap.text.plain("toast.returned")
            case Verb.CLOSE:
                await self._assignments.close(actor, conversation_id)
                return tap.text.plain("toast.closed")
            case Verb.VIEW:
                await self._view(tap)
            case Verb.NOTE:
                await self._ask_note(tap)
            case Verb.TRANSFER:
                await self._ask_transfer(tap)
            case Verb.ACTIVATE:
                return await self._activate(tap)
        return ""

    async def _take(self, tap: Tap) -> str:
        """Told only after nothing of the AI's can leave any more, or with the word that something may."""
        taken = await self._assignments.take(tap.member.actor, tap.conversation_id)
        thread = await tap.thread()
        if tap.place.kind is ChatKind.PRIVATE:
            await routing.make_active(tap.member.tenant_id, tap.member.member_id, tap.conversation_id)
            await self._reply(tap, tap.text("take.private", lead=thread.lead))
        else:
            await self._reply(tap, tap.text("take.group", member=tap.query.from_user.full_name))
        return tap.text.plain("toast.taken" if taken.settled else "toast.taken_late")

    async def _activate(self, tap: Tap) -> str:
        thread = await tap.thread()
        await routing.make_active(tap.member.tenant_id, tap.member.member_id, tap.conversation_id)
        return tap.text.plain("toast.active", lead=thread.lead)

    async def _view(self, tap: Tap) -> None:
        thread, lines = await scenes.view(tap.member.actor, tap.conversation_id)
        parts = [tap.text("view.title", lead=thread.lead)]
        for line in reversed(lines):
            drawn = view_line(line, tap.text, _LONGEST_LINE)
            if sum(len(part) + 1 for part in parts) + len(drawn) > LONGEST:
                break
            parts.insert(1, drawn)
        if not lines:
            parts.append(tap.text("view.empty"))
        await self._reply(tap, Html("\n".join(parts)))

    async def _ask_note(self, tap: Tap) -> None:
        thread = await tap.thread()
        await self._replies.reply(
            tap.place,
            tap.text("note.ask", lead=thread.lead),
            key=tap.update_key,
            force_reply=True,
            reply_to=tap.number,
            about=tap.conversation_id,
            purpose=MessagePurpose.NOTE_PROMPT,
        )

    async def _ask_transfer(self, tap: Tap) -> None:
        thread = await tap.thread()
        colleagues = [one for one in await members.team(tap.member.actor) if one.id != tap.member.member_id]
        if not colleagues:
            await self._reply(tap, tap.text("transfer.nobody"))
            return
        rows = [
            [InlineKeyboardButton(text=one.name, callback_data=TransferTap.to(tap.conversation_id, one.id).pack())]
            for one in colleagues
        ]
        await self._reply(tap, tap.text("transfer.ask", lead=thread.lead), InlineKeyboardMarkup(inline_keyboard=rows))

    async def _reply(self, tap: Tap, html: Html, keyboard: InlineKeyboardMarkup | None = None) -> None:
        await self._replies.reply(
            tap.place,
            html,
            key=tap.update_key,
            keyboard=keyboard,
            reply_to=tap.number,
            about=tap.conversation_id,
            purpose=MessagePurpose.VIEW,
        )

    async def passed_on(
        self, query: CallbackQuery, *, callback_data: TransferTap, memberships: Sequence[Membership], text: Text
    ) -> None:
        """A colleague was chosen."""
        await self._answer(query, text, self._pass_on(callback_data, memberships, text))
        await self._replies.retire(query)

    async def _pass_on(self, tap: TransferTap, memberships: Sequence[Membership], text: Text) -> str:
        actor = _allowed(await _member_with(memberships, tap.conversation_id))
        colleagues = {one.id: one.name for one in await members.team(actor)}
        await self._assignments.transfer(actor, tap.conversation_id, tap.member_id)
        return text.plain("toast.transferred", member=colleagues[tap.member_id])

    async def tried_again(
        self, query: CallbackQuery, *, callback_data: MessageTap, memberships: Sequence[Membership], text: Text
    ) -> None:
        """Words that failed are to be sent once more."""
        await self._answer(query, text, self._try_again(callback_data, memberships, text))

    async def _try_again(self, tap: MessageTap, memberships: Sequence[Membership], text: Text) -> str:
        actor = _allowed(_membership(memberships, tap.tenant_id))
        await self._attendance.say_again(actor, tap.message_id)
        return text.plain("toast.retried")


def _allowed(member: Membership | None) -> Actor:
    if member is None:
        message = "not in that team"
        raise Forbidden(message)
    return member.actor


def _membership(memberships: Sequence[Membership], tenant_id: UUID) -> Membership | None:
    return next((one for one in memberships if one.tenant_id == tenant_id and not one.suspended), None)


async def _member_with(memberships: Sequence[Membership], conversation_id: UUID) -> Membership | None:
    """The membership in whose tenant the conversation is."""
    for one in memberships:
        if not one.suspended and await scenes.thread_of(one.tenant_id, conversation_id) is not None:
            return one
    return None


async def _place(query: CallbackQuery, tenant_id: UUID) -> Place | None:
    """Where the button stands, in that tenant's eyes."""
    message, bot = query.message, query.bot
    if message is None or bot is None:
        return None
    thread_id = getattr(message, "message_thread_id", None) if getattr(message, "is_topic_message", False) else None
    for place in await places_at(bot.id, message.chat.id):
        if place.tenant_id == tenant_id:
            return place.in_thread(thread_id)
    return None
