"""The offline judge: the invariants, over the emulators' log and the database alone.

L: what the provider was told we have is stored once, and answered, handed off, or left alone with a reason.
D: nothing is sent twice, and no message of a lead is answered twice.
O: answers leave in order, each after having seen all that had been said, and nothing is passed over.
T: no row, prompt or send mixes tenants.
H (nothing of the AI leaves after a person took over) has its place here: ``take_overs`` are told by who runs the experiment.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tests.acceptance.faults.dump import ConversationRow, Dump, MessageRow, TurnRow
from tests.acceptance.faults.history import Accepted, Asked, History
from tests.acceptance.faults.load import TOKEN
from tests.acceptance.faults.servers import SHOPS

COMMITTED = frozenset({"answered", "generic", "silent", "dead"})
_REACHED = frozenset({"sent", "delivered", "read"})
NEVER = 1e12
MOST_RESTARTS = 2
_SLACK = 1.0
"""Seconds between the moment a turn looks at a conversation and the moment the model hears of it."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was not kept: which one, and where."""

    invariant: str
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what} ({self.where})"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: the violations, how every message ended, and the longest a lead waited, in seconds."""

    violations: tuple[Violation, ...]
    fates: Counter[str]
    conversations: int
    unknown_sends: int
    longest_delay: float

    def of(self, invariant: str) -> list[Violation]:
        """The violations of one invariant."""
        return [violation for violation in self.violations if violation.invariant == invariant]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The log and the dump, and what several checks look up in them."""

    history: History
    dump: Dump
    one_at_a_time: bool
    take_overs: Mapping[UUID, float]
    accepted: Mapping[str, list[Accepted]] = field(default_factory=dict)
    turns: Mapping[UUID, list[TurnRow]] = field(default_factory=dict)
    messages: Mapping[UUID, list[MessageRow]] = field(default_factory=dict)
    stored: Mapping[str, list[MessageRow]] = field(default_factory=dict)
    by_id: Mapping[str, MessageRow] = field(default_factory=dict)
    sent_of_turn: Mapping[UUID, list[MessageRow]] = field(default_factory=dict)


def check(
    history: History, dump: Dump, *, one_at_a_time: bool = False, take_overs: Mapping[UUID, float] | None = None
) -> Verdict:
    """Judge one run. ``one_at_a_time``: nothing froze or died, so two model calls for one lead must never overlap."""
    evidence = _gathered(history, dump, one_at_a_time=one_at_a_time, take_overs=take_overs or {})
    fates, lost = _fates(evidence)
    checks = (_stored_once, _never_twice, _in_order, _whole_context, _nothing_skipped, _apart, _silent_after_take_over)
    violations = [*lost, *(violation for judge in checks for violation in judge(evidence))]
    return Verdict(
        violations=tuple(violations),
        fates=fates,
        conversations=len(dump.conversations),
        unknown_sends=_unknown_sends(evidence),
        longest_delay=_longest_delay(evidence),
    )


def _gathered(history: History, dump: Dump, *, one_at_a_time: bool, take_overs: Mapping[UUID, float]) -> Evidence:
    accepted: dict[str, list[Accepted]] = defaultdict(list)
    for send in history.accepted:
        accepted[send.callback].append(send)
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
    return Evidence(history, dump, one_at_a_time, take_overs, accepted, turns, messages, stored, by_id, sent_of_turn)


# L


def _stored_once(evidence: Evidence) -> Iterator[Violation]:
    for wamid in evidence.history.acked:
        wrote = evidence.history.wrote.get(wamid)
        if wrote is None:
            continue
        rows, raw = len(evidence.stored.get(wamid, [])), evidence.dump.raw_copies.get(wamid, 0)
        if rows != 1 or raw != 1:
            yield Violation("L", f"acknowledged, and stored {rows} times ({raw} raw events)", wrote.token)


def _fates(evidence: Evidence) -> tuple[Counter[str], list[Violation]]:
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
    turn = _turn_of(evidence, row)
    handed = bool(conversation.hand_offs) and conversation.status in {"waiting_human", "human"}
    if turn is None:
        # A person has the conversation: what was said after that is his to answer.
        return "handed_off" if handed else "lost"
    if turn.outcome == "silent":
        return "suppressed" if turn.intent == "spam" else "lost"
    said = evidence.sent_of_turn.get(turn.id, [])
    if any(_left(evidence, message) for message in said):
        return "answered" if turn.outcome == "answered" else "generic"
    return "handed_off" if handed and _told(evidence, row.conversation_id, said) else "lost"


def _left(evidence: Evidence, message: MessageRow) -> bool:
    return message.status in _REACHED and bool(evidence.accepted.get(str(message.id)))


def _told(evidence: Evidence, conversation_id: UUID, said: Sequence[MessageRow]) -> bool:
    """Whether the team knows why: a note, or the words that were meant for the lead."""
    return bool(said) or any(row.purpose == "note" for row in evidence.messages[conversation_id])


def _turn_of(evidence: Evidence, row: MessageRow) -> TurnRow | None:
    turns = evidence.turns.get(row.conversation_id, [])
    return next((turn for turn in turns if turn.from_seq <= row.seq <= turn.to_seq), None)


# D


def _never_twice(evidence: Evidence) -> Iterator[Violation]:
    for callback, sends in evidence.accepted.items():
        if len(sends) > 1:
            yield Violation("D", f"the provider took it {len(sends)} times", f"message {callback}")
        if callback not in evidence.by_id:
            yield Violation("D", "sent without a stored message", f"message {callback}")
    for conversation_id, turns in evidence.turns.items():
        answered_up_to = 0
        for turn in turns:
            if turn.from_seq <= answered_up_to:
                yield Violation("D", f"messages up to {answered_up_to} answered again", f"conversation {conversation_id}")
            answered_up_to = max(answered_up_to, turn.to_seq)
            yield from _one_answer(evidence, turn)


def _one_answer(evidence: Evidence, turn: TurnRow) -> Iterator[Violation]:
    said = Counter((row.purpose, row.bubble) for row in evidence.sent_of_turn.get(turn.id, []))
    for (purpose, _), copies in said.items():
        if copies > 1:
            yield Violation("D", f"{copies} messages for the same {purpose}", f"turn {turn.id}")
    if sum(copies for (purpose, _), copies in said.items() if purpose in {"answer", "generic"}) > 1:
        yield Violation("D", "more than one answer", f"turn {turn.id}")


# O


def _in_order(evidence: Evidence) -> Iterator[Violation]:
    latest: dict[UUID, int] = {}
    for send in evidence.history.accepted:
        row = evidence.by_id.get(send.callback)
        if row is None:
            continue
        if row.seq < latest.get(row.conversation_id, 0):
            yield Violation("O", f"message {row.seq} left after {latest[row.conversation_id]}", _place(evidence, row))
        latest[row.conversation_id] = max(row.seq, latest.get(row.conversation_id, 0))


def _nothing_skipped(evidence: Evidence) -> Iterator[Violation]:
    for conversation in evidence.dump.conversations.values():
        for row in evidence.messages.get(conversation.id, []):
            passed = row.direction == "in" and conversation.context_from_seq < row.seq <= conversation.answered_seq
            if passed and _turn_of(evidence, row) is None and not conversation.hand_offs:
                yield Violation("O", f"message {row.seq} was passed over", _place(evidence, row))


def _whole_context(evidence: Evidence) -> Iterator[Violation]:
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
    calls = asked.get(frozenset(_token(row) for row in covered), [])
    if not calls:
        yield Violation("O", "no model call saw exactly what the turn answers", f"turn {turn.id}")
        return
    later = [row for row in inbound if row.seq > turn.to_seq]
    known = [[row for row in later if _acked(evidence, row) < _looked(evidence, turn, call)] for call in calls]
    if all(known):
        yield Violation("O", f"answered without {_token(known[-1][0])}, which was stored before", f"turn {turn.id}")


def _acked(evidence: Evidence, row: MessageRow) -> float:
    return evidence.history.acked.get(row.external_id or "", NEVER)


def _looked(evidence: Evidence, turn: TurnRow, call: Asked) -> float:
    """Until when a message must have been noticed: the commit comes after the model's answer, and restarts the turn twice."""
    if turn.restarts < MOST_RESTARTS:
        return evidence.history.ended.get(call.request_id, call.at)
    return call.at - _SLACK


