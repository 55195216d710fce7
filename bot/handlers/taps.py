"""The buttons of conversations: take, give back, pass on, note, view, close, try again."""

from collections.abc import Sequence
from uuid import UUID

from aiogram.types import CallbackQuery, InlineKeyboardMarkup

from bot.asking import Ask
from bot.keyboards import button, keyboard
from bot.lines import viewed
from bot.links import link_of_topic
from bot.replies import Replies
from bot.sleeping import NAPS, naps
from bot.taps import ConversationTap, MessageTap, SnoozeTap, TransferTap, Verb
from bot.texts import Html, Text
from core.domain.errors import AlreadyTaken, NotFound
from core.domain.team import ChatKind, MessagePurpose
from core.services import members, routing, scenes
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from core.services.members import TeamMember
from core.services.sleep import put_to_sleep, wake


class ConversationButtons:
    """What each button does; what a handler returns pops up. Who taps was let in before (see ``bot.admission``)."""

    def __init__(self, assignments: Assignments, attendance: Attendance, replies: Replies) -> None:
        self._assignments = assignments
        self._attendance = attendance
        self._replies = replies

    async def tapped(self, query: CallbackQuery, *, callback_data: ConversationTap, ask: Ask) -> str:
        """A button of a card."""
        conversation_id = callback_data.subject_id
        match callback_data.verb:
            case Verb.TAKE:
                return await self._take(query, ask, conversation_id)
            case Verb.RETURN:
                ai_answers = await self._assignments.give_back(ask.actor, conversation_id)
                return ask.text.plain("toast.returned" if ai_answers else "toast.returned_paused")
            case Verb.CLOSE:
                await self._assignments.close(ask.actor, conversation_id)
                return ask.text.plain("toast.closed")
            case Verb.ACTIVATE:
                return await self._activate(ask, conversation_id)
            case Verb.WAKE:
                await wake(ask.actor, conversation_id)
                return ask.text.plain("toast.woken")
            case verb:
                await self._asked(query, ask, verb, conversation_id)
                return ""

    async def _asked(self, query: CallbackQuery, ask: Ask, verb: Verb, conversation_id: UUID) -> None:
        """What is answered with a message."""
        questions = {
            Verb.VIEW: self._view,
            Verb.NOTE: self._ask_note,
            Verb.TRANSFER: self._ask_transfer,
            Verb.SNOOZE: self._ask_how_long,
        }
        await questions[verb](query, ask, conversation_id)

    async def passed_on(self, query: CallbackQuery, *, callback_data: TransferTap, ask: Ask) -> str:
        """A colleague was chosen."""
        number = query.message.message_id if query.message else 0
        asked = await routing.meaning(ask.place.tenant_id, ask.place.chat_ref, number)
        if asked is None:
            message = "the question is about no conversation"
            raise NotFound(message)
        chosen = next((one for one in await members.team(ask.actor) if one.id == callback_data.subject_id), None)
        if chosen is not None and not chosen.reachable:
            return ask.text.plain("toast.unreachable", member=chosen.name)
        await self._assignments.transfer(ask.actor, asked.conversation_id, callback_data.subject_id)
        await self._replies.retire(query)
        return ask.text.plain("toast.transferred", member=chosen.name if chosen else "")

    async def put_to_sleep(self, query: CallbackQuery, *, callback_data: SnoozeTap, ask: Ask) -> str:
        """A time was chosen."""
        until = await put_to_sleep(ask.actor, callback_data.subject_id, NAPS[callback_data.nap])
        await self._replies.retire(query)
        return ask.text.plain("toast.asleep", time=f"{until:%d/%m %H:%M}")

    async def tried_again(self, _query: CallbackQuery, *, callback_data: MessageTap, ask: Ask) -> str:
        """Words that failed are to be sent once more."""
        await self._attendance.say_again(ask.actor, callback_data.subject_id)
        return ask.text.plain("toast.retried")

    async def _take(self, query: CallbackQuery, ask: Ask, conversation_id: UUID) -> str:
        """Told only after nothing of the AI's can leave any more, or with the word that something may."""
        try:
            taken = await self._assignments.take(ask.actor, conversation_id)
        except AlreadyTaken as error:
            return ask.text.plain("toast.already_taken", member=error.holder or ask.text.plain("toast.on_the_phone"))
        thread = await _thread(ask, conversation_id)
        if ask.place.kind is ChatKind.PRIVATE:
            await routing.make_active(ask.actor.tenant_id, ask.actor.member_id, conversation_id)
            html = ask.text("take.private", lead=thread.lead)
        else:
            html = await _taken_in_group(ask, thread, query.from_user.full_name)
        await self._reply(query, ask, conversation_id, html)
        return ask.text.plain("toast.taken" if taken.settled else "toast.taken_late")

    async def _activate(self, ask: Ask, conversation_id: UUID) -> str:
        thread = await _thread(ask, conversation_id)
        await routing.make_active(ask.actor.tenant_id, ask.actor.member_id, conversation_id)
        return ask.text.plain("toast.active", lead=thread.lead)

    async def _view(self, query: CallbackQuery, ask: Ask, conversation_id: UUID) -> None:
        """The newest message whole, and above it as much as one message of Telegram holds."""
        thread, lines = await scenes.view(ask.actor, conversation_id)
        html = viewed(thread.lead, lines, ask.text)
        await self._reply(query, ask, conversation_id, html)

    async def _ask_note(self, query: CallbackQuery, ask: Ask, conversation_id: UUID) -> None:
        thread = await _thread(ask, conversation_id)
        question = ask.text("note.ask", lead=thread.lead)
        await self._reply(query, ask, conversation_id, question, purpose=MessagePurpose.NOTE_PROMPT)

    async def _ask_how_long(self, query: CallbackQuery, ask: Ask, conversation_id: UUID) -> None:
        thread = await _thread(ask, conversation_id)
        question = ask.text("sleep.ask", lead=thread.lead)
        await self._reply(query, ask, conversation_id, question, naps(ask.text, ask.actor.tenant_id, conversation_id))

    async def _ask_transfer(self, query: CallbackQuery, ask: Ask, conversation_id: UUID) -> None:
        thread = await _thread(ask, conversation_id)
        colleagues = [one for one in await members.team(ask.actor) if one.id != ask.actor.member_id]
        rows = [[button(one.name, TransferTap.to(ask.actor.tenant_id, one.id))] for one in colleagues if one.reachable]
        html = _question_of_transfer(ask.text, thread.lead, colleagues)
        await self._reply(query, ask, conversation_id, html, keyboard(rows))

    async def _reply(  # noqa: PLR0917 - what is said about which conversation
        self,
        query: CallbackQuery,
        ask: Ask,
        conversation_id: UUID,
        html: Html,
        markup: InlineKeyboardMarkup | None = None,
        purpose: MessagePurpose = MessagePurpose.VIEW,
    ) -> None:
        await self._replies.reply(
            ask.place,
            html,
            key=ask.key,
            keyboard=markup,
            force_reply=purpose is MessagePurpose.NOTE_PROMPT,
            reply_to=query.message.message_id if query.message else None,
            about=conversation_id,
            purpose=purpose,
        )


