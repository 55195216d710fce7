"""How much one delivery may make us store: what makes far more of it than providers send is an attack."""

from collections.abc import Iterable
from typing import Final

from core.domain.errors import BadRequest
from core.domain.events import InboundEvent

_MOST_EVENTS: Final = 20_000
_MOST_BYTES: Final = 64 * 1024 * 1024


def bounded(events: Iterable[InboundEvent]) -> list[InboundEvent]:
    """All events; Meta puts at most 1,000 into a delivery. Raises ``BadRequest`` for far more of them."""
    taken: list[InboundEvent] = []
    size = 0
    for event in events:
        taken.append(event)
        size += len(event.raw)
        if len(taken) > _MOST_EVENTS or size > _MOST_BYTES:
            message = f"the delivery holds more than {_MOST_EVENTS} events or repeats too much in each"
            raise BadRequest(message)
    return taken
