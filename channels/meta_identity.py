"""Who a WhatsApp event speaks of: phones, business-scoped user ids (BSUID) and the contact cards beside them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from channels.payload import identifier, mapping, text
from core.domain.events import IdentityKind, SenderId
from core.domain.phone import match_key

_BSUID: Final = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}\Z")
_PHONE: Final = re.compile(r"\+?[0-9]{1,20}\Z")
_PLACEHOLDER: Final = re.compile(r"[A-Z][A-Z0-9_]*\Z")
_LONGEST_SHOWN: Final = 64


@dataclass(frozen=True, slots=True)
class Person:
    """One person of one event: names for them, the strongest first, and what was odd about these."""

    senders: tuple[SenderId, ...] = ()
    flags: tuple[str, ...] = ()
    name: str | None = None
    username: str | None = None
    parent: str | None = None
    """The portfolio-wide BSUID: kept aside, for it may name one person under several businesses."""


def identify(phone: object, bsuid: object, parent: object, contact: dict[str, Any]) -> Person:
    """Join what the event says of a person with what their contact card says."""
    profile = mapping(contact.get("profile"))
    own = identifier(bsuid) or identifier(contact.get("user_id"))
    senders, flags = _names((identifier(phone), identifier(contact.get("wa_id"))), own)
    return Person(
        senders=senders,
        flags=flags,
        name=text(profile.get("name")),
        username=text(profile.get("username")),
        parent=identifier(parent) or identifier(contact.get("parent_user_id")),
    )


def names_as_given(phone: object, bsuid: object) -> tuple[SenderId, ...]:
    """The names of a status's recipient, unjudged: what we sent to is already known to be somebody."""
    own, other = identifier(bsuid), identifier(phone)
    found = () if own is None else (SenderId(IdentityKind.BSUID, own),)
    if other is None or other == own:
        return found
    kind = IdentityKind.BSUID if _BSUID.match(other) else IdentityKind.PHONE
    return (*found, SenderId(kind, other))


class Contacts:
    """The contact cards beside the messages of a change, found by id and never by place in the list."""

    __slots__ = ("_by_bsuid", "_by_key", "_by_phone", "_cards")

    def __init__(self, cards: Sequence[Any]) -> None:
        self._cards = [card for card in cards if isinstance(card, dict)]
        self._by_bsuid: dict[str, dict[str, Any]] | None = None
        self._by_phone: dict[str, dict[str, Any]] | None = None
        self._by_key: dict[str, dict[str, Any]] | None = None

    def find(self, phone: object, bsuid: object, *, only_sender: bool) -> dict[str, Any]:
        """The card of a person, an empty one when there is none.

        The number on the card may differ from the one in the message (a Brazilian ninth digit, an
        older form), so a card that is alone goes with the sender who is alone, unless their BSUIDs differ.
        """
        if not self._cards:
            return {}
        if len(self._cards) == 1 and bsuid is None and phone and self._cards[0].get("wa_id") == phone:
            return self._cards[0]  # nearly everybody
        if self._by_bsuid is None or self._by_phone is None:
            self._by_bsuid, self._by_phone = self._index("user_id"), self._index("wa_id")
        found = self._by_bsuid.get(bsuid) if isinstance(bsuid, str) else None
        if found is None and isinstance(phone, str):
            found = self._by_phone.get(phone) or self._near(phone, self._by_phone)
        if found is not None or len(self._cards) > 1 or not only_sender:
            return found or {}
        other = self._cards[0].get("user_id")
        return {} if bsuid and other and bsuid != other else self._cards[0]

    def _near(self, phone: str, by_phone: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
        if self._by_key is None:
            self._by_key = {match_key(known): card for known, card in by_phone.items()}
        return self._by_key.get(match_key(phone))

    def _index(self, name: str) -> dict[str, dict[str, Any]]:
        return {key: card for card in self._cards if isinstance(key := card.get(name), str) and key}


def _names(phones: Iterable[str | None], bsuid: str | None) -> tuple[tuple[SenderId, ...], tuple[str, ...]]:
    found: list[SenderId] = []
    flags: list[str] = []
    if bsuid is not None:
        found.append(SenderId(IdentityKind.BSUID, bsuid))
        if not _BSUID.match(bsuid):
            flags.append("placeholder_ids")
    for value in dict.fromkeys(phones):
        if value is None or value == bsuid:
            continue
        kind, flag = _judge(value)
        if flag is not None and flag not in flags:
            flags.append(flag)
        if kind is not None:
            found.append(SenderId(kind, value))
    return tuple(found), tuple(flags)


def _judge(value: str) -> tuple[IdentityKind | None, str | None]:
    """What stands where a phone belongs: a phone, a BSUID gone astray, a vendor's example, or rubbish."""
    if _PHONE.match(value):
        return IdentityKind.PHONE, None
    if _BSUID.match(value):
        return IdentityKind.BSUID, None
    if _PLACEHOLDER.match(value):
        return IdentityKind.PHONE, "placeholder_ids"
    return None, f"invalid_id_dropped:{value[:_LONGEST_SHOWN]}"
