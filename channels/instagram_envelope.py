"""Walking an Instagram delivery: every message, what happens to it, and every comment becomes one event."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from channels.bounds import bounded
from channels.instagram_content import Content
from channels.instagram_message import Item, Reading, is_item, read_item
from channels.instagram_scope import OBJECT, PLACES, Scope, is_single
from channels.instagram_time import moment_of_any_form
from channels.payload import identifier, mapping, moment_as_given, read_json, sequence, text, write_json
from core.domain.errors import BadRequest
from core.domain.events import EventKind, IdentityKind, InboundEvent, SenderId, SentBy

Events = Iterator[InboundEvent]

_SURROUNDINGS: Final = frozenset({"sender", "recipient", "timestamp"})
_BY_BUSINESS: Final[Mapping[EventKind, EventKind]] = MappingProxyType(
    {
        EventKind.INBOUND_MESSAGE: EventKind.OUTBOUND_ECHO,
        EventKind.INBOUND_UNSUPPORTED: EventKind.OUTBOUND_ECHO,
        EventKind.INBOUND_REACTION: EventKind.OUTBOUND_REACTION,
        EventKind.INBOUND_EDIT: EventKind.SYSTEM,
        EventKind.INBOUND_DELETE: EventKind.SYSTEM,
        EventKind.STATUS: EventKind.SYSTEM,
    }
)
"""What the business itself did is never a lead's word, and its own reading is no receipt."""
_IN_STANDBY: Final[Mapping[EventKind, EventKind]] = MappingProxyType(
    {
        EventKind.INBOUND_MESSAGE: EventKind.INBOUND_MESSAGE_STANDBY,
        EventKind.INBOUND_UNSUPPORTED: EventKind.INBOUND_MESSAGE_STANDBY,
    }
)
_COMMENTS: Final = frozenset({"comments", "live_comments"})


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of a list, and within it what ``messaging`` would hold."""

    scope: Scope
    part: dict[str, Any]
    given: dict[str, Any]
    flags: tuple[str, ...]


def read_delivery(body: bytes) -> list[InboundEvent]:
    """Every event of a delivery in its order; one ``empty`` event where it holds none.

    Raises ``BadRequest`` for what is not JSON, or is JSON of a bare value.
    """
    given = read_json(body)
    if not isinstance(given, dict | list):
        message = "the body is JSON of a bare value, not of a delivery"
        raise BadRequest(message)
    # A list of envelopes is not documented, but was seen.
    envelopes = given if isinstance(given, list) else [given]
    events = (event for envelope in envelopes for event in _envelope(envelope, body, alone=envelope is given))
    return bounded(events) or [InboundEvent(EventKind.EMPTY, body)]


def _envelope(envelope: object, body: bytes, *, alone: bool) -> Events:
    if not isinstance(envelope, dict) or (envelope and envelope.get("object") != OBJECT):
        yield InboundEvent(EventKind.INVALID, body if alone else write_json(envelope))
        return
    whole = body if alone and is_single(envelope) else None
    for entry in sequence(envelope.get("entry")):
        if not any(isinstance(mapping(entry).get(place), list) for place in PLACES):
            yield _foreign(entry)
            continue
        for place in PLACES:
            yield from _elements(Scope(entry, place, whole))


def _foreign(part: object, account: str | None = None) -> InboundEvent:
    """Something that has not the shape of what belongs in its place: kept, and no more."""
    return InboundEvent(EventKind.INVALID, write_json(part), account, flags=("foreign_shape",))


def _elements(scope: Scope) -> Events:
    for given in sequence(scope.entry.get(scope.place)):
        if not isinstance(given, dict):
            yield _foreign(given, scope.account)
        elif scope.place == "changes":
            yield _change(scope, given)
        else:
            for part in _each_delivered(given):
                yield _event(_Element(scope, part, part, ("standby",) if scope.place == "standby" else ()))


def _each_delivered(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A receipt for several messages is several receipts."""
    delivery = mapping(given.get("delivery"))
    mids = sequence(delivery.get("mids"))
    if len(mids) > 1:
        yield from ({**given, "delivery": {**delivery, "mids": [mid]}} for mid in mids)
    else:
        yield given


