"""A lead who asks for his data in his own words: written down before the model is asked, and told by when it is answered."""

from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.conversation import TurnOutcome
from core.domain.data_request import RequestKind, asked_in, due_by
from core.services import wording
from core.services.data_requests import open_request_of
from core.services.opt_outs import wish_standing
from core.services.turn_state import TurnContext, TurnResult


@dataclass(frozen=True, slots=True)
class HeardRequest:
    """``alone``: nothing else was said. ``due_at``: as it was said the first time, if he has asked before."""

    kind: RequestKind
    alone: bool
    due_at: datetime


async def heard_request(context: TurnContext) -> HeardRequest | None:
    """The last that the lead asked of this kind in this turn."""
    heard = [asked_in(line.text) for line in context.new]
    said = [(line.seq, asked.kind) for line, asked in zip(context.new, heard, strict=True) if asked is not None]
    if not said:
        return None
    seq, kind = said[-1]
    due_at = await open_request_of(context.tenant.id, context.lead_id, kind)
    if due_at is None and seq <= (await wish_standing(context.claim.ref)).heard_seq:
        # It was written down when he said it, to people or while the AI was off, and is answered by now.
        return None
    return HeardRequest(kind, all(asked is not None and asked.alone for asked in heard), due_at or due_by(context.at))


def with_request(context: TurnContext, result: TurnResult, request: HeardRequest) -> TurnResult:
    """The turn also writes the request down, and says so where it can."""
    if context.account_stopped:
        return replace(result, asked=request.kind)
    day = wording.day(context.tenant, request.due_at)
    line = wording.message(context.tenant, f"asked_{request.kind.value}", due=day)
    said = (*result.replies[:-1], f"{result.replies[-1]}\n\n{line}") if result.replies else (line,)
    outcome = TurnOutcome.ANSWERED if result.outcome is TurnOutcome.SILENT else result.outcome
    return replace(result, asked=request.kind, replies=said, outcome=outcome)
