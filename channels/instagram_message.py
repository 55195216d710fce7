"""One element of ``messaging``: a message, or one of the things that can happen to one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from channels.instagram_content import Content, read_content, read_referral, story_of
from channels.instagram_time import moment_of_any_form
from channels.payload import identifier, mapping, moment_as_given, scalar, sequence, text
from core.domain.events import TO_BE_FETCHED, EventKind, IdentityKind, SenderId

_LONGEST_EMOJI: Final = 64


@dataclass(frozen=True, slots=True)
class Item:
    """An element with its surroundings: whose it is and when it was."""

    given: Mapping[str, Any]
    account: str | None

    @property
    def sender(self) -> str | None:
        """Who did it: the lead's id, or the account's own."""
        return identifier(mapping(self.given.get("sender")).get("id"))

    @property
    def recipient(self) -> str | None:
        """To whom it was done."""
        return identifier(mapping(self.given.get("recipient")).get("id"))

    @property
    def by_business(self) -> bool:
        """Whether the business itself did it, through an API or in the app."""
        message = mapping(self.given.get("message"))
        own = self.sender is not None and self.sender == self.account
        return own or any(message.get(mark) is True for mark in ("is_echo", "is_self"))

    @property
    def addressee(self) -> SenderId | None:
        """The lead to whom the business did it; nobody where it wrote to itself."""
        person = self.recipient if self.by_business else None
        if person is None or person in {self.sender, self.account}:
            return None
        return SenderId(IdentityKind.IGSID, person)

    @property
    def differs(self) -> bool:
        """Whether the business's side is named by another id than the entry's."""
        side = self.sender if self.by_business else self.recipient
        return None not in (side, self.account) and side != self.account

    @property
    def time(self) -> object:
        """The time as it was given."""
        return self.given.get("timestamp")


@dataclass(frozen=True, slots=True)
class Reading:
    """What an element says, whoever did it. ``needs_id``: without an external id nothing can be made of it."""

    kind: EventKind
    content: Content
    external_id: str | None = None
    ref_id: str | None = None
    variant: str = ""
    referral: Mapping[str, Any] | None = None
    flags: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    needs_id: bool = False
    needs_sender: bool = True

    def up_to(self, ts: datetime | None) -> datetime | None:
        """Until when everything is read: whoever sees one message has seen what stands above it."""
        if self.content.type != "read":
            return None
        return moment_of_any_form(self.extra.get("watermark")) or ts


Reader = Callable[[Item, Mapping[str, Any]], Reading]


def read_item(item: Item) -> Reading | None:
    """What an element says; ``None`` for one of a kind that we do not know."""
    for name, reader in _READERS.items():
        given = item.given.get(name)
        if isinstance(given, dict):
            return reader(item, given)
    if "policy_enforcement" in item.given:
        return Reading(EventKind.ACCOUNT_EVENT, Content("policy_enforcement"), needs_sender=False)
    return next((_handed_over(item, name) for name in _HAND_OVERS if name in item.given), None)


def is_item(value: Mapping[str, Any]) -> bool:
    """Whether a change holds what ``messaging`` would: test deliveries come in that form."""
    return any(isinstance(value.get(name), dict) for name in _READERS) or any(name in value for name in _HAND_OVERS)


def _message(item: Item, given: Mapping[str, Any]) -> Reading:
    mid = identifier(given.get("mid"))
    if given.get("is_deleted") is True:
        return Reading(EventKind.INBOUND_DELETE, Content("deleted"), mid, mid, needs_id=True)
    content = read_content(given)
    referral = read_referral(given.get("referral")) or read_referral(item.given.get("referral"))
    told = (
        (story_of(given) is not None, "story_reply"),
        (referral is not None and bool(referral.keys() & {"ad_id", "ads_context_data"}), "ad_referral"),
    )
    return Reading(
        EventKind.INBOUND_MESSAGE if content.supported else EventKind.INBOUND_UNSUPPORTED,
        content,
        mid,
        identifier(mapping(given.get("reply_to")).get("mid")),
        referral=referral,
        flags=tuple(flag for true, flag in told if true),
        extra=_echo(given) if item.by_business else {},
        needs_id=True,
    )


def _echo(message: Mapping[str, Any]) -> dict[str, Any]:
    """By which app a message of the business left: by ours, by another, or by none, which is a person's hand."""
    return {"app_id": identifier(message.get("app_id")), "metadata": text(message.get("metadata"))}


