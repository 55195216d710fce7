"""What a live event looks like: in Redis, and as the frame that a client reads."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self
from uuid import UUID

import orjson

from core.domain.changes import Change, ChangeKind

VERSION: Final = 1
MISSED: Final = orjson.dumps({"v": VERSION, "missed": True})
"""Some changes could not be told of: whoever reads this looks at everything anew."""
_ID: Final = re.compile(r"([0-9a-f]{1,32})-([0-9]{1,18})-([0-9]{1,18})")


class Place(NamedTuple):
    """A place in a tenant's stream: the id of an event. Within one epoch later events have greater ones.

    A stream that was lost begins anew under another epoch, so that a place in the old one is never taken for one in it.
    """

    epoch: str
    milliseconds: int
    number: int

    @property
    def entry(self) -> str:
        """The id of the entry in Redis."""
        return f"{self.milliseconds}-{self.number}"

    def __str__(self) -> str:
        return f"{self.epoch}-{self.milliseconds}-{self.number}"

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """The place that a client names; ``None`` for what is no place."""
        match = _ID.fullmatch(text or "")
        return cls(match[1], int(match[2]), int(match[3])) if match else None

    @classmethod
    def of(cls, epoch: bytes, entry: bytes) -> Self:
        """The place of an entry of Redis."""
        milliseconds, _, number = entry.partition(b"-")
        return cls(epoch.decode(), int(milliseconds), int(number))


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """What a client is told. Without changes it is a reset: the client loads what it shows anew and goes on from here."""

    place: Place
    changes: tuple[Change, ...]
    frame: bytes
    """The event as Server-Sent Events have it: made once, however many clients read it."""

    @property
    def is_reset(self) -> bool:
        """Whether events may be missing before this one."""
        return not self.changes

    def seen(self, kinds: Collection[ChangeKind]) -> bytes:
        """The frame for who may see these kinds of changes alone; nothing when there are none for him."""
        visible = [change for change in self.changes if change.kind in kinds]
        if len(visible) == len(self.changes):
            return self.frame
        return _frame(self.place, encoded(visible)) if visible else b""


def event_at(place: Place, data: bytes) -> LiveEvent:
    """The event in an entry; what this release cannot read is a reset."""
    changes = _decoded(data)
    if not changes:
        return reset_at(place)
    return LiveEvent(place, changes, _frame(place, data))


def reset_at(place: Place) -> LiveEvent:
    """Events before this place may be missing."""
    return LiveEvent(place, (), b"id: %b\nevent: reset\ndata: {}\n\n" % str(place).encode())


def encoded(changes: Iterable[Change]) -> bytes:
    """Changes as an entry holds them."""
    return orjson.dumps({"v": VERSION, "changes": [_fields(change) for change in changes]})


def _frame(place: Place, data: bytes) -> bytes:
    return b"id: %b\nevent: changes\ndata: %b\n\n" % (str(place).encode(), data)


def _fields(change: Change) -> Mapping[str, str]:
    # As text: the driver's ids are of a class of their own, which orjson does not know.
    fields = {"kind": change.kind.value, "subject": str(change.subject_id)}
    if change.conversation_id is not None:
        fields["conversation"] = str(change.conversation_id)
    if change.lead_id is not None:
        fields["lead"] = str(change.lead_id)
    return fields


def _decoded(data: bytes) -> tuple[Change, ...]:
    try:
        body = orjson.loads(data)
        if body["v"] != VERSION:
            return ()
        return tuple(_change(fields) for fields in body.get("changes", ()))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()


def _change(fields: Mapping[str, Any]) -> Change:
    conversation, lead = fields.get("conversation"), fields.get("lead")
    return Change(
        ChangeKind(fields["kind"]),
        UUID(fields["subject"]),
        UUID(conversation) if conversation else None,
        UUID(lead) if lead else None,
    )
