"""One ``ReceivedCallback``: what a lead wrote, what the business wrote, or what WhatsApp has to tell of a chat."""

from dataclasses import dataclass
from typing import Any, Final

from channels.payload import identifier
from channels.zapi_content import Content, Role, read_advertisement, read_content, read_referral
from channels.zapi_identity import Person, crowd_of, identify
from channels.zapi_scope import Scope
from core.domain.events import WAITING, EventKind, InboundEvent, SentBy

_INBOUND: Final = {
    Role.MESSAGE: EventKind.INBOUND_MESSAGE,
    Role.REACTION: EventKind.INBOUND_REACTION,
    Role.SYSTEM: EventKind.SYSTEM,
    Role.UNSUPPORTED: EventKind.INBOUND_UNSUPPORTED,
}
_SENT_BY: Final = {EventKind.OUTBOUND_ECHO: SentBy.API, EventKind.OUTBOUND_HUMAN_ECHO: SentBy.PERSON}
_DELETED: Final = "REVOKE"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a delivery is before it is known whether it can be used."""

    kind: EventKind
    content: Content
    ref_id: str | None
    variant: str = ""
    flags: tuple[str, ...] = ()


def read_received(scope: Scope) -> InboundEvent:
    """The event of a ``ReceivedCallback``; without an id or a person it is no message but an invalid one."""
    given = scope.given
    person = identify(given)
    read = _read(scope, person)
    external_id = identifier(given.get("messageId"))
    referral = read_referral(given)
    # In a crowd nobody need be named: it is not looked into anyway.
    named = bool(person.senders) or crowd_of(given) is not None
    usable = read.kind is EventKind.SYSTEM or (external_id is not None and named)
    return InboundEvent(
        kind=read.kind if usable else EventKind.INVALID,
        raw=scope.raw,
        account=scope.instance,
        senders=person.senders,
        sender_name=person.name,
        external_id=external_id,
        variant=read.variant,
        type=read.content.type,
        text=read.content.text,
        media=read.content.media,
        ts=scope.ts,
        ts_raw=scope.ts_raw,
        ref_id=read.ref_id,
        chat_id=identifier(given.get("phone")),
        sent_by=_SENT_BY.get(read.kind),
        referral=referral,
        flags=_flags(scope, person, read, referral=referral),
        extra={**read.content.extra, "ad": read_advertisement(given)} if referral else read.content.extra,
    )


def _read(scope: Scope, person: Person) -> _Reading:
    given = scope.given
    notification = identifier(given.get("notification"))
    if notification is not None:
        return _notification(given, notification)
    content = read_content(given)
    if content.role is Role.UNSUPPORTED and given.get("waitingMessage") is True:
        # The content comes later under the same id, as an event of its own.
        waiting = Content(WAITING, role=Role.UNSUPPORTED)
        return _Reading(
            _kind(given, waiting), waiting, identifier(given.get("referenceMessageId")), WAITING, (WAITING,)
        )
    kind, ref_id = _kind(given, content), content.ref_id or identifier(given.get("referenceMessageId"))
    if content.role is Role.REACTION:
        return _Reading(kind, content, ref_id, _reaction_variant(scope, person, content))
    if given.get("isEdit") is True and content.role is not Role.SYSTEM:
        return _edit(scope, kind, content)
    return _Reading(kind, content, ref_id)


def _notification(given: dict[str, Any], name: str) -> _Reading:
    """Never a customer's message; of those that concern one, only a deletion is told by Z-API."""
    target = identifier(given.get("referenceMessageId"))
    if name == _DELETED and given.get("fromMe") is not True:
        return _Reading(EventKind.INBOUND_DELETE, Content("revoke"), target or identifier(given.get("messageId")))
    return _Reading(EventKind.SYSTEM, Content(f"notification.{name}"), target, variant=name)


def _kind(given: dict[str, Any], content: Content) -> EventKind:
    """What is from the business is an echo: ours where the API sent it, else a person's on the phone."""
    if given.get("fromMe") is not True or content.role is Role.SYSTEM:
        return _INBOUND[content.role]
    if content.role is Role.REACTION:
        return EventKind.OUTBOUND_REACTION
    return EventKind.OUTBOUND_ECHO if given.get("fromApi") is True else EventKind.OUTBOUND_HUMAN_ECHO


def _edit(scope: Scope, kind: EventKind, content: Content) -> _Reading:
    """An edit keeps its message's id; editions are told apart by their time, for they are not numbered."""
    became = EventKind.INBOUND_EDIT if scope.given.get("fromMe") is not True else kind
    flags = ("edited",) if became is not EventKind.INBOUND_EDIT else ()
    return _Reading(became, content, identifier(scope.given.get("messageId")), f"edit:{scope.ts_raw}", flags)


def _reaction_variant(scope: Scope, person: Person, content: Content) -> str:
    emoji = content.extra.get("emoji")
    who = person.senders[0].value if person.senders else ""
    return f"{who}:{'react' if emoji else 'unreact'}:{emoji or ''}:{scope.ts_raw}"


def _flags(scope: Scope, person: Person, read: _Reading, *, referral: object) -> tuple[str, ...]:
    given, crowd = scope.given, crowd_of(scope.given)
    person_wanted = read.kind is not EventKind.SYSTEM
    told = (
        (person_wanted and not person.senders and crowd is None, "no_sender"),
        (person_wanted and identifier(given.get("messageId")) is None, "no_id"),
        (given.get("forwarded") is True, "forwarded"),
        (referral is not None, "ad_referral"),
        (given.get("isStatusReply") is True, "status_reply"),
        (crowd is not None, crowd or ""),
    )
    odd = tuple(flag for true, flag in told if true)
    return person.flags + scope.bad_time + read.flags + read.content.flags + odd