def _overlaps(evidence: Evidence, asked: Mapping[frozenset[str], list[Asked]]) -> Iterator[Violation]:
    by_lead: dict[str, list[Asked]] = defaultdict(list)
    for tokens, calls in asked.items():
        for call in calls:
            by_lead[_lead_part(next(iter(tokens)))].append(call)
    for lead, calls in by_lead.items():
        calls.sort(key=lambda call: call.at)
        for earlier, later in zip(calls, calls[1:], strict=False):
            if evidence.history.ended.get(earlier.request_id, NEVER) > later.at:
                yield Violation("O", "two turns of one conversation at the same time", lead)


def _decisions(evidence: Evidence) -> Mapping[frozenset[str], list[Asked]]:
    asked: dict[frozenset[str], list[Asked]] = defaultdict(list)
    for call in evidence.history.asked:
        if call.decision and call.tokens:
            asked[call.tokens].append(call)
    return asked


# T


def _apart(evidence: Evidence) -> Iterator[Violation]:
    for row in evidence.dump.messages:
        yield from _row_apart(evidence, row)
    for send in evidence.history.accepted:
        stored = evidence.by_id.get(send.callback)
        if stored is not None and (stored.number_id, stored.phone) != (send.number_id, send.lead):
            yield Violation("T", "sent through another number or to another lead", f"message {send.callback}")
        yield from _marked(send.text, _shop_of(send.number_id), f"send {send.seq}")
    for call in evidence.history.asked:
        leads = {_lead_part(token) for token in call.tokens | call.history_tokens}
        if len(leads) > 1:
            yield Violation("T", f"a prompt holds words of {len(leads)} leads", f"request {call.request_id}")
        for lead in leads:
            text = evidence.history.systems.get(call.system, "") + call.history
            yield from _marked(text, int(lead[4]), f"request {call.request_id}")


