"""What was caught, by which layer, and how much of it is alarming."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

MANY: Final = 5
"""So many of a tenant's within ``LATELY`` alert its admins, once in as long."""
LATELY: Final = timedelta(hours=1)
BLOCKED_IN_A_ROW: Final = 3
"""So many of the replies to one lead, one after the other, that were not fit to be sent alert them too."""


class Layer(StrEnum):
    """What caught it."""

    GUARD = "guard"
    """The lead tried to turn the AI."""
    VALIDATOR = "validator"
    """The AI would have said what it must not."""
    AUTOMATON = "automaton"
    """A machine at the other end."""
    AUDIT = "audit"
    """Somebody was at the log of who did what."""


ALARMING: Final = (Layer.GUARD, Layer.VALIDATOR)
"""What counts: a machine that is left alone is no attack, and a broken log alerts by itself."""
