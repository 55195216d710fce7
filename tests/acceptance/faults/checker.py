"""The offline judge: the invariants, over the emulators' log and the database alone.

L: what the provider was told we have is stored once, and answered, handed off, or left alone with a reason.
D: nothing is sent twice, and no message of a lead is answered twice.
O: answers leave in order, each after having seen all that had been said, and nothing is passed over.
T: no row, prompt, send or chat of a team mixes tenants.
H: nothing of the AI leaves once the person who took over knows that he has.
W: what a member says reaches its lead once and in order, or its writer is told.
"""

from collections import Counter
from dataclasses import dataclass, field

from tests.acceptance.faults.apart import apart
from tests.acceptance.faults.dump import Dump
from tests.acceptance.faults.evidence import Evidence, Violation, gathered, turn_of
from tests.acceptance.faults.history import History
from tests.acceptance.faults.kept import fates_of, never_twice, stored_once
from tests.acceptance.faults.ordered import in_order, nothing_skipped, whole_context
from tests.acceptance.faults.spoken import longest_way, words_in_doubt, words_in_order, words_kept
from tests.acceptance.faults.taken import last_words, silent_after_take_over, take_overs_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: the violations, how every message ended, and the longest a lead waited, in seconds."""

    violations: tuple[Violation, ...]
    fates: Counter[str]
    conversations: int
    unknown_sends: int
    longest_delay: float
    take_overs: Counter[str] = field(default_factory=Counter)
    """How people learnt that a conversation was theirs."""
    last_words: int = 0
    """Messages of the AI's that arrived after that, as announced."""
    words: int = 0
    """What members wrote for leads."""
    words_in_doubt: int = 0
    longest_way: float = 0.0
    """How long the slowest of them took to its lead, in seconds."""

    def of(self, invariant: str) -> list[Violation]:
        """The violations of one invariant."""
        return [violation for violation in self.violations if violation.invariant == invariant]


def check(history: History, dump: Dump, *, one_at_a_time: bool = False, send_lease: float = 4.0) -> Verdict:
    """Judge one run. ``one_at_a_time``: nothing froze or died, so two model calls for one lead must never overlap.

    ``send_lease``: seconds for which a message is its sender's.
    """
    evidence = gathered(history, dump, one_at_a_time=one_at_a_time, send_lease=send_lease)
    fates, lost = fates_of(evidence)
    taken = take_overs_of(history, dump)
    violations = [*lost, *silent_after_take_over(evidence, taken)]
    violations += [violation for judge in _JUDGES for violation in judge(evidence)]
    return Verdict(
        violations=tuple(violations),
        fates=fates,
        conversations=len(dump.conversations),
        unknown_sends=_unknown_sends(evidence),
        longest_delay=_longest_delay(evidence),
        take_overs=Counter(str(one.kind) for one in taken),
        last_words=last_words(evidence, taken),
        words=len(history.chats.words),
        words_in_doubt=words_in_doubt(evidence),
        longest_way=longest_way(evidence),
    )


_JUDGES = (
    stored_once, never_twice, in_order, whole_context, nothing_skipped, apart, words_kept, words_in_order,
)  # fmt: skip


def _unknown_sends(evidence: Evidence) -> int:
    """Sends whose outcome nobody told in time."""
    codes = {"sender_gone", "send_unknown", "unknown", "unsettled"}
    return sum(1 for row in evidence.dump.messages if row.status == "failed" and (row.error_code or "") in codes)


def _longest_delay(evidence: Evidence) -> float:
    longest = 0.0
    for wamid, rows in evidence.stored.items():
        wrote, turn = evidence.history.wrote.get(wamid), turn_of(evidence, rows[0])
        if wrote is None or turn is None:
            continue
        said = evidence.sent_of_turn.get(turn.id, [])
        left = [send.at for message in said for send in evidence.accepted.get(str(message.id), [])]
        longest = max([longest, *(min(left) - wrote.at for _ in left[:1])])
    return longest
