"""The offline judge: the invariants, over the emulators' log and the database alone.

L: what the provider was told we have is stored once, and answered, handed off, or left alone with a reason.
D: nothing is sent twice, and no message of a lead is answered twice.
O: answers leave in order, each after having seen all that had been said, and nothing is passed over.
T: no row, prompt or send mixes tenants.
H (nothing of the AI leaves after a person took over) has its place here: ``take_overs`` are told by who runs the experiment.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from tests.acceptance.faults.apart import apart, silent_after_take_over
from tests.acceptance.faults.dump import Dump
from tests.acceptance.faults.evidence import Evidence, Violation, gathered, turn_of
from tests.acceptance.faults.history import History
from tests.acceptance.faults.kept import fates_of, never_twice, stored_once
from tests.acceptance.faults.ordered import in_order, nothing_skipped, whole_context


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


def check(
    history: History, dump: Dump, *, one_at_a_time: bool = False, take_overs: Mapping[UUID, float] | None = None
) -> Verdict:
    """Judge one run. ``one_at_a_time``: nothing froze or died, so two model calls for one lead must never overlap."""
    evidence = gathered(history, dump, one_at_a_time=one_at_a_time, take_overs=take_overs or {})
    fates, lost = fates_of(evidence)
    checks = (stored_once, never_twice, in_order, whole_context, nothing_skipped, apart, silent_after_take_over)
    violations = [*lost, *(violation for judge in checks for violation in judge(evidence))]
    return Verdict(
        violations=tuple(violations),
        fates=fates,
        conversations=len(dump.conversations),
        unknown_sends=_unknown_sends(evidence),
        longest_delay=_longest_delay(evidence),
    )


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
