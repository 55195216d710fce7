"""What a lead says of being written to unasked: found before the model is asked, confirmed once, beside any answer."""

from dataclasses import dataclass, replace

from core.domain.conversation import TurnOutcome
from core.domain.opt_out import WishKind, wish_in
from core.services import wording
from core.services.opt_outs import wish_standing
from core.services.turn_state import TurnContext, TurnResult


@dataclass(frozen=True, slots=True)
class HeardWish:
    """``alone``: nothing else was said. ``is_new``: it is not so already."""

    kind: WishKind
    alone: bool
    is_new: bool


async def heard_wish(context: TurnContext) -> HeardWish | None:
    """The last that the lead said of it in this turn. To return means something only to who has left.

    What was written down already when he said it, to people or while the AI was off, is confirmed now, unless somebody has put
    it right since.
    """
    heard = [wish_in(line.text) for line in context.new]
    said = [(line, wish.kind) for line, wish in zip(context.new, heard, strict=True) if wish is not None]
    if not said:
        return None
    line, kind = said[-1]
    standing = await wish_standing(context.claim.ref)
    known, left = line.seq <= standing.heard_seq, standing.left_since
    if (kind is WishKind.RETURN and known) or ((kind is WishKind.RETURN or known) and left is None):
        return None
    by_this = left is not None and line.at is not None and left >= line.at
    is_new = by_this if known else (kind is WishKind.LEAVE) is (left is None)
    return HeardWish(kind, alone=all(wish is not None and wish.alone for wish in heard), is_new=is_new)


def with_wish(context: TurnContext, result: TurnResult, wish: HeardWish) -> TurnResult:
    """The turn also writes the wish down, and says so where it can."""
    if not wish.is_new or context.account_stopped:
        return replace(result, wish=wish.kind)
    line = wording.message(context.tenant, "opted_out" if wish.kind is WishKind.LEAVE else "opted_in")
    said = (*result.replies[:-1], f"{result.replies[-1]}\n\n{line}") if result.replies else (line,)
    outcome = TurnOutcome.ANSWERED if result.outcome is TurnOutcome.SILENT else result.outcome
    return replace(result, wish=wish.kind, replies=said, outcome=outcome)
