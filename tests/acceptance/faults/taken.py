"""H: once the person who took over knows that he has, nothing of the AI's leaves.

He knows by the answer to his tap. When it says that one last message may still come, or when he took over by writing on
the phone (which nobody answers), the one message that had been claimed by then may arrive, and no other: where the
provider has one in its hands at that moment, that is it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from bot.taps import ConversationTap, Verb
from tests.acceptance.faults.dump import Dump, MessageRow
from tests.acceptance.faults.evidence import NEVER, Evidence, Violation, place
from tests.acceptance.faults.history import Accepted, History

_SETTLED: Final = "A conversa é sua: escreva e vai para o lead."
_UNSETTLED: Final = "A conversa é sua. Uma última mensagem da IA ainda pode chegar ao lead."
_RETURNED: Final = "A IA continua daqui."
BEGINS_WITHIN: Final = 5.5
"""Half a lease of a send, as the experiments set it, and what a busy machine adds: so long after it was claimed a
message may still go out (see ``pipeline.deliver``)."""
LOOKED_FOR: Final = 3.0
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

    def covers(self, moment: float) -> bool:
        """Whether it is his then."""
        return self.at < moment < self.until


def take_overs_of(history: History, dump: Dump) -> list[TakeOver]:
    """Every one that the log and the database tell of."""
    found = [*_by_tap(history), *_by_phone(history, dump)]
    returns = _returns(history)
    return [_until(one, returns) for one in found if one.conversation_id in dump.conversations]


def _by_tap(history: History) -> Iterator[TakeOver]:
    kinds = {_SETTLED: Kind.SETTLED, _UNSETTLED: Kind.UNSETTLED}
    for key, toast in history.chats.toasts.items():
        tapped, kind = history.chats.tapped.get(key), kinds.get(toast.text)
        if tapped is not None and kind is not None:
            yield TakeOver(ConversationTap.unpack(tapped.data).subject_id, kind, toast.at)


def _by_phone(history: History, dump: Dump) -> Iterator[TakeOver]:
    """Told with the 200 that the provider got for the echo: the person himself is told nothing."""
    conversations = {(one.number_id, one.phone): one.id for one in dump.conversations.values()}
    for wamid, echo in history.echoes.items():
        conversation_id, acked = conversations.get((echo.number_id, echo.lead)), history.acked.get(wamid)
        if conversation_id is not None and acked is not None:
            yield TakeOver(conversation_id, Kind.PHONE, acked)


def _returns(history: History) -> list[tuple[UUID, float]]:
    """When somebody tapped to give a conversation back: from then on the AI may speak."""
    found = []
    for key, tapped in history.chats.tapped.items():
        toast = history.chats.toasts.get(key)
        tap = ConversationTap.unpack(tapped.data) if tapped.data.startswith("c:") else None
        if tap is not None and tap.verb is Verb.RETURN and (toast is None or toast.text == _RETURNED):
            found.append((tap.subject_id, tapped.at))
    return found


def _until(one: TakeOver, returns: Sequence[tuple[UUID, float]]) -> TakeOver:
    after = [at for conversation_id, at in returns if conversation_id == one.conversation_id and at > one.at]
    return TakeOver(one.conversation_id, one.kind, one.at, min(after, default=NEVER))


def silent_after_take_over(evidence: Evidence, take_overs: Sequence[TakeOver]) -> Iterator[Violation]:
    """Nothing of the AI leaves, but for what was on its way and announced as such."""
    for send, row, one in _spoken_after(evidence, take_overs):
        if one.kind is Kind.SETTLED:
            yield Violation("H", "the AI spoke after a person had taken over", place(row))
        elif _is_another(evidence, send, one):
            yield Violation("H", f"the AI began to speak after a person had taken over ({one.kind})", place(row))
    for (conversation_id, kind), count in _last_words(evidence, take_overs).items():
        if count > 1:
            yield Violation("H", f"{count} last words of the AI ({kind})", f"conversation {conversation_id}")


_GRACE: Final[Mapping[Kind, float]] = {Kind.UNSETTLED: BEGINS_WITHIN - LOOKED_FOR, Kind.PHONE: BEGINS_WITHIN}
"""How long after he knew the call may begin of what had been claimed when he took over."""


def _is_another(evidence: Evidence, send: Accepted, one: TakeOver) -> bool:
    """Whether this is not the message that was on its way: its call began too late, or while that one was in its own."""
    began = evidence.history.received.get(send.callback, send.at)
    if began <= one.at:
        return False
    return began > one.at + _GRACE[one.kind] or _in_the_providers_hands(evidence, one)


def _in_the_providers_hands(evidence: Evidence, one: TakeOver) -> bool:
    """Whether a message of the AI's was in a call at that moment."""
    history = evidence.history
    ours = [str(row.id) for row in evidence.messages.get(one.conversation_id, []) if row.author == "ai"]
    return any(history.received.get(key, NEVER) <= one.at < history.let_go.get(key, NEVER) for key in ours)


def last_words(evidence: Evidence, take_overs: Sequence[TakeOver]) -> int:
    """Messages of the AI that arrived after a person had taken over, as he was told or could know."""
    return _last_words(evidence, take_overs).total()


def _last_words(evidence: Evidence, take_overs: Sequence[TakeOver]) -> Counter[tuple[UUID, Kind]]:
    spoken = _spoken_after(evidence, take_overs)
    return Counter((row.conversation_id, one.kind) for _, row, one in spoken if one.kind is not Kind.SETTLED)


def _spoken_after(
    evidence: Evidence, take_overs: Sequence[TakeOver]
) -> Iterator[tuple[Accepted, MessageRow, TakeOver]]:
    """Each message of the AI's within a take-over, with the strictest word that had been given by then."""
    strictest = list(Kind)
    for send in evidence.history.accepted:
        row = evidence.by_id.get(send.callback)
        if row is None or row.author != "ai":
            continue
        then = [one for one in take_overs if one.conversation_id == row.conversation_id and one.covers(send.at)]
        if then:
            yield send, row, min(then, key=lambda one: (strictest.index(one.kind), one.at))
