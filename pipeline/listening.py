"""Who seems to be at the other end of a turn: a person, or a machine that answers every answer."""

from dataclasses import dataclass

from core.domain.automaton import Heard, Signs, run_after, signs_of_machine, too_long_a_run
from core.domain.conversation import Author
from core.services.turn_state import TurnContext

_EARLIER = 2
"""So many of the lead's messages before are compared: menus take turns."""
_NOBODY = Signs(0)


@dataclass(frozen=True, slots=True)
class OtherEnd:
    """What the turn adds to the conversation's run, and whether that is long enough to be a machine's."""

    run: int
    is_machine: bool
    reasons: tuple[str, ...]


def other_end(context: TurnContext) -> OtherEnd:
    """Judge the turn's messages beside what the lead wrote before and when he was answered."""
    heard = [Heard(line.text, line.at) for line in context.new]
    before = [line.text for line in context.history if line.author is Author.LEAD][-_EARLIER:]
    answered = [line.at for line in context.history if line.author is Author.AI and line.at is not None]
    signs = signs_of_machine(heard, before, max(answered, default=None)) if any(context.texts) else _NOBODY
    run = run_after(context.automatic_run, signs)
    too_long = too_long_a_run(run, context.tenant.settings.hand_off.automatic_turns)
    return OtherEnd(run, too_long, signs.reasons)
