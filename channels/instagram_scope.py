"""Where in an Instagram delivery an event stands, and how to cut it out as a delivery of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from channels.payload import identifier, mapping, sequence, write_json

Place = Literal["messaging", "standby", "changes"]

OBJECT: Final = "instagram"
PLACES: Final[tuple[Place, ...]] = ("messaging", "standby", "changes")
_KEPT_ENTRY: Final = ("id", "time")


@dataclass(frozen=True, slots=True)
class Scope:
    """The surroundings of an event: its entry, and the list of the entry that it stands in.

    A delivery of one event is kept as the very bytes that came (``whole``); one of many is written
    again, event by event, so that reading such a slice gives that event once more.
    """

    entry: Mapping[str, Any]
    place: Place
    whole: bytes | None = None

    @property
    def account(self) -> str | None:
        """The Instagram account: both login flavours name it by the same id."""
        return identifier(self.entry.get("id"))

    def raw(self, item: object) -> bytes:
        """The bytes of one element of the list."""
        if self.whole is not None:
            return self.whole
        entry = {name: self.entry[name] for name in _KEPT_ENTRY if name in self.entry}
        return write_json({"object": OBJECT, "entry": [{**entry, self.place: [item]}]})


def is_single(envelope: Mapping[str, Any]) -> bool:
    """Whether the delivery certainly holds one event."""
    entries = sequence(envelope.get("entry"))
    if len(entries) != 1:
        return False
    entry = mapping(entries[0])
    items = [item for place in PLACES for item in sequence(entry.get(place))]
    return len(items) == 1 and "delivery" not in mapping(items[0])
