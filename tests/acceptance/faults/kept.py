"""L, nothing lost, and D, nothing twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from tests.acceptance.faults.dump import ConversationRow, MessageRow, TurnRow
from tests.acceptance.faults.evidence import Evidence, Violation, turn_of

_REACHED = frozenset({"sent", "delivered", "read"})


def stored_once(evidence: Evidence) -> Iterator[Violation]:
    """What was acknowledged has one row and one raw event."""
    for wamid in evidence.history.acked:
        wrote = evidence.history.wrote.get(wamid)
        if wrote is None:
            continue
        rows, raw = len(evidence.stored.get(wamid, [])), evidence.dump.raw_copies.get(wamid, 0)
        if rows != 1 or raw != 1:
            yield Violation("L", f"acknowledged, and stored {rows} times ({raw} raw events)", wrote.token)


def fates_of(evidence: Evidence) -> tuple[Counter[str], list[Violation]]:
    """How every stored message of a lead ended."""
    fates: Counter[str] = Counter()
    lost: list[Violation] = []
    for wamid, rows in evidence.stored.items():
        if wamid not in evidence.history.wrote:
            continue
        fate = _fate(evidence, rows[0])
        fates[fate] += 1
        if fate == "lost":
            lost.append(Violation("L", "nothing became of it", evidence.history.wrote[wamid].token))
    return fates, lost


def _fate(evidence: Evidence, row: MessageRow) -> str:
    conversation = evidence.dump.conversations[row.conversation_id]
    turn = turn_of(evidence, row)
    handed = _has_a_person(evidence, conversation)
    if turn is None:
        # A person has the conversation: what was said after that is his to answer.
        return "handed_off" if handed else "lost"
    if turn.outcome == "silent":
        return "suppressed" if turn.intent == "spam" else "lost"
    said = evidence.sent_of_turn.get(turn.id, [])
    if any(_left(evidence, message) for message in said):
        return "answered" if turn.outcome == "answered" else "generic"
    # Where nothing could be said (the account is stopped), the turn itself gave the reason to the team.
    told = turn.outcome in {"generic", "dead"} or _told(evidence, row.conversation_id, said)
    return "handed_off" if handed and told else "lost"


def _has_a_person(evidence: Evidence, conversation: ConversationRow) -> bool:
    """Somebody of the team has the conversation, or is asked to; whom he answered of his own accord nobody handed him."""
    if conversation.status == "waiting_human":
        return bool(conversation.hand_offs)
    spoke = any(row.author == "attendant" for row in evidence.messages.get(conversation.id, []))
    return conversation.status == "human" and (bool(conversation.hand_offs) or spoke)


def _left(evidence: Evidence, message: MessageRow) -> bool:
    return message.status in _REACHED and bool(evidence.accepted.get(str(message.id)))


def _told(evidence: Evidence, conversation_id: UUID, said: Sequence[MessageRow]) -> bool:
    """Whether the team knows why: a note, or the words that were meant for the lead."""
    return bool(said) or any(row.purpose == "note" for row in evidence.messages[conversation_id])


def never_twice(evidence: Evidence) -> Iterator[Violation]:
    """No stored text left twice, none left unstored, and no message of a lead was answered by two turns."""
    for callback, sends in evidence.accepted.items():
        if len(sends) > 1:
            yield Violation("D", f"the provider took it {len(sends)} times", f"message {callback}")
        if callback not in evidence.by_id:
            yield Violation("D", "sent without a stored message", f"message {callback}")
    for conversation_id, turns in evidence.turns.items():
        answered_up_to = 0
        for turn in turns:
            if turn.from_seq <= answered_up_to:
                yield Violation(
                    "D", f"messages up to {answered_up_to} answered again", f"conversation {conversation_id}"
                )
            answered_up_to = max(answered_up_to, turn.to_seq)
            yield from _one_answer(evidence, turn)


def _one_answer(evidence: Evidence, turn: TurnRow) -> Iterator[Violation]:
    said = Counter((row.purpose, row.bubble) for row in evidence.sent_of_turn.get(turn.id, []))
    for (purpose, _), copies in said.items():
        if copies > 1:
            yield Violation("D", f"{copies} messages for the same {purpose}", f"turn {turn.id}")
    if sum(copies for (purpose, _), copies in said.items() if purpose in {"answer", "generic"}) > 1:
        yield Violation("D", "more than one answer", f"turn {turn.id}")