def _row_apart(evidence: Evidence, row: MessageRow) -> Iterator[Violation]:
    shop = _shop_of(row.number_id)
    if not row.one_tenant or row.slug != SHOPS[shop].slug:
        yield Violation("T", "a row points into another tenant", _place(evidence, row))
    wrote = evidence.history.wrote.get(row.external_id or "") if row.direction == "in" else None
    if wrote is not None and (wrote.number_id, wrote.lead) != (row.number_id, row.phone):
        yield Violation("T", "stored for another number or lead", wrote.token)
    yield from _marked(row.text, shop, _place(evidence, row))
    for found in TOKEN.finditer(row.text):
        if int(found[2]) != shop:
            yield Violation("T", "words of another tenant's lead", _place(evidence, row))


def _marked(text: str, shop: int, where: str) -> Iterator[Violation]:
    for other in SHOPS:
        if other.index != shop and other.mark in text:
            yield Violation("T", f"{SHOPS[shop].slug} says what only {other.slug} knows", where)


# H


def _silent_after_take_over(evidence: Evidence) -> Iterator[Violation]:
    for send in evidence.history.accepted:
        row = evidence.by_id.get(send.callback)
        if row is not None and row.author == "ai" and send.at > evidence.take_overs.get(row.conversation_id, NEVER):
            yield Violation("H", "the AI spoke after a person had taken over", _place(evidence, row))


# What is reported beside the violations


def _unknown_sends(evidence: Evidence) -> int:
    """Sends whose outcome nobody told in time."""
    codes = {"sender_gone", "send_unknown", "unknown", "unsettled"}
    return sum(1 for row in evidence.dump.messages if row.status == "failed" and (row.error_code or "") in codes)


def _longest_delay(evidence: Evidence) -> float:
    longest = 0.0
    for wamid, rows in evidence.stored.items():
        wrote, turn = evidence.history.wrote.get(wamid), _turn_of(evidence, rows[0])
        if wrote is None or turn is None:
            continue
        said = evidence.sent_of_turn.get(turn.id, [])
        left = [send.at for message in said for send in evidence.accepted.get(str(message.id), [])]
        longest = max([longest, *(min(left) - wrote.at for _ in left[:1])])
    return longest


def _place(evidence: Evidence, row: MessageRow) -> str:
    conversation: ConversationRow | None = evidence.dump.conversations.get(row.conversation_id)
    return f"{row.slug} {conversation.phone if conversation else '?'} #{row.seq}"


def _shop_of(number_id: str) -> int:
    return int(number_id[-1])


def _token(row: MessageRow) -> str:
    found = TOKEN.search(row.text)
    return found[0] if found else ""


def _lead_part(token: str) -> str:
    """The token without the number of the message."""
    return token.partition("m")[0]
