"""H: once the person who took over knows that he has, nothing of the AI's leaves.

He knows by the answer to his tap. When it says that one last message may still come, or when he took over by writing on
the phone (which nobody answers), the one message that had been claimed by then may arrive, and no other: where the
provider has one in its hands at that moment, that is it. And what is numbered after his words is never it: the AI had
not written that when he took over.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from bot.taps import ConversationTap, Verb
from tests.acceptance.faults.dump import Dump, MessageRow
from tests.acceptance.faults.evidence import NEVER, Evidence, Violation, place
from tests.acceptance.faults.history import Accepted, Call, History

SETTLED: Final = "A conversa é sua: escreva e vai para o lead."
UNSETTLED: Final = "A conversa é sua. Uma última mensagem da IA ainda pode chegar ao lead."
RETURNED: Final = "A IA continua daqui."
_FRESH: Final = 0.5
"""The part of a send's lease within which the provider may still be called (see ``pipeline.deliver``)."""
_BUSY: Final = 0.5
"""What a busy machine adds to that, in seconds."""
_LOOKED_FOR: Final = 3.0
"""So long he waits for his answer while a message is on its way (see ``core.services.assignments``)."""


class Kind(StrEnum):
    """How somebody learnt that he has the conversation."""

    SETTLED = "settled"
    UNSETTLED = "one may still come"
    PHONE = "by phone"


@dataclass(frozen=True, slots=True)
class TakeOver:
    """From ``at`` on a person knows that a conversation is his, until it is given back."""

    conversation_id: UUID
    kind: Kind
    at: float
    until: float = NEVER
    above: int | None = None
    """What is numbered after this was written after he had taken over: the number of what he wrote on the phone."""

    def covers(self, moment: float) -> bool:
        """Whether it is his then, as he knows."""
        return self.at < moment < self.until


def take_overs_of(history: History, dump: Dump) -> list[TakeOver]:
    """Every one that the log and the database tell of."""
    found = [*_by_tap(history), *_by_phone(history, dump)]
    returns = _returns(history)
    return [_until(one, returns) for one in found if one.conversation_id in dump.conversations]


def _by_tap(history: History) -> Iterator[TakeOver]:
    kinds = {SETTLED: Kind.SETTLED, UNSETTLED: Kind.UNSETTLED}
    for key, toast in history.chats.toasts.items():
        tapped, kind = history.chats.tapped.get(key), kinds.get(toast.text)
        if tapped is not None and kind is not None:
            yield TakeOver(ConversationTap.unpack(tapped.data).subject_id, kind, toast.at)


def _by_phone(history: History, dump: Dump) -> Iterator[TakeOver]:
    """Told with the 200 that the provider got for the echo: the person himself is told nothing."""
    conversations = {(one.number_id, one.phone): one.id for one in dump.conversations.values()}
    numbers = {row.external_id: row.seq for row in dump.messages}
    for wamid, echo in history.echoes.items():
        conversation_id, acked = conversations.get((echo.number_id, echo.lead)), history.acked.get(wamid)
        if conversation_id is not None and acked is not None:
            yield TakeOver(conversation_id, Kind.PHONE, acked, above=numbers.get(wamid))


def _returns(history: History) -> list[tuple[UUID, float]]:
    """When somebody tapped to give a conversation back, and was told that he had: from then on the AI may speak."""
    found = []
    for key, tapped in history.chats.tapped.items():
        toast = history.chats.toasts.get(key)
        tap = ConversationTap.unpack(tapped.data) if tapped.data.startswith("c:") else None
        if tap is not None and tap.verb is Verb.RETURN and toast is not None and toast.text == RETURNED:
            found.append((tap.subject_id, tapped.at))
    return found


def _until(one: TakeOver, returns: Sequence[tuple[UUID, float]]) -> TakeOver:
    after = [at for conversation_id, at in returns if conversation_id == one.conversation_id and at > one.at]
    return replace(one, until=min(after, default=NEVER))


