"""The log and the database of one run side by side, and what a check finds there."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from tests.acceptance.faults.dump import Dump, MessageRow, TurnRow
from tests.acceptance.faults.history import Accepted, Call, History
from tests.acceptance.faults.load import TOKEN

COMMITTED = frozenset({"answered", "generic", "silent", "dead"})
"""Outcomes of turns that settled what the lead had said."""
NEVER = 1e12
"""Later than anything in a log."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was not kept: which one, and where."""

    invariant: str
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what} ({self.where})"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The log and the dump, and what several checks look up in them."""

    history: History
    dump: Dump
    one_at_a_time: bool
    send_lease: float
    accepted: Mapping[str, list[Accepted]] = field(default_factory=dict)
    calls: Mapping[str, list[Call]] = field(default_factory=dict)
    turns: Mapping[UUID, list[TurnRow]] = field(default_factory=dict)
    messages: Mapping[UUID, list[MessageRow]] = field(default_factory=dict)
    stored: Mapping[str, list[MessageRow]] = field(default_factory=dict)
    by_id: Mapping[str, MessageRow] = field(default_factory=dict)
    sent_of_turn: Mapping[UUID, list[MessageRow]] = field(default_factory=dict)


def gathered(history: History, dump: Dump, *, one_at_a_time: bool, send_lease: float) -> Evidence:
    """Everything at its place, for the checks to look up."""
    accepted: dict[str, list[Accepted]] = defaultdict(list)
    for send in history.accepted:
        accepted[send.callback].append(send)
    calls: dict[str, list[Call]] = defaultdict(list)
    for call in history.calls.values():
        calls[call.callback].append(call)
    turns: dict[UUID, list[TurnRow]] = defaultdict(list)
    for turn in dump.turns:
        if turn.outcome in COMMITTED:
            turns[turn.conversation_id].append(turn)
    messages: dict[UUID, list[MessageRow]] = defaultdict(list)
    stored: dict[str, list[MessageRow]] = defaultdict(list)
    sent_of_turn: dict[UUID, list[MessageRow]] = defaultdict(list)
    for row in dump.messages:
        messages[row.conversation_id].append(row)
        if row.direction == "in" and row.external_id:
            stored[row.external_id].append(row)
        elif row.turn_id is not None and row.purpose != "suggestion":
            sent_of_turn[row.turn_id].append(row)
    by_id = {str(row.id): row for row in dump.messages}
    return Evidence(
        history, dump, one_at_a_time, send_lease, accepted, calls, turns, messages, stored, by_id, sent_of_turn,
    )  # fmt: skip


def turn_of(evidence: Evidence, row: MessageRow) -> TurnRow | None:
    """The turn that settled a message of the lead."""
    turns = evidence.turns.get(row.conversation_id, [])
    return next((turn for turn in turns if turn.from_seq <= row.seq <= turn.to_seq), None)


def place(row: MessageRow) -> str:
    """Where a message stands, for people."""
    return f"{row.slug} {row.phone} #{row.seq}"


def token(row: MessageRow) -> str:
    """The word that stands in this message only."""
    found = TOKEN.search(row.text)
    return found[0] if found else ""


def lead_part(token: str) -> str:
    """The token without the number of the message."""
    return token.partition("m")[0]
