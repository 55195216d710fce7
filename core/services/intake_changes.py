"""What a delivery changed of what screens show, once it is stored."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from core.domain.changes import Change, ChangeKind
from core.domain.ports import LiveEvents
from db.ingest import Ingested

_KINDS: Final = {
    "message": ChangeKind.MESSAGE_IN,
    "echo": ChangeKind.MESSAGE_OUT,
    "status": ChangeKind.MESSAGE_STATUS,
}


def tell(live: LiveEvents, taken: Sequence[Ingested]) -> None:
    """Tell each tenant's screens of what was stored of theirs, all of it at once."""
    for tenant_id, rows in groupby(sorted(taken, key=attrgetter("tenant_id")), key=attrgetter("tenant_id")):
        changes = [change for row in rows for change in _changes(row)]
        if changes:
            live.changed(tenant_id, changes)


def _changes(row: Ingested) -> Iterator[Change]:
    if row.conversation_id is None or row.message_id is None:
        return
    kind = _KINDS[row.part]
    if row.part == "echo":
        if row.lead_id is None:
            # It settled what we had sent ourselves, and is nobody's new words.
            kind = ChangeKind.MESSAGE_STATUS
        else:
            yield Change(ChangeKind.CONVERSATION, row.conversation_id, row.conversation_id, row.lead_id)
    yield Change(kind, row.message_id, row.conversation_id, row.lead_id)
