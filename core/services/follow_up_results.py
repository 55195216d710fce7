"""What came of writing to silent leads unasked: by step, who answered it, who wants no more of it, and what was not said."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from core.domain.actor import Actor
from core.domain.follow_up import FollowUpState
from core.services.access import require_leading
from db.tenancy import tenant_scope

ANSWERED_WITHIN_DAYS: Final = 7
"""Whoever writes later does so on his own account; so long a conversation is open, too."""


@dataclass(slots=True)
class StepResult:
    """What became of one step.

    ``answered``: he wrote before the next step, and before anybody of the team wrote to him. Whoever asks to be left alone is in
    ``opted_out``, not there. ``under_way``: planned, or about to leave.
    """

    step: int
    under_way: int = 0
    sent: int = 0
    answered: int = 0
    opted_out: int = 0
    held: Counter[str] = field(default_factory=Counter)
    cancelled: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)


async def follow_up_results(actor: Actor, days: int) -> Sequence[StepResult]:
    """Of whatever was planned in the last so many days. Raises ``Forbidden`` for attendants."""
    require_leading(actor)
    return await follow_up_results_of(actor.tenant_id, days)


async def follow_up_results_of(tenant_id: UUID, days: int) -> Sequence[StepResult]:
    """The same, for the installation's operator."""
    async with tenant_scope(tenant_id) as scope:
        return _by_step(await scope.rows_anew("follow_up_results", tenant_id, days, ANSWERED_WITHIN_DAYS))


def _by_step(rows: Iterable[Mapping[str, Any]]) -> list[StepResult]:
    found: dict[int, StepResult] = {}
    for row in rows:
        result = found.setdefault(row["step"], StepResult(row["step"]))
        _add(result, FollowUpState(row["state"]), row)
    return [found[step] for step in sorted(found)]


def _add(result: StepResult, state: FollowUpState, row: Mapping[str, Any]) -> None:
    number, reason = row["number"], row["reason"] or ""
    match state:
        case FollowUpState.PLANNED | FollowUpState.QUEUED:
            result.under_way += number
        case FollowUpState.SENT:
            result.sent += number
            result.answered += row["answered"]
            result.opted_out += row["opted_out"]
        case FollowUpState.HELD:
            result.held[reason] += number
        case FollowUpState.CANCELLED:
            result.cancelled[reason] += number
        case FollowUpState.FAILED:
            result.failed[reason] += number
