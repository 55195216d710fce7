"""One WhatsApp message, in whichever part of a delivery it stands, read into one event."""

from dataclasses import dataclass
from typing import Any, Final

from channels.meta_content import Content, read_content, read_referral
from channels.meta_errors import error_codes
from channels.meta_identity import Person, identify
from channels.meta_scope import Scope
from channels.payload import identifier, mapping, moment, moment_as_given, text
from core.domain.events import EventKind, InboundEvent, SenderId, SentBy

_LONGEST_EMOJI: Final = 64
_TELLING: Final = frozenset({"context", "errors"})
"""Where a message says more of itself than its words."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a list of messages is: whose words, and what they become."""

    phone: str
    bsuid: str
    parent: str
    kind: EventKind | None = None
    """What every message here becomes; ``None``: what the message itself says."""
    reaction: EventKind | None = None
    flag: str | None = None
    direction: str | None = None
    sent_by: SentBy | None = None


INBOUND: Final = Role("from", "from_user_id", "from_parent_user_id")
STANDBY: Final = Role("from", "from_user_id", "from_parent_user_id", EventKind.STANDBY_MESSAGE, flag="standby")
STANDBY_ECHO: Final = Role(
    "to",
    "to_user_id",
    "to_parent_user_id",
    EventKind.STANDBY_MESSAGE,
    reaction=EventKind.OUTBOUND_REACTION,
    flag="standby",
    direction="outbound",
    sent_by=SentBy.UNTOLD,
)
"""Of Meta's own agent, mostly; but a person's words from the phone come here too while that agent has the conversation."""
HISTORY: Final = Role("from", "from_user_id", "from_parent_user_id", EventKind.HISTORY_MESSAGE)
ECHO: Final = Role(
    "to",
    "to_user_id",
    "to_parent_user_id",
    EventKind.OUTBOUND_HUMAN_ECHO,
    reaction=EventKind.OUTBOUND_REACTION,
    sent_by=SentBy.PERSON,
)

_GROUP_KINDS: Final = {
    EventKind.INBOUND_UNSUPPORTED: EventKind.INBOUND_UNSUPPORTED_GROUP,
    EventKind.SYSTEM: EventKind.SYSTEM,
    EventKind.INVALID: EventKind.INVALID,
}


def only_one_sender(messages: list[Any], role: Role) -> bool:
    """Whether all messages of a list come from one person, so that a lone contact card is theirs."""
    if len(messages) == 1:
        return True
    bodies = [mapping(message) for message in messages]
    return len({(str(body.get(role.phone)), str(body.get(role.bsuid))) for body in bodies}) == 1


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the message says of itself before it is decided what it is."""

    kind: EventKind
    content: Content
    ref_id: str | None
    variant: str = ""


def read_message(scope: Scope, role: Role, key: str, given: dict[str, Any], *, only_sender: bool) -> InboundEvent:
    """The event of one message of the list ``key``."""
    message = _unfold(given)
    phone, bsuid = message.get(role.phone), message.get(role.bsuid)
    contact = scope.contacts.find(phone, bsuid, only_sender=only_sender)
    person = identify(phone, bsuid, message.get(role.parent), contact)
    read = _read(message, person.senders)
    external_id = identifier(message.get("id"))
    group = identifier(message.get("group_id"))
    referral = read_referral(message) if "referral" in message else None
    ts = moment(message.get("timestamp"))
    usual = bool(external_id and ts and person.senders and message.get("from"))
    usable = external_id is not None and bool(person.senders or read.kind is EventKind.SYSTEM)
    return InboundEvent(
        kind=_kind(role, read.kind, group) if usable else EventKind.INVALID,
        raw=scope.raw_item(key, given, contact),
        account=scope.account,
        business=scope.business,
        senders=person.senders,
        sender_name=person.name,
        username=person.username,
        external_id=external_id,
        variant=read.variant,
        type=read.content.type,
        text=read.content.text,
        media=read.content.media,
        ts=ts,
        ts_raw=moment_as_given(message.get("timestamp")),
        ref_id=read.ref_id,
        chat_id=group or scope.thread,
        sent_by=role.sent_by,
        referral=referral,
        flags=_flags(role, message, person, usual=usual, referral=referral, group=group),
        extra=_extra(scope, role, message, read.content, person),
    )


def _flags(
    role: Role, message: dict[str, Any], person: Person, *, usual: bool, referral: object, group: str | None
) -> tuple[str, ...]:
    """What is out of the ordinary; ``usual`` says that the message has an id, a time and its sender's number."""
    if usual and _TELLING.isdisjoint(message) and referral is None and group is None and role.flag is None:
        return person.flags  # nearly every message
    odd = () if usual else _missing(role, message, person)
    told = (
        (_forwarded(message), "forwarded"),
        (bool(message.get("errors")), "errors"),
        (referral is not None, "ad_referral"),
        (group is not None, "group"),
        (role.flag is not None, role.flag or ""),
    )
    return person.flags + odd + tuple([flag for true, flag in told if true])


