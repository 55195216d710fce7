"""What a delivery changed of what screens show, once it is stored."""

from collections.abc import Sequence
from uuid import UUID

from core.domain.changes import Change, ChangeKind
from core.domain.ports import LiveEvents
from db.ingest import Ingested


def tell(live: LiveEvents, taken: Sequence[Ingested]) -> None:
    """Tell each tenant's screens of what was stored of theirs, all of it at once."""
    told: dict[UUID, list[Change]] = {}
    for row in taken:
        if row.conversation_id is not None and row.message_id is not None:
            told.setdefault(row.tenant_id, []).extend(_changes(row, row.conversation_id, row.message_id))
    for tenant_id, changes in told.items():
        live.changed(tenant_id, changes)


def _changes(row: Ingested, conversation_id: UUID, message_id: UUID) -> Sequence[Change]:
    if row.part == "message":
        return (Change(ChangeKind.MESSAGE_IN, message_id, conversation_id, row.lead_id),)
    if row.lead_id is None:
        # A status, or an echo that settled what we had sent ourselves and is nobody's new words.
        return (Change(ChangeKind.MESSAGE_STATUS, message_id, conversation_id),)
    return (
        Change(ChangeKind.CONVERSATION, conversation_id, conversation_id, row.lead_id),
        Change(ChangeKind.MESSAGE_OUT, message_id, conversation_id, row.lead_id),
    )
