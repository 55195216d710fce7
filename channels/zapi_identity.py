"""Who a Z-API event speaks of: phones, LIDs, and what stands in their place without being a person."""

import re
from dataclasses import dataclass
from typing import Any, Final

from channels.payload import identifier, text
from core.domain.events import IdentityKind, SenderId

_PHONE: Final = re.compile(r"\+?[0-9]{1,20}\Z")
_LID: Final = re.compile(r"[0-9]{1,32}@lid\Z")
_GROUP: Final = re.compile(r"[0-9]+-(group|[0-9]+)\Z")
_CHANNEL: Final = "@newsletter"
_BROADCAST: Final = ("-broadcast", "@broadcast")
_LONGEST_SHOWN: Final = 64


@dataclass(frozen=True, slots=True)
class Person:
    """The other side of a chat: names for them, the one that lasts first, and what was odd about these."""

    senders: tuple[SenderId, ...] = ()
    flags: tuple[str, ...] = ()
    name: str | None = None


def identify(given: dict[str, Any]) -> Person:
    """Who wrote, or to whom the business wrote. A LID is never turned into a phone, nor the other way."""
    lid, phone = _as_given(given)
    found = [sender for value in (lid, phone) if value is not None and (sender := sender_of(value)) is not None]
    flags = []
    if phone is not None and phone.endswith("@lid"):
        flags.append("phone_is_lid")
    elif phone is not None and sender_of(phone) is None:
        flags.append(f"invalid_id_dropped:{phone[:_LONGEST_SHOWN]}")
    return Person(tuple(dict.fromkeys(found)), tuple(flags), _name(given))


def sender_of(value: str) -> SenderId | None:
    """The name of a person in one of Z-API's two spellings."""
    if _PHONE.match(value):
        return SenderId(IdentityKind.PHONE, value)
    return SenderId(IdentityKind.LID, value) if _LID.match(value) else None


def crowd_of(given: dict[str, Any]) -> str | None:
    """``group``, ``newsletter`` or ``broadcast`` for what is no chat with one person."""
    chat = text(given.get("phone")) or ""
    if given.get("isGroup") is True or _GROUP.match(chat):
        return "group"
    if given.get("isNewsletter") is True or (chat.endswith(_CHANNEL) and not given.get("notification")):
        return "newsletter"
    return "broadcast" if given.get("broadcast") is True or chat.endswith(_BROADCAST) else None


def _as_given(given: dict[str, Any]) -> tuple[str | None, str | None]:
    """The LID and the phone of the person, unjudged. In a group they are the participant's."""
    chat = identifier(given.get("phone"))
    participant = identifier(given.get("participantPhone"))
    if given.get("isGroup") is True or (chat is not None and _GROUP.match(chat)):
        return identifier(given.get("participantLid")), participant
    # ``senderLid`` is how ``chatLid`` was called before; the vendor calls it the contact's, whoever wrote.
    lid = next((found for key in ("chatLid", "senderLid") if (found := _lid(given.get(key)))), None)
    return lid, participant if chat is None or _is_place(chat) else chat


def _lid(value: object) -> str | None:
    """Some deliveries have a phone, or half an id, where the LID belongs."""
    found = identifier(value)
    return found if found is not None and _LID.match(found) else None


def _is_place(chat: str) -> bool:
    return chat.endswith((_CHANNEL, *_BROADCAST))


def _name(given: dict[str, Any]) -> str | None:
    """The contact's name: where the business wrote, ``senderName`` is its own."""
    chat = text(given.get("chatName")) or None
    return chat if given.get("fromMe") is True else text(given.get("senderName")) or chat