def _edit(item: Item, given: Mapping[str, Any]) -> Reading:
    """An edit; number 0 is a new message that Instagram Login at times tells of in this way, without its words."""
    mid, number = identifier(given.get("mid")), scalar(given.get("num_edit"))
    first = str(number) == "0"
    return Reading(
        EventKind.INBOUND_EDIT,
        Content("edit", text(given.get("text"))),
        mid,
        mid,
        str(moment_as_given(item.time) if number is None else number)[:64],
        flags=(TO_BE_FETCHED,) if first else (),
        extra={"num_edit": number},
        needs_id=True,
        needs_sender=not first,
    )


def _reaction(item: Item, given: Mapping[str, Any]) -> Reading:
    emoji = (text(given.get("emoji")) or "")[:_LONGEST_EMOJI] or None
    name = identifier(given.get("reaction"))
    action = identifier(given.get("action")) or ("react" if emoji or name else "unreact")
    return Reading(
        EventKind.INBOUND_REACTION,
        Content(action),
        ref_id=identifier(given.get("mid")),
        variant=f"{item.sender or ''}:{action}:{emoji or name or ''}:{moment_as_given(item.time)}",
        extra={"emoji": emoji, "reaction": name},
    )


def _postback(item: Item, given: Mapping[str, Any]) -> Reading:
    """A tapped button or ice breaker: the lead's words are its title. An older form has no id."""
    payload, referral = text(given.get("payload")), read_referral(given.get("referral"))
    return Reading(
        EventKind.INBOUND_MESSAGE,
        Content("postback", text(given.get("title")) or payload),
        identifier(given.get("mid")),
        variant="postback",
        referral=referral or read_referral(item.given.get("referral")),
        extra={"payload": payload, "referral": referral},
    )


def _read(item: Item, given: Mapping[str, Any]) -> Reading:
    return Reading(
        EventKind.STATUS,
        Content("read"),
        ref_id=identifier(given.get("mid")),
        variant=f"read:{item.sender or ''}",
        extra={"watermark": scalar(given.get("watermark"))},
    )


def _delivery(item: Item, given: Mapping[str, Any]) -> Reading:
    mids = sequence(given.get("mids"))
    return Reading(
        EventKind.STATUS,
        Content("delivered"),
        ref_id=identifier(mids[0]) if mids else None,
        variant=f"delivered:{item.sender or ''}",
        extra={"watermark": scalar(given.get("watermark"))},
    )


def _referral(_item: Item, given: Mapping[str, Any]) -> Reading:
    referral = read_referral(given) or {}
    kind = identifier(referral.get("source")) or "referral"
    return Reading(EventKind.REFERRAL_EVENT, Content(kind), referral=referral or None, extra=referral)


def _optin(_item: Item, given: Mapping[str, Any]) -> Reading:
    """A consent to be written to; the token that it may carry stays in the raw event alone."""
    facts = {name: text(given.get(name)) for name in ("payload", "title", "ref")}
    return Reading(EventKind.OPTIN_EVENT, Content(identifier(given.get("type")) or "optin"), extra=facts)


def _handed_over(item: Item, name: str) -> Reading:
    given = mapping(item.given.get(name))
    facts = ("previous_owner_app_id", "new_owner_app_id", "requested_owner_app_id", "metadata")
    extra = {fact: scalar(given.get(fact)) for fact in facts if fact in given}
    return Reading(EventKind.THREAD_CONTROL, Content(name), extra=extra, needs_sender=False)


_READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        "message": _message,
        "message_edit": _edit,
        "reaction": _reaction,
        "postback": _postback,
        "read": _read,
        "delivery": _delivery,
        "optin": _optin,
        "referral": _referral,
    }
)
_HAND_OVERS: Final = ("take_thread_control", "pass_thread_control", "request_thread_control", "app_roles")
