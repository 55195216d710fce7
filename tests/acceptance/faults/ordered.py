"""O, order: nothing is passed over, overtaken, or answered without having been seen."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from uuid import UUID

from tests.acceptance.faults.dump import MessageRow, TurnRow
from tests.acceptance.faults.evidence import NEVER, Evidence, Violation, lead_part, place, token, turn_of
from tests.acceptance.faults.history import Asked

MOST_RESTARTS = 2


def in_order(evidence: Evidence) -> Iterator[Violation]:
    """Within a conversation the provider took our texts in the order in which they were written."""
    latest: dict[UUID, int] = {}
    for send in evidence.history.accepted:
        row = evidence.by_id.get(send.callback)
        if row is None:
            continue
        if row.seq < latest.get(row.conversation_id, 0):
            yield Violation("O", f"message {row.seq} left after {latest[row.conversation_id]}", place(row))
        latest[row.conversation_id] = max(row.seq, latest.get(row.conversation_id, 0))


def nothing_skipped(evidence: Evidence) -> Iterator[Violation]:
    """Up to where a conversation counts as answered, a turn stands for every message."""
    for conversation in evidence.dump.conversations.values():
        for row in evidence.messages.get(conversation.id, []):
            passed = row.direction == "in" and conversation.context_from_seq < row.seq <= conversation.answered_seq
            if passed and turn_of(evidence, row) is None:
                yield Violation("O", f"message {row.seq} was passed over", place(row))


def whole_context(evidence: Evidence) -> Iterator[Violation]:
    """The model saw exactly what the turn answers, and all that was stored by then."""
    asked = _decisions(evidence)
    for conversation_id, turns in evidence.turns.items():
        inbound = [row for row in evidence.messages[conversation_id] if row.direction == "in"]
        for turn in turns:
            if turn.outcome == "answered":
                yield from _context_of(evidence, turn, inbound, asked)
    if evidence.one_at_a_time:
        yield from _overlaps(evidence, asked)


def _context_of(
    evidence: Evidence, turn: TurnRow, inbound: Sequence[MessageRow], asked: Mapping[frozenset[str], list[Asked]]
) -> Iterator[Violation]:
    covered = [row for row in inbound if turn.from_seq <= row.seq <= turn.to_seq]
    calls = asked.get(frozenset(token(row) for row in covered), [])
    if not calls:
        yield Violation("O", "no model call saw exactly what the turn answers", f"turn {turn.id}")
        return
    later = [row for row in inbound if row.seq > turn.to_seq]
    known = [[row for row in later if _acked(evidence, row) < _looked(turn, call, asked, evidence)] for call in calls]
    if all(known):
        yield Violation("O", f"answered without {token(known[-1][0])}, which was stored before", f"turn {turn.id}")


def _acked(evidence: Evidence, row: MessageRow) -> float:
    return evidence.history.acked.get(row.external_id or "", NEVER)


def _looked(turn: TurnRow, call: Asked, asked: Mapping[frozenset[str], list[Asked]], evidence: Evidence) -> float:
    """Until when a message must have been noticed.

    The commit comes after the model's answer, and what is new then restarts the turn, twice; the last attempt looks once
    more after the answer before its own, and what comes later is the next turn's.
    """
    ended = evidence.history.ended
    if turn.restarts < MOST_RESTARTS:
        return ended.get(call.request_id, call.at)
    dropped = [
        other for tokens, calls in asked.items() if tokens < call.tokens for other in calls if other.at < call.at
    ]
    return max((ended.get(other.request_id, 0.0) for other in dropped), default=0.0)


def _overlaps(evidence: Evidence, asked: Mapping[frozenset[str], list[Asked]]) -> Iterator[Violation]:
    by_lead: dict[str, list[Asked]] = defaultdict(list)
    for tokens, calls in asked.items():
        for call in calls:
            by_lead[lead_part(next(iter(tokens)))].append(call)
    for lead, calls in by_lead.items():
        calls.sort(key=lambda call: call.at)
        for earlier, later in pairwise(calls):
            if evidence.history.ended.get(earlier.request_id, NEVER) > later.at:
                yield Violation("O", "two turns of one conversation at the same time", lead)


def _decisions(evidence: Evidence) -> Mapping[frozenset[str], list[Asked]]:
    asked: dict[frozenset[str], list[Asked]] = defaultdict(list)
    for call in evidence.history.asked:
        if call.decision and call.tokens:
            asked[call.tokens].append(call)
    return asked
