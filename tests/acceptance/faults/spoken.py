"""W: the words of members. Each reaches its lead once and in order, or its writer is told that it may not have."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tests.acceptance.faults.chats import WORD, Word
from tests.acceptance.faults.dump import MessageRow
from tests.acceptance.faults.evidence import Evidence, Violation
from tests.acceptance.faults.history import Accepted
from tests.acceptance.faults.servers import SHOPS

_TICKS: Final = {"sent": "🕊", "delivered": "👌", "read": "👀", "failed": "💔"}
_IN_DOUBT: Final = frozenset({"sender_gone", "send_unknown", "unknown", "unsettled"})
_NOTICE: Final = "não foi entregue"


def words_kept(evidence: Evidence) -> Iterator[Violation]:
    """No word lost, none said twice, none to another lead, and each with its tick in the end."""
    rows, sends = _rows(evidence), _sends(evidence)
    for token, word in evidence.history.chats.words.items():
        yield from _stored(evidence, word, rows.get(token, []), sends.get(token, []))


def _stored(evidence: Evidence, word: Word, rows: list[MessageRow], sends: list[Accepted]) -> Iterator[Violation]:
    if len(sends) > 1:
        yield Violation("W", f"said to the lead {len(sends)} times", word.token)
    if any((send.number_id, send.lead) != (SHOPS[word.who.tenant].number_id, word.who.phone) for send in sends):
        yield Violation("W", "said to another lead", word.token)
    if len(rows) != 1:
        yield Violation("W", f"written down {len(rows)} times", word.token)
        return
    yield from _ended(evidence, word, rows[0], sends)


def _ended(evidence: Evidence, word: Word, row: MessageRow, sends: list[Accepted]) -> Iterator[Violation]:
    if row.status == "failed":
        if row.error_code not in _IN_DOUBT:
            yield Violation("W", f"refused ({row.error_code})", word.token)
        if not _told(evidence, word):
            yield Violation("W", "given up without a word to its writer", word.token)
    elif not sends:
        yield Violation("W", f"never left, and stays {row.status}", word.token)
    tick = evidence.history.chats.reactions.get((word.chat_id, word.number), "")
    if tick != _TICKS.get(row.status):
        yield Violation("W", f"{row.status}, and shown as {tick or 'nothing'}", word.token)


def _told(evidence: Evidence, word: Word) -> bool:
    return any(
        shown.chat_id == word.chat_id and shown.reply_to == word.number and _NOTICE in shown.text
        for shown in evidence.history.chats.shown
    )


def words_in_order(evidence: Evidence) -> Iterator[Violation]:
    """A lead reads a member's words in the order in which they were written."""
    latest: dict[tuple[str, str], int] = {}
    for send in evidence.history.accepted:
        word = _word_in(evidence, send.text)
        if word is None:
            continue
        lead = send.number_id, send.lead
        if word.place < latest.get(lead, 0):
            yield Violation("W", f"word {word.place} came after {latest[lead]}", word.token)
        latest[lead] = max(word.place, latest.get(lead, 0))


def words_in_doubt(evidence: Evidence) -> int:
    """Words of which nobody can say whether their lead has them."""
    rows = _rows(evidence)
    return sum(1 for token in evidence.history.chats.words for row in rows.get(token, []) if row.status == "failed")


def longest_way(evidence: Evidence) -> float:
    """How long the slowest word took from its writer to its lead, in seconds."""
    sends = _sends(evidence)
    ways = [sends[token][0].at - word.at for token, word in evidence.history.chats.words.items() if token in sends]
    return max(ways, default=0.0)


def _word_in(evidence: Evidence, text: str) -> Word | None:
    found = WORD.search(text)
    return evidence.history.chats.words.get(found[0]) if found else None


def _rows(evidence: Evidence) -> dict[str, list[MessageRow]]:
    rows: dict[str, list[MessageRow]] = defaultdict(list)
    for row in evidence.dump.messages:
        if row.author == "attendant" and (found := WORD.search(row.text)):
            rows[found[0]].append(row)
    return rows


def _sends(evidence: Evidence) -> dict[str, list[Accepted]]:
    sends: dict[str, list[Accepted]] = defaultdict(list)
    for send in evidence.history.accepted:
        if found := WORD.search(send.text):
            sends[found[0]].append(send)
    return sends