def _change(scope: Scope, change: dict[str, Any]) -> InboundEvent:
    name, value = identifier(change.get("field")), mapping(change.get("value"))
    if is_item(value):
        flags = ("standby", "changes_form") if name == "standby" else ("changes_form",)
        return _event(_Element(scope, change, value, flags))
    author = mapping(value.get("from"))
    person = identifier(author.get("id")) if name in _COMMENTS else None
    time = scope.entry.get("time")
    return InboundEvent(
        EventKind.COMMENT_EVENT if name in _COMMENTS else EventKind.ACCOUNT_EVENT,
        scope.raw(change),
        scope.account,
        senders=_named(person),
        username=text(author.get("username")) if person else None,
        external_id=_named_by(name, value),
        type=name,
        text=text(value.get("text")) if name in _COMMENTS else None,
        ts=moment_of_any_form(time),
        ts_raw=moment_as_given(time),
        flags=("changes_form",),
        extra={"media_id": identifier(mapping(value.get("media")).get("id") or value.get("media_id"))},
    )


def _named_by(field: str | None, value: Mapping[str, Any]) -> str | None:
    """The id of a comment, also of one that mentions the business; other changes have none of their own."""
    if field in _COMMENTS:
        return identifier(value.get("id"))
    return identifier(value.get("comment_id") or value.get("media_id")) if field == "mentions" else None


def _event(element: _Element) -> InboundEvent:
    item = Item(element.given, element.scope.account)
    read = read_item(item)
    kind = EventKind.ACCOUNT_EVENT if read is None else _kind(element, item, read)
    read = read or Reading(kind, Content(_novelty(element.given)), needs_sender=False)
    ts = moment_of_any_form(item.time)
    return InboundEvent(
        kind=kind,
        raw=element.scope.raw(element.part),
        account=element.scope.account or (item.sender if item.by_business else item.recipient),
        senders=_named(item.sender),
        external_id=read.external_id,
        variant=read.variant,
        type=read.content.type,
        text=read.content.text,
        media=read.content.media,
        ts=ts,
        ts_raw=moment_as_given(item.time),
        ref_id=read.ref_id,
        chat_id=item.recipient if item.by_business else None,
        sent_by=SentBy.UNTOLD if kind is EventKind.OUTBOUND_ECHO and item.addressee is not None else None,
        lead=item.addressee,
        read_up_to=read.up_to(ts) if kind is EventKind.STATUS else None,
        referral=read.referral,
        flags=read.flags + _odd(item, read, timed=ts is not None) + element.flags,
        extra={**read.content.extra, **read.extra},
    )


def _kind(element: _Element, item: Item, read: Reading) -> EventKind:
    if _missing(item, read):
        return EventKind.INVALID
    if item.by_business:
        return _BY_BUSINESS.get(read.kind, read.kind)
    return _IN_STANDBY.get(read.kind, read.kind) if "standby" in element.flags else read.kind


def _missing(item: Item, read: Reading) -> tuple[str, ...]:
    told = (
        (read.needs_sender and item.sender is None, "no_sender"),
        (read.needs_id and read.external_id is None, "no_id"),
    )
    return tuple(flag for true, flag in told if true)


def _odd(item: Item, read: Reading, *, timed: bool) -> tuple[str, ...]:
    told = ((not timed, "bad_timestamp"), (item.differs, "recipient_differs_from_entry_id"))
    return _missing(item, read) + tuple(flag for true, flag in told if true)


def _novelty(given: Mapping[str, Any]) -> str:
    """What an element of a kind that we do not know calls itself."""
    return next((name for key in given if key not in _SURROUNDINGS and (name := identifier(key))), "unknown")


def _named(person: str | None) -> tuple[SenderId, ...]:
    return () if person is None else (SenderId(IdentityKind.IGSID, person),)
