"""Walking a WhatsApp delivery: every entry, change, message, status and error becomes one event."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from channels.bounds import bounded
from channels.meta_errors import error_facts
from channels.meta_identity import names_as_given
from channels.meta_message import ECHO, HISTORY, INBOUND, STANDBY, STANDBY_ECHO, Role, only_one_sender, read_message
from channels.meta_scope import Scope, is_single, scope_of
from channels.meta_status import read_status
from channels.payload import identifier, mapping, moment, moment_as_given, read_json, sequence, text, write_json
from core.domain.errors import BadRequest
from core.domain.events import EventKind, InboundEvent

Events = Iterator[InboundEvent]

_SURROUNDINGS: Final = frozenset({"messaging_product", "metadata", "contacts", "conversation_context"})


def read_delivery(body: bytes) -> list[InboundEvent]:
    """Every event of a delivery in its order; one ``empty`` event where it holds none.

    Raises ``BadRequest`` for what is not JSON, or is JSON of a bare value.
    """
    envelope = read_json(body)
    if not isinstance(envelope, dict | list):
        message = "the body is JSON of a bare value, not of a delivery"
        raise BadRequest(message)
    return bounded(_entries(mapping(envelope), body)) or [InboundEvent(EventKind.EMPTY, body)]


def _entries(envelope: dict[str, Any], body: bytes) -> Events:
    whole = body if is_single(envelope) else None
    for entry in sequence(envelope.get("entry")):
        changes = mapping(entry).get("changes")
        if not isinstance(changes, list):
            yield _foreign(entry)
            continue
        for change in changes:
            if isinstance(change, dict):
                yield from _change(scope_of(entry, change, whole))
            else:
                yield _foreign(change)


def _foreign(part: object, scope: Scope | None = None) -> InboundEvent:
    """Something that has not the shape of what belongs in its place: kept, and no more."""
    account, business = (scope.account, scope.business) if scope else (None, None)
    return InboundEvent(EventKind.INVALID, write_json(part), account, business, flags=("foreign_shape",))


def _change(scope: Scope) -> Events:
    """The events of one change; one that holds nothing we know of is kept as an event of the account."""
    field = identifier(scope.change.get("field"))
    reader = _FIELDS.get(field or "")
    if reader is None and not _CONVERSATION.keys().isdisjoint(scope.value):
        reader = _conversation
    events = list(reader(scope)) if reader is not None else []
    if events:
        yield from events
    elif reader is None or _tells_something(scope):
        yield _account_event(scope, field)


def _tells_something(scope: Scope) -> bool:
    strange = not isinstance(scope.change.get("value", {}), dict)
    return strange or any(part for name, part in scope.value.items() if name not in _SURROUNDINGS)


def _conversation(scope: Scope) -> Events:
    for key, read in _CONVERSATION.items():
        if key in scope.value:
            yield from read(scope, scope.value)


def _standby(scope: Scope) -> Events:
    """While Meta's own agent has the conversation, everything lies one level deeper."""
    nested = mapping(scope.value.get("standby"))
    inner = scope.nested(nested)
    yield from _messages(inner, nested, STANDBY, "messages")
    yield from _messages(inner, nested, STANDBY_ECHO, "message_echoes")
    yield from _statuses(inner, nested, "standby")
    yield from _errors(inner, nested)
    yield from _conversation(scope)


def _history(scope: Scope) -> Events:
    for chunk in map(mapping, sequence(scope.value.get("history"))):
        for thread in map(mapping, sequence(chunk.get("threads"))):
            yield from _messages(scope.in_thread(chunk, thread), thread, HISTORY, "messages")
        yield from _errors(scope, chunk)
    # The files of older messages follow later, as plain messages of this field.
    yield from _messages(scope, scope.value, HISTORY, "messages")
    yield from _messages(scope, scope.value, HISTORY, "message_echoes")
    yield from _errors(scope, scope.value)


def _messages(scope: Scope, holder: Mapping[str, Any], role: Role, key: str) -> Events:
    messages = sequence(holder.get(key))
    only_sender = only_one_sender(messages, role)
    for message in messages:
        if isinstance(message, dict):
            yield read_message(scope, role, key, message, only_sender=only_sender)
        else:
            yield _foreign(message, scope)


def _statuses(scope: Scope, holder: Mapping[str, Any], flag: str | None = None) -> Events:
    for status in sequence(holder.get("statuses")):
        yield read_status(scope, status, flag) if isinstance(status, dict) else _foreign(status, scope)


def _errors(scope: Scope, holder: Mapping[str, Any]) -> Events:
    """Errors of the account as a whole: those of one message or status stand within it."""
    time = scope.entry.get("time")
    for error in sequence(holder.get("errors")):
        given = mapping(error)
        yield InboundEvent(
            kind=EventKind.ACCOUNT_ERROR,
            raw=scope.raw_item("errors", error),
            account=scope.account,
            business=scope.business,
            type=identifier(given.get("code")),
            text=text(given.get("title")) or text(given.get("message")),
            ts=moment(time),
            ts_raw=moment_as_given(time),
            extra=error_facts(given),
        )


def _handover(scope: Scope) -> Events:
    """Who answers changed: Meta's agent gave the conversation to us, or took it."""
    turn, given_at = identifier(scope.value.get("type")), scope.value.get("timestamp")
    details, sender = mapping(scope.value.get(turn or "")), mapping(scope.value.get("sender"))
    senders = names_as_given(sender.get("phone_number"), sender.get("user_id"))
    ts = moment(given_at)
    summary = mapping(mapping(details.get("conversation_context")).get("summary"))
    yield InboundEvent(
        kind=EventKind.THREAD_CONTROL,
        raw=scope.raw_change(),
        account=scope.account,
        business=scope.business,
        senders=senders,
        variant=f"{turn}:{senders[0].value if senders else ''}:{moment_as_given(given_at)}",
        type=turn,
        text=text(details.get("metadata")),
        ts=ts,
        ts_raw=moment_as_given(given_at),
        flags=() if ts is not None else ("bad_timestamp",),
        extra={
            "previous_owner_role": text(details.get("previous_owner_role")),
            "new_owner_role": text(details.get("new_owner_role")),
            "summary": text(summary.get("text")),
        },
    )


def _account_event(scope: Scope, field: str | None) -> InboundEvent:
    time = scope.entry.get("time")
    return InboundEvent(
        kind=EventKind.ACCOUNT_EVENT,
        raw=scope.raw_change(),
        account=scope.account,
        business=scope.business,
        type=field,
        ts=moment(time),
        ts_raw=moment_as_given(time),
        extra={"event": text(scope.value.get("event"))},
    )


_CONVERSATION: Final[dict[str, Callable[[Scope, Mapping[str, Any]], Events]]] = {
    "messages": lambda scope, holder: _messages(scope, holder, INBOUND, "messages"),
    "message_echoes": lambda scope, holder: _messages(scope, holder, ECHO, "message_echoes"),
    "statuses": _statuses,
    "errors": _errors,
}
_FIELDS: Final[dict[str, Callable[[Scope], Events]]] = {
    "messages": _conversation,
    "smb_message_echoes": _conversation,
    "standby": _standby,
    "history": _history,
    "messaging_handovers": _handover,
}
