"""What a member says in a conversation: words for the lead, and notes that stay inside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from channels.base import Channel
from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.conversation import Author, Purpose
from core.domain.errors import BadRequest, Conflict, NotFound, WindowClosed
from core.domain.ports import ConversationRef, Jobs
from core.domain.splitting import split_text
from core.domain.team import MessagePurpose
from core.domain.turn_taking import Act, window_ends
from core.services.audit import audit
from core.services.conversation_hold import locked_for
from core.services.dead_letters import try_message_again
from core.services.idempotency import Once, answered_before, keep_answer
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
        self,
        actor: Actor,
        conversation_id: UUID,
        text: str,
        *,
        message_id: UUID,
        spot: Spot | None = None,
        once: Once | None = None,
    ) -> Sequence[UUID]:
        """Queue the member's words for the lead; the ids of the messages they make, the first being ``message_id``.

        ``message_id`` is of the caller's choosing and the same when he tries again, or else his request is told by
        ``once``: then nothing is said twice.
        Raises ``NotOwner``, ``WindowClosed``, ``Conflict`` when it is closed, ``BadRequest`` for a blank text,
        ``NotFound``, ``IdempotencyMismatch``.
        """
        ref = ConversationRef(actor.tenant_id, conversation_id)
        async with tenant_scope(actor.tenant_id) as scope:
            known = await _known(scope, actor, message_id, once)
            if known:
                return known
            state = await locked_for(Act.WRITE, scope, actor, conversation_id)
            channel = await self._channel(scope, ref)
            _check_window(channel, state)
            words = _of(actor, _pieces(channel, text), message_id, Purpose.ATTENDANT)
            said = await write_words(scope, ref, state, replace(words, leave_at=state["db_now"]))
            if spot is not None:
                await _mark(scope, ref, spot, said)
            if once is not None:
                await keep_answer(scope, actor, once, said)
        await self._jobs.sends_due(ref)
        return said

    async def say_again(self, actor: Actor, message_id: UUID, *, once: Once | None = None) -> None:
        """Try words of the member's that could not be sent once more, as they are.

        Raises ``NotOwner``, ``Conflict`` when there is nothing to try again, ``NotFound``, ``IdempotencyMismatch``.
        """
        async with tenant_scope(actor.tenant_id) as scope:
            if once is not None and await answered_before(scope, actor, once) is not None:
                return
            said = await scope.row("conversation_of_message", actor.tenant_id, message_id)
            if said is None:
                message = "no such message"
                raise NotFound(message)
            await locked_for(Act.WRITE, scope, actor, said["conversation_id"])
            ref = await try_message_again(scope, actor.tenant_id, message_id, who=actor)
        await self._jobs.sends_due(ref)

    async def note(
        self, actor: Actor, conversation_id: UUID, text: str, *, message_id: UUID, once: Once | None = None
    ) -> UUID:
        """Keep a note for the team; it never leaves. Anyone of the tenant may. The id that it has.

        ``message_id`` and ``once`` are as in ``say``. Raises ``BadRequest``, ``NotFound``, ``IdempotencyMismatch``.
        """
        if not text.strip():
            raise BadRequest(_BLANK)
        ref = ConversationRef(actor.tenant_id, conversation_id)
        async with tenant_scope(actor.tenant_id) as scope:
            state = await locked_for(Act.NOTE, scope, actor, conversation_id)
            known = await _known(scope, actor, message_id, once)
            if known:
                return known[0]
            await write_words(scope, ref, state, _of(actor, [text.strip()], message_id, Purpose.NOTE))
            if once is not None:
                await keep_answer(scope, actor, once, [message_id])
        return message_id

    async def dismiss(self, actor: Actor, conversation_id: UUID) -> None:
        """What the AI was about to say here is not wanted. Raises ``NotOwner``, ``Conflict`` when it is closed, ``NotFound``."""
        async with tenant_scope(actor.tenant_id) as scope:
            await locked_for(Act.WRITE, scope, actor, conversation_id)
            dismissed = await scope.rows("dismiss_suggestion", actor.tenant_id, conversation_id)
            for row in dismissed:
                scope.changed(ChangeKind.MESSAGE_OUT, row["id"], conversation_id=conversation_id)
            if dismissed:
                await audit(actor.tenant_id, actor, "suggestion.dismissed", conversation_id)

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
    ends = window_ends(channel.capabilities.window, state["last_inbound_at"])
    if ends is not None and state["db_now"] > ends:
        raise WindowClosed


async def _mark(scope: Scope, ref: ConversationRef, spot: Spot, said: Sequence[UUID]) -> None:
    """How far each piece comes is shown on the member's own message, and a reply to that is about the conversation."""
    await scope.rows(
        "means", ref.tenant_id, spot.chat_ref, spot.number, ref.conversation_id, list(said), MessagePurpose.SAID.value
    )
    for message_id in said:
        await scope.row("put_tick", ref.tenant_id, spot.chat_ref, message_id, spot.number, spot.thread_id)


async def _known(scope: Scope, actor: Actor, message_id: UUID, once: Once | None) -> Sequence[UUID]:
    """The messages that these words made the first time; none when they are not written."""
    if once is not None:
        return await answered_before(scope, actor, once) or ()
    return [part["id"] for part in await scope.rows("parts_of_word", actor.tenant_id, message_id)]
