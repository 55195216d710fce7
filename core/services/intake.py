"""Takes verified events in: each to its account and so to its tenant, stored once, its turn made due."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from channels.base import Credentials
from core.domain.events import DISCONNECTED, TO_BE_FETCHED, EventKind, IdentityKind, InboundEvent, SenderId, SentBy
from core.domain.ids import uuid7
from core.domain.phone import match_key
from core.domain.ports import Jobs, LiveEvents, TurnDue
from core.services.accounts import Accounts, Binding, CredentialSet
from core.services.intake_changes import tell
from core.services.salvage import IngestWriter
from db.ingest import ANNOUNCEMENT, DISCONNECTION, Ingested, IngestRow

_MESSAGES = frozenset({EventKind.INBOUND_MESSAGE, EventKind.INBOUND_UNSUPPORTED})
_IGNORED = frozenset({EventKind.INBOUND_MESSAGE_GROUP, EventKind.INBOUND_UNSUPPORTED_GROUP, EventKind.EMPTY})
"""Groups, broadcasts and status posts: nothing is stored of them but a count."""
_CROWDS = frozenset({"group", "newsletter", "broadcast"})
"""What a channel flags so is no chat with a lead, whatever its kind; statuses there are still of our messages."""
_ECHOES = frozenset({EventKind.OUTBOUND_ECHO, EventKind.OUTBOUND_HUMAN_ECHO, EventKind.STANDBY_MESSAGE})
"""What the business said, where ``sent_by`` says that it did."""
_STATUSES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}
_LONGEST_KEY = 700
"""Longer ids are kept as their hash: an index entry has a limit."""


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """What became of a delivery, by outcome: ``stored``, ``kept_raw``, ``seen_before``, ``ignored``, ``unbound``."""

    counts: Counter[str]


class Intake:
    """The use case behind every webhook."""

    def __init__(self, accounts: Accounts, writer: IngestWriter, jobs: Jobs, live: LiveEvents) -> None:
        self._accounts = accounts
        self._writer = writer
        self._jobs = jobs
        self._live = live

    async def accept(self, credential_set: CredentialSet, events: Iterable[InboundEvent]) -> IntakeResult:
        """Store what is bound to these credentials, all of it or nothing, then nudge and tell.

        Raises when the database did not take it: then nothing may be acknowledged.
        """
        counts: Counter[str] = Counter()
        rows: list[IngestRow] = []
        for event in events:
            if _is_ignored(event):
                counts["ignored"] += 1
                continue
            binding = await self._binding(credential_set.id, event)
            if binding is None:
                counts["unbound"] += 1
                continue
            rows.append(_row(len(rows), event, binding, credential_set.credentials))
        if rows:
            taken = await self._writer.write(rows)
            raw = sum([row.kept_raw for row in taken])
            counts["stored"] += len(taken) - raw
            if raw:
                counts["kept_raw"] += raw
            if len(taken) < len(rows):
                counts["seen_before"] += len(rows) - len(taken)
            await self._nudge(credential_set.channel, taken)
            tell(self._live, taken)
        return IntakeResult(counts)

    async def _binding(self, set_id: UUID, event: InboundEvent) -> Binding | None:
        if event.account is not None:
            return await self._accounts.binding(set_id, event.account)
        if event.business is not None:
            return await self._accounts.binding_of_business(set_id, event.business)
        return None

    async def _nudge(self, channel: str, taken: Sequence[Ingested]) -> None:
        due = {
            row.conversation_id: TurnDue(
                row.tenant_id, row.lead_id, row.conversation_id, row.message_id, channel, row.debounce
            )
            for row in taken
            if row.nudge and row.lead_id and row.conversation_id and row.message_id
        }
        if due:
            await self._jobs.turns_due(list(due.values()))
        for row in taken:
            if row.fetch_id is not None:
                await self._jobs.fetch_due(row.tenant_id, row.fetch_id)


def _is_ignored(event: InboundEvent) -> bool:
    if event.kind in _IGNORED:
        return True
    return bool(event.flags) and event.kind is not EventKind.STATUS and not _CROWDS.isdisjoint(event.flags)


def _row(ord_: int, event: InboundEvent, binding: Binding, credentials: Credentials) -> IngestRow:
    part = _part(event)
    anchor, alias = _names(event.senders if event.lead is None else (event.lead,))
    external_id = _key(_named(event))
    if anchor is None and part in {"message", "echo"}:
        part = "other"
    return IngestRow(
        body=event.raw,
        ord=ord_,
        part=part,
        id=uuid7(),
        tenant_id=binding.tenant_id,
        account_id=binding.account_id,
        kind=_kept_as(event),
        external_id=external_id,
        variant=_key(event.variant),
        anchor_kind=anchor.kind.value if anchor else None,
        anchor_scope=_scope(anchor, binding) if anchor else None,
        anchor_key=_match(anchor) if anchor else None,
        anchor_address=anchor.value if anchor else None,
        alias_kind=alias.kind.value if alias else None,
        alias_scope=_scope(alias, binding) if alias else None,
        alias_key=_match(alias) if alias else None,
        name=event.sender_name,
        type=event.type or "unknown",
        content=event.text,
        media=_json(event.media),
        source=_json(event.referral),
        ts=event.read_up_to or event.ts,
        ref_id=event.ref_id or (external_id if part == "status" and event.read_up_to is None else None),
        status=_STATUSES[event.type or ""] if part == "status" else None,
        status_message_id=_our_id(event.callback) if part == "status" else None,
        error_code=_error(event, "error_codes"),
        error_detail=None,
        hint=_hint(event, credentials),
    )


def _named(event: InboundEvent) -> str:
    """The event's id or, where its variant tells it from others about the same message, that message's; else its bytes."""
    about = event.ref_id if event.variant else None
    return event.external_id or about or hashlib.sha256(event.raw).hexdigest()


def _kept_as(event: InboundEvent) -> str:
    """The kind under which the event is stored: two of them make work due, by triggers of the database."""
    if event.kind is EventKind.CONNECTION and event.type == DISCONNECTED:
        return DISCONNECTION
    return ANNOUNCEMENT if _is_announced(event) else event.kind.value


def _is_announced(event: InboundEvent) -> bool:
    """Whether the message itself is still to be fetched; what another app has is not ours to answer."""
    return event.kind is EventKind.INBOUND_EDIT and TO_BE_FETCHED in event.flags and "standby" not in event.flags


def _part(event: InboundEvent) -> str:
    if event.kind in _MESSAGES:
        return "message"
    if event.sent_by is not None and event.kind in _ECHOES:
        return "echo"
    if event.kind is EventKind.STATUS and event.type in _STATUSES:
        return "status"
    return "other"


def _hint(event: InboundEvent, credentials: Credentials) -> str | None:
    """Who wrote an echo, or whose message a status is of; or that a receipt is for all earlier messages too."""
    if event.sent_by is SentBy.UNTOLD and event.extra.get("app_id") in credentials.secrets.get("app_ids", "").split():
        return SentBy.API.value
    if event.sent_by is not None:
        return event.sent_by.value
    return "earlier" if event.read_up_to is not None else None


def _names(senders: Sequence[SenderId]) -> tuple[SenderId | None, SenderId | None]:
    """The name to answer to (a phone number when there is one), and another name of the same person."""
    if len(senders) == 1 and senders[0].kind is IdentityKind.PHONE:
        return senders[0], None  # nearly everybody
    own = [sender for sender in senders if sender.kind is not IdentityKind.PARENT_BSUID]
    if not own:
        return None, None
    anchor = next((sender for sender in own if sender.kind is IdentityKind.PHONE), own[0])
    alias = next((sender for sender in own if sender is not anchor), None)
    return anchor, alias


def _scope(sender: SenderId, binding: Binding) -> str:
    """A phone number is the person's everywhere; other names mean something on this account only."""
    return "" if sender.kind is IdentityKind.PHONE else str(binding.account_id)


def _match(sender: SenderId) -> str:
    return _key(match_key(sender.value) if sender.kind is IdentityKind.PHONE else sender.value)


def _key(value: str) -> str:
    return value if len(value) <= _LONGEST_KEY else hashlib.sha256(value.encode()).hexdigest()


def _json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _our_id(callback: str | None) -> UUID | None:
    try:
        return UUID(callback) if callback else None
    except ValueError:
        return None


def _error(event: InboundEvent, name: str) -> str | None:
    codes = event.extra.get(name)
    return str(codes[0])[:40] if isinstance(codes, list | tuple) and codes else None
