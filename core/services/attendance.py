"""What a member says in a conversation: words for the lead, and notes that stay inside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from channels.base import Channel
from core.domain.actor import Actor
from core.domain.conversation import Author, ConversationStatus, Purpose
from core.domain.errors import BadRequest, Conflict, NotFound, NotOwner, WindowClosed
from core.domain.ports import ConversationRef, Jobs
from core.domain.splitting import split_text
from core.domain.team import MessagePurpose
from core.services.conversation_hold import locked, locked_open
from core.services.dead_letters import try_message_again
from core.services.written_words import Words, write_words
from db.tenancy import Scope, tenant_scope


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in Telegram a member wrote: how far his words come is shown there."""

    chat_ref: UUID
    number: int
    thread_id: int | None = None


class Attendance:
    """The use cases of answering by hand."""

    def __init__(self, channels: Mapping[str, Channel], jobs: Jobs) -> None:
        self._channels = channels
        self._jobs = jobs

    async def say(
        self, actor: Actor, conversation_id: UUID, text: str, *, message_id: UUID, spot: Spot | None = None
    ) -> list[UUID]:
        """Queue the member's words for the lead; the ids of the messages they make, the first being ``message_id``.

        ``message_id`` is of the caller's choosing and the same when he tries again: then nothing is said twice.
        Raises ``NotOwner``, ``WindowClosed``, ``Conflict`` when it is closed, ``BadRequest`` for a blank text,
        ``NotFound``.
        """
        ref = ConversationRef(actor.tenant_id, conversation_id)
        async with tenant_scope(actor.tenant_id) as scope:
            known = await scope.rows("parts_of_word", actor.tenant_id, message_id)
            if known:
                return [part["id"] for part in known]
            state = await _owned(scope, actor, conversation_id)
            channel = await self._channel(scope, ref)
            _check_window(channel, state)
            words = _of(actor, _pieces(channel, text), message_id, Purpose.ATTENDANT)
            said = await write_words(scope, ref, state, replace(words, leave_at=state["db_now"]))
            if spot is not None:
                await _mark(scope, ref, spot, said)
        await self._jobs.sends_due(ref)
        return said

    async def say_again(self, actor: Actor, message_id: UUID) -> None:
        """Try words of the member's that could not be sent once more, as they are.

        Raises ``NotOwner``, ``Conflict`` when there is nothing to try again, ``NotFound``.
        """
        async with tenant_scope(actor.tenant_id) as scope:
            said = await scope.row("conversation_of_message", actor.tenant_id, message_id)
            if said is None:
                message = "no such message"
                raise NotFound(message)
            await _owned(scope, actor, said["conversation_id"])
            ref = await try_message_again(scope, actor.tenant_id, message_id, who=actor)
        await self._jobs.sends_due(ref)

    async def note(self, actor: Actor, conversation_id: UUID, text: str, *, message_id: UUID) -> None:
        """Keep a note for the team; it never leaves. Anyone of the tenant may. Raises ``BadRequest``, ``NotFound``."""
        if not text.strip():
            raise BadRequest(_BLANK)
        ref = ConversationRef(actor.tenant_id, conversation_id)
        async with tenant_scope(actor.tenant_id) as scope:
            state = await locked(scope, actor, conversation_id)
            if await scope.row("message_known", actor.tenant_id, message_id) is None:
                await write_words(scope, ref, state, _of(actor, [text.strip()], message_id, Purpose.NOTE))

    async def _channel(self, scope: Scope, ref: ConversationRef) -> Channel:
        target = await scope.row("send_target", ref.tenant_id, ref.conversation_id)
        channel = self._channels.get(target["channel"]) if target else None
        if channel is None:
            message = "the conversation's channel is not installed here"
            raise Conflict(message)
        return channel


_BLANK = "there is nothing to say: the text is blank"


def _pieces(channel: Channel, text: str) -> list[str]:
    pieces = split_text(text, channel.capabilities.text_limit, channel.capabilities.text_unit)
    if not pieces:
        raise BadRequest(_BLANK)
    return pieces


def _of(actor: Actor, pieces: Sequence[str], first_id: UUID, purpose: Purpose) -> Words:
    return Words(pieces, Author.ATTENDANT, purpose, member_id=actor.member_id, first_id=first_id)


def _check_window(channel: Channel, state: Mapping[str, Any]) -> None:
    """A provider that takes free words for a time only would refuse them later: he is told before they are queued."""
    window = channel.capabilities.window
    if (
        window is not None
        and state["last_inbound_at"] is not None
        and state["db_now"] > state["last_inbound_at"] + window
    ):
        raise WindowClosed


async def _mark(scope: Scope, ref: ConversationRef, spot: Spot, said: Sequence[UUID]) -> None:
    """How far each piece comes is shown on the member's own message, and a reply to that is about the conversation."""
    await scope.rows(
        "means", ref.tenant_id, spot.chat_ref, spot.number, ref.conversation_id, list(said), MessagePurpose.SAID.value
    )
    for message_id in said:
        await scope.row("put_tick", ref.tenant_id, spot.chat_ref, message_id, spot.number, spot.thread_id)


async def _owned(scope: Scope, actor: Actor, conversation_id: UUID) -> Mapping[str, Any]:
    state = await locked_open(scope, actor, conversation_id)
    if state["status"] != ConversationStatus.HUMAN or state["assignee_id"] != actor.member_id:
        raise NotOwner(state["holder"])
    return state