def silent_after_take_over(evidence: Evidence, take_overs: Sequence[TakeOver]) -> Iterator[Violation]:
    """Nothing of the AI leaves, but for what was on its way and announced as such."""
    yield from _written_after(evidence, take_overs)
    for send, row, one in _spoken_after(evidence, take_overs):
        if one.kind is Kind.SETTLED:
            yield Violation("H", "the AI spoke after a person had taken over", place(row))
        elif _is_another(evidence, send, one):
            yield Violation("H", f"the AI began to speak after a person had taken over ({one.kind})", place(row))
    for (conversation_id, _), count in _last_words(evidence, take_overs).items():
        if count > 1:
            yield Violation("H", f"{count} last words of the AI", f"conversation {conversation_id}")


def _written_after(evidence: Evidence, take_overs: Sequence[TakeOver]) -> Iterator[Violation]:
    """What the AI wrote after the words of whoever took over, and sent before he gave the conversation back."""
    for send, row in _spoken(evidence):
        if any(_is_written_after(send, row, one) for one in take_overs):
            yield Violation("H", "the AI wrote something after a person had", place(row))


def _is_written_after(send: Accepted, row: MessageRow, one: TakeOver) -> bool:
    mine = one.conversation_id == row.conversation_id and send.at < one.until
    return mine and one.above is not None and row.seq > one.above


def _grace(evidence: Evidence, kind: Kind) -> float:
    """How long after he knew the call may begin of what had been claimed when he took over."""
    claimed = evidence.send_lease * _FRESH + _BUSY
    return max(claimed - _LOOKED_FOR, 0.0) if kind is Kind.UNSETTLED else claimed


def _is_another(evidence: Evidence, send: Accepted, one: TakeOver) -> bool:
    """Whether this is not the message that was on its way: its call began too late, or while that one was in its own."""
    calls = _calls(evidence, send.callback)
    began = max((call.began for call in calls if call.began <= send.at), default=send.at)
    if began <= one.at:
        return False
    return began > one.at + _grace(evidence, one.kind) or _another_in_the_providers_hands(evidence, send, one)


def _another_in_the_providers_hands(evidence: Evidence, send: Accepted, one: TakeOver) -> bool:
    """Whether another message of the AI's was in a call at that moment."""
    ours = {str(row.id) for row in evidence.messages.get(one.conversation_id, []) if row.author == "ai"}
    calls = [call for other in ours - {send.callback} for call in _calls(evidence, other)]
    return any(call.began <= one.at < call.over for call in calls)


def _calls(evidence: Evidence, callback: str) -> list[Call]:
    return evidence.calls.get(callback, [])


def last_words(evidence: Evidence, take_overs: Sequence[TakeOver]) -> int:
    """Messages of the AI that arrived after a person had taken over, as he was told or could know."""
    return _last_words(evidence, take_overs).total()


def _last_words(evidence: Evidence, take_overs: Sequence[TakeOver]) -> Counter[tuple[UUID, float]]:
    """By the conversation and the moment when people gave it back, however often and by whatever way they took it."""
    spoken = _spoken_after(evidence, take_overs)
    return Counter((row.conversation_id, one.until) for _, row, one in spoken if one.kind is not Kind.SETTLED)


def _spoken_after(
    evidence: Evidence, take_overs: Sequence[TakeOver]
) -> Iterator[tuple[Accepted, MessageRow, TakeOver]]:
    """Each message of the AI's within a take-over, with the strictest word that had been given by then."""
    strictest = list(Kind)
    for send, row in _spoken(evidence):
        then = [one for one in take_overs if one.conversation_id == row.conversation_id and one.covers(send.at)]
        if then:
            yield send, row, min(then, key=lambda one: (strictest.index(one.kind), one.at))


def _spoken(evidence: Evidence) -> Iterator[tuple[Accepted, MessageRow]]:
    """What the provider took of the AI's."""
    for send in evidence.history.accepted:
        row = evidence.by_id.get(send.callback)
        if row is not None and row.author == "ai":
            yield send, row
