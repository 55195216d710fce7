"""A conversation on the screen: how it stands, what was said, and what a member does there."""

from collections.abc import Sequence
from typing import Final

from core.domain.errors import AlreadyTaken, BadRequest, Conflict, NotFound, NotOwner, WindowClosed
from core.domain.ids import uuid7
from core.domain.snooze_time import SnoozePast, SnoozeTooLong
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from core.services.sleep import put_to_sleep, wake
from core.services.threads import Threads
from miniapp.api.conversation_models import (
    Conversation,
    GivenBack,
    MessagePage,
    MessageQuery,
    NewWords,
    Noted,
    Said,
    Snooze,
    Taken,
    Transfer,
    Woken,
    conversation_shown,
    message_shown,
)
from miniapp.api.operation import Call, Nothing, Operation

_HERE: Final = "/conversations/{conversation_id}"


class ConversationDesk:
    """The operations about one conversation."""

    def __init__(self, threads: Threads, assignments: Assignments, attendance: Attendance) -> None:
        self._threads = threads
        self._assignments = assignments
        self._attendance = attendance

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (*self._looking(), *self._taking_turns(), *self._speaking())

    def _looking(self) -> Sequence[Operation]:
        return (
            Operation(
                "conversation", "GET", _HERE, "How a conversation stands.", self._page,
                answer=Conversation, refusals=(NotFound,),
            ),
            Operation(
                "messages", "GET", f"{_HERE}/messages", "What was said in it.", self._messages,
                query=MessageQuery, answer=MessagePage, refusals=(NotFound,),
            ),
        )  # fmt: skip

    def _taking_turns(self) -> Sequence[Operation]:
        return (
            Operation(
                "take", "POST", f"{_HERE}/take", "Have it from now on.", self._take,
                answer=Taken, refusals=(NotFound, AlreadyTaken, Conflict),
            ),
            Operation(
                "give_back", "POST", f"{_HERE}/give-back", "Let the AI go on.", self._give_back,
                answer=GivenBack, refusals=(NotFound, NotOwner, Conflict),
            ),
            Operation(
                "close", "POST", f"{_HERE}/close", "End it, until the lead writes again.", self._close,
                refusals=(NotFound, NotOwner, Conflict),
            ),
            Operation(
                "transfer", "POST", f"{_HERE}/transfer", "Pass it on to a colleague.", self._transfer,
                body=Transfer, refusals=(NotFound, NotOwner, Conflict),
            ),
            Operation(
                "snooze", "POST", f"{_HERE}/snooze", "Put it to sleep until a time.", self._snooze,
                body=Snooze, refusals=(NotFound, NotOwner, Conflict, SnoozePast, SnoozeTooLong),
            ),
            Operation(
                "wake", "POST", f"{_HERE}/wake", "Wake it before its time.", self._wake,
                answer=Woken, refusals=(NotFound, NotOwner, Conflict),
            ),
        )  # fmt: skip

    def _speaking(self) -> Sequence[Operation]:
        return (
            Operation(
                "say", "POST", f"{_HERE}/messages", "Say something to the lead.", self._say,
                body=NewWords, answer=Said, repeatable=True,
                refusals=(NotFound, NotOwner, Conflict, WindowClosed, BadRequest),
            ),
            Operation(
                "note", "POST", f"{_HERE}/notes", "Keep a note for the team.", self._note,
                body=NewWords, answer=Noted, repeatable=True, refusals=(NotFound, BadRequest),
            ),
            Operation(
                "dismiss_suggestion", "POST", f"{_HERE}/suggestion/dismiss", "What the AI was about to say is not wanted.",
                self._dismiss, refusals=(NotFound, NotOwner, Conflict),
            ),
            Operation(
                "retry_message", "POST", "/messages/{message_id}/retry", "Try words that could not be sent again.",
                self._retry, repeatable=True, refusals=(NotFound, NotOwner, Conflict),
            ),
        )  # fmt: skip

    async def _page(self, call: Call[Nothing, Nothing]) -> Conversation:
        return conversation_shown(await self._threads.page(call.actor, call.ids["conversation_id"]))

    async def _messages(self, call: Call[MessageQuery, Nothing]) -> MessagePage:
        asked = call.query
        page = await self._threads.messages(
            call.actor, call.ids["conversation_id"], before=asked.before, after=asked.after, limit=asked.limit
        )
        return MessagePage(
            items=[message_shown(one) for one in page.items], has_before=page.has_before, has_after=page.has_after
        )

    async def _take(self, call: Call[Nothing, Nothing]) -> Taken:
        taken = await self._assignments.take(call.actor, call.ids["conversation_id"])
        return Taken(hand_off_id=taken.hand_off_id, settled=taken.settled)

    async def _give_back(self, call: Call[Nothing, Nothing]) -> GivenBack:
        return GivenBack(ai_answers=await self._assignments.give_back(call.actor, call.ids["conversation_id"]))

    async def _close(self, call: Call[Nothing, Nothing]) -> None:
        await self._assignments.close(call.actor, call.ids["conversation_id"])

    async def _transfer(self, call: Call[Nothing, Transfer]) -> None:
        await self._assignments.transfer(call.actor, call.ids["conversation_id"], call.body.member_id)

    async def _snooze(self, call: Call[Nothing, Snooze]) -> None:
        await put_to_sleep(call.actor, call.ids["conversation_id"], call.body.until)

    async def _wake(self, call: Call[Nothing, Nothing]) -> Woken:
        return Woken(slept=await wake(call.actor, call.ids["conversation_id"]))

    async def _say(self, call: Call[Nothing, NewWords]) -> Said:
        said = await self._attendance.say(
            call.actor, call.ids["conversation_id"], call.body.text, message_id=uuid7(), once=call.once
        )
        return Said(message_ids=said)

    async def _note(self, call: Call[Nothing, NewWords]) -> Noted:
        noted = await self._attendance.note(
            call.actor, call.ids["conversation_id"], call.body.text, message_id=uuid7(), once=call.once
        )
        return Noted(message_id=noted)

    async def _retry(self, call: Call[Nothing, Nothing]) -> None:
        await self._attendance.say_again(call.actor, call.ids["message_id"], once=call.once)

    async def _dismiss(self, call: Call[Nothing, Nothing]) -> None:
        await self._attendance.dismiss(call.actor, call.ids["conversation_id"])