def _question_of_transfer(text: Text, lead: str, colleagues: Sequence[TeamMember]) -> Html:
    """To whom; and who would never hear of it, and is not offered."""
    if not colleagues:
        return text("transfer.nobody")
    deaf = [one.name for one in colleagues if not one.reachable]
    asked = text("transfer.ask" if len(deaf) < len(colleagues) else "transfer.nobody_hears", lead=lead)
    return Html(f"{asked}\n{text('transfer.unreachable', names=', '.join(deaf))}") if deaf else asked


async def _taken_in_group(ask: Ask, thread: scenes.Thread, member: str) -> Html:
    """How the member reaches the lead: right here where this is the lead's topic, else there, or by a reply."""
    topic = await scenes.topic_of_lead(ask.place.tenant_id, ask.place.chat_ref, thread.lead_id)
    if topic is not None and topic == ask.place.thread_id:
        return ask.text("take.group", member=member)
    if topic is None:
        return ask.text("take.by_reply", member=member, lead=thread.lead)
    return ask.text("take.elsewhere", member=member, lead=thread.lead, link=link_of_topic(ask.place.chat_id, topic))


async def _thread(ask: Ask, conversation_id: UUID) -> scenes.Thread:
    thread = await scenes.thread_of(ask.actor.tenant_id, conversation_id)
    if thread is None:
        message = "no such conversation"
        raise NotFound(message)
    return thread