def _missing(role: Role, message: dict[str, Any], person: Person) -> tuple[str, ...]:
    told = (
        (role.phone == "from" and not message.get("from"), "no_from"),
        (not person.senders, "no_sender"),
        (identifier(message.get("id")) is None, "no_id"),
        (moment(message.get("timestamp")) is None, "bad_timestamp"),
    )
    return tuple([flag for true, flag in told if true])


def _unfold(message: dict[str, Any]) -> dict[str, Any]:
    """An echo in standby has its message one level deeper; both levels make one."""
    inner = message.get("message")
    return {**message, **inner} if isinstance(inner, dict) else message


def _kind(role: Role, kind: EventKind, group: str | None) -> EventKind:
    if role.reaction is not None and kind is EventKind.INBOUND_REACTION:
        return role.reaction
    if role.kind is not None:
        return EventKind.SYSTEM if kind is EventKind.SYSTEM else role.kind
    # A group's reactions and edits are the group's, not a lead's: ignored along with its messages.
    return _GROUP_KINDS.get(kind, EventKind.INBOUND_MESSAGE_GROUP) if group is not None else kind


def _read(message: dict[str, Any], senders: tuple[SenderId, ...]) -> _Reading:
    match message.get("type"):
        case "reaction":
            return _reaction(message, senders)
        case "edit":
            return _edit(mapping(message.get("edit")))
        case "revoke":
            target = identifier(mapping(message.get("revoke")).get("original_message_id"))
            return _Reading(EventKind.INBOUND_DELETE, Content("revoke"), target)
        case "system":
            return _Reading(EventKind.SYSTEM, _system(message), None)
        case "unsupported":
            return _Reading(EventKind.INBOUND_UNSUPPORTED, _unsupported(message), _replied(message))
    content = read_content(message)
    kind = EventKind.INBOUND_MESSAGE if content.supported else EventKind.INBOUND_UNSUPPORTED
    return _Reading(kind, content, _replied(message))


def _replied(message: dict[str, Any]) -> str | None:
    return identifier(mapping(message.get("context")).get("id"))


def _forwarded(message: dict[str, Any]) -> bool:
    context = mapping(message.get("context"))
    return context.get("forwarded") is True or context.get("frequently_forwarded") is True


def _reaction(message: dict[str, Any], senders: tuple[SenderId, ...]) -> _Reading:
    reaction = mapping(message.get("reaction"))
    emoji = (text(reaction.get("emoji")) or "")[:_LONGEST_EMOJI] or None
    action = "react" if emoji else "unreact"
    who = senders[0].value if senders else ""
    return _Reading(
        EventKind.INBOUND_REACTION,
        Content("reaction", extra={"emoji": emoji}),
        identifier(reaction.get("message_id")),
        f"{who}:{action}:{emoji or ''}:{moment_as_given(message.get('timestamp'))}",
    )


def _edit(edit: dict[str, Any]) -> _Reading:
    content = read_content(mapping(edit.get("message")))
    return _Reading(EventKind.INBOUND_EDIT, content, identifier(edit.get("original_message_id")))


def _unsupported(message: dict[str, Any]) -> Content:
    meant = text(mapping(message.get("unsupported")).get("type"))
    return Content("unsupported", extra={"error_codes": error_codes(message), "unsupported_type": meant})


def _system(message: dict[str, Any]) -> Content:
    """A person changed number or id. Ids are told apart: ``wa_id`` may hold a BSUID, phones may be empty."""
    system = mapping(message.get("system"))
    facts = {name: value for name in _SYSTEM_FIELDS if (value := identifier(system.get(name))) is not None}
    if body := text(system.get("body")):
        # Earlier deliveries name the old id only in this sentence.
        facts["body"] = body
    became = identify(facts.get("wa_id") or facts.get("new_wa_id"), facts.get("user_id"), None, {})
    was = identify(None, facts.get("previous_user_id"), None, {})
    return Content("system", extra={**facts, "new_ids": _plain(became), "previous_ids": _plain(was)})


_SYSTEM_FIELDS: Final = (
    "type",
    "wa_id",
    "new_wa_id",
    "user_id",
    "parent_user_id",
    "previous_user_id",
    "previous_parent_user_id",
    "customer",
)


def _plain(person: Person) -> list[dict[str, str]]:
    return [{"kind": name.kind.value, "value": name.value} for name in person.senders]


def _extra(scope: Scope, role: Role, message: dict[str, Any], content: Content, person: Person) -> dict[str, Any]:
    extra = dict(content.extra)
    if person.parent is not None:
        extra.setdefault("parent_user_id", person.parent)
    if role.direction is not None:
        extra["direction"] = role.direction
    if "errors" in message:
        extra.setdefault("error_codes", error_codes(message))
    if "history_context" in message:
        extra["history_status"] = text(mapping(message["history_context"]).get("status"))
    if "conversation_context" in scope.value and (summary := _summary(scope)):
        extra["conversation_summary"] = summary
    return extra


def _summary(scope: Scope) -> str | None:
    """What Meta's agent says of the conversation so far: written by a machine out of a stranger's words."""
    context = mapping(scope.value.get("conversation_context"))
    return text(mapping(context.get("summary")).get("text"))
