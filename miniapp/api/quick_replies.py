"""Words that the team writes often."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field

from core.domain.errors import Forbidden, NotFound
from core.services.quick_replies import (
    ReadyReply,
    ShortcutTaken,
    add_reply,
    change_reply,
    ready_replies,
    remove_reply,
)
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.parts import Words

_ONE = "/quick-replies/{reply_id}"


class QuickReply(ApiModel):
    """One of them, and the short name by which it is found."""

    id: UUID
    shortcut: str
    text: str


class QuickReplyList(ApiModel):
    """All of them, by name."""

    items: Sequence[QuickReply]


class QuickReplyText(ApiModel):
    """What it is to be. The short name has no blanks."""

    shortcut: Words = Field(max_length=40, pattern=r"^\S+$")
    text: Words = Field(max_length=4000)


class QuickReplyDesk:
    """The operations about quick replies."""

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation("quick_replies", "GET", "/quick-replies", "All of them.", self._list, answer=QuickReplyList),
            Operation(
                "add_quick_reply", "POST", "/quick-replies", "One more.", self._add,
                body=QuickReplyText, answer=QuickReply, refusals=(Forbidden, ShortcutTaken),
            ),
            Operation(
                "change_quick_reply", "PUT", _ONE, "Another name, other words.", self._change,
                body=QuickReplyText, answer=QuickReply, refusals=(Forbidden, NotFound, ShortcutTaken),
            ),
            Operation(
                "remove_quick_reply", "DELETE", _ONE, "One less.", self._remove, refusals=(Forbidden, NotFound)
            ),
        )  # fmt: skip

    async def _list(self, call: Call[Nothing, Nothing]) -> QuickReplyList:
        return QuickReplyList(items=[_reply(one) for one in await ready_replies(call.actor)])

    async def _add(self, call: Call[Nothing, QuickReplyText]) -> QuickReply:
        return _reply(await add_reply(call.actor, call.body.shortcut, call.body.text))

    async def _change(self, call: Call[Nothing, QuickReplyText]) -> QuickReply:
        return _reply(await change_reply(call.actor, call.ids["reply_id"], call.body.shortcut, call.body.text))

    async def _remove(self, call: Call[Nothing, Nothing]) -> None:
        await remove_reply(call.actor, call.ids["reply_id"])


def _reply(one: ReadyReply) -> QuickReply:
    return QuickReply.model_validate(one, from_attributes=True)
