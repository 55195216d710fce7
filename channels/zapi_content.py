"""What a Z-API message says: it has one key for its content, and one reader here for each such key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import Any, Final

from channels.payload import identifier, mapping, number, scalar, sequence, text
from core.domain.events import MediaRef

_MOST_ITEMS: Final = 100
_LONGEST_EMOJI: Final = 64


class Role(Enum):
    """What a content is in a conversation."""

    MESSAGE = auto()
    REACTION = auto()
    SYSTEM = auto()
    """Something happened; nobody said anything."""
    UNSUPPORTED = auto()
    """There is nothing a person could be shown."""


@dataclass(frozen=True, slots=True)
class Content:
    """A message's body. ``ref_id`` is the message it speaks of, where the content itself names one."""

    type: str
    text: str | None = None
    media: MediaRef | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    role: Role = Role.MESSAGE
    ref_id: str | None = None
    flags: tuple[str, ...] = ()


UNKNOWN: Final = Content("unknown", role=Role.UNSUPPORTED)


def read_content(given: dict[str, Any]) -> Content:
    """The content of a message; one of an unknown kind is unsupported, never an error."""
    for key, reader in _READERS.items():
        body = given.get(key)
        if isinstance(body, dict):
            return reader(body)
    return UNKNOWN


def read_referral(given: dict[str, Any]) -> dict[str, Any] | None:
    """The advertisement that brought the lead, under the names that every WhatsApp channel gives it."""
    advertisement = mapping(given.get("externalAdReply"))
    if not any(text(advertisement.get(name)) for name in ("sourceType", "sourceId", "ctwaClid")):
        return None
    found = {ours: text(advertisement.get(theirs)) for ours, theirs in _REFERRAL_FIELDS.items()}
    return {name: value for name, value in found.items() if value}


def read_advertisement(given: dict[str, Any]) -> dict[str, str]:
    """The advertisement as Z-API names its parts."""
    advertisement = mapping(given.get("externalAdReply"))
    found = {name: text(advertisement.get(name)) for name in ("sourceType", "sourceId", "ctwaClid", "sourceUrl")}
    return {name: value for name, value in found.items() if value}


def _text(body: dict[str, Any]) -> Content:
    said = _words(body.get("message"))
    return Content("text", said) if said is not None else Content("text", role=Role.UNSUPPORTED)


def _file(kind: str) -> Callable[[dict[str, Any]], Content]:
    def read(body: dict[str, Any]) -> Content:
        media = _media(body, f"{kind}Url", body.get("fileName"))
        extra = {"voice_note": body.get("ptt") is True} if kind == "audio" else {}
        told = ((body.get("viewOnce") is True, "view_once"), (bool(body.get("downloadError")), "download_error"))
        flags = tuple(flag for true, flag in told if true)
        return Content(kind, _words(body.get("caption")), media, extra, flags=flags)

    return read


def _media(body: dict[str, Any], key: str, filename: object = None) -> MediaRef | None:
    """The file, by its public address: there is no id to fetch it by later."""
    url = _words(body.get(key))
    if url is None:
        return None
    return MediaRef(url=url, mime_type=_words(body.get("mimeType")), filename=_words(filename))


def _location(body: dict[str, Any]) -> Content:
    place = {name: number(body.get(name)) for name in ("latitude", "longitude")}
    words = {name: value for name in ("name", "address", "url") if (value := _words(body.get(name))) is not None}
    return Content("location", extra={**place, **words})


def _contact(body: dict[str, Any]) -> Content:
    phones = [phone for given in sequence(body.get("phones"))[:_MOST_ITEMS] if (phone := identifier(given))]
    return Content("contact", extra={"displayName": text(body.get("displayName")), "phones": phones})


def _reaction(body: dict[str, Any]) -> Content:
    emoji = (text(body.get("value")) or "")[:_LONGEST_EMOJI] or None
    return Content("reaction", extra={"emoji": emoji}, role=Role.REACTION, ref_id=_target(body))


def _button_reply(body: dict[str, Any]) -> Content:
    return Content("button_reply", _words(body.get("message")), extra={"buttonId": identifier(body.get("buttonId"))})


def _list_reply(body: dict[str, Any]) -> Content:
    extra = {"selectedRowId": identifier(body.get("selectedRowId")), "title": text(body.get("title"))}
    return Content("list_reply", _words(body.get("message")), extra=extra)


def _buttons(body: dict[str, Any]) -> Content:
    media = _media(body, "imageUrl") or _media(body, "videoUrl")
    return Content("buttons_message", _words(body.get("message")), media)


def _order(body: dict[str, Any]) -> Content:
    items = [_plain(item) for item in sequence(body.get("products"))[:_MOST_ITEMS]]
    return Content("order", _words(body.get("message")), extra={**_plain(body), "products": items})


def _poll(body: dict[str, Any]) -> Content:
    return Content("poll", _words(body.get("question")), extra={"options": _options(body)})


def _poll_vote(body: dict[str, Any]) -> Content:
    chosen = _options(body)
    words = ", ".join(chosen) or None
    return Content("poll_vote", words, extra={"options": chosen}, ref_id=identifier(body.get("pollMessageId")))


def _options(body: dict[str, Any]) -> list[str]:
    names = (text(mapping(option).get("name")) for option in sequence(body.get("options"))[:_MOST_ITEMS])
    return [name for name in names if name]


def _happening(kind: str) -> Callable[[dict[str, Any]], Content]:
    def read(body: dict[str, Any]) -> Content:
        return Content(kind, extra={**_plain(body), "target": _target(body)}, role=Role.SYSTEM)

    return read


def _plain_message(kind: str, words: str | None = None) -> Callable[[dict[str, Any]], Content]:
    """A content that is kept by its plain values; ``words`` names the one that a person reads."""

    def read(body: dict[str, Any]) -> Content:
        return Content(kind, _words(body.get(words)) if words else None, extra=_plain(body))

    return read


def _target(body: dict[str, Any]) -> str | None:
    return identifier(mapping(body.get("referencedMessage")).get("messageId"))


def _words(value: object) -> str | None:
    """A text that says something: Z-API writes an empty one where there is none."""
    return text(value) or None


def _plain(given: object) -> dict[str, Any]:
    found = {identifier(name): scalar(value) for name, value in list(mapping(given).items())[:_MOST_ITEMS]}
    return {name: value for name, value in found.items() if name is not None and value is not None}


_REFERRAL_FIELDS: Final = MappingProxyType(
    {
        "source_type": "sourceType",
        "source_id": "sourceId",
        "source_url": "sourceUrl",
        "headline": "title",
        "body": "body",
        "thumbnail_url": "thumbnailUrl",
        "ctwa_clid": "ctwaClid",
        "ref": "ref",
    }
)

_READERS: Final[Mapping[str, Callable[[dict[str, Any]], Content]]] = MappingProxyType(
    {
        "text": _text,
        "image": _file("image"),
        "audio": _file("audio"),
        "video": _file("video"),
        "document": _file("document"),
        "sticker": _file("sticker"),
        "location": _location,
        "contact": _contact,
        "reaction": _reaction,
        "buttonsResponseMessage": _button_reply,
        "listResponseMessage": _list_reply,
        "buttonsMessage": _buttons,
        "hydratedTemplate": _plain_message("template", "message"),
        "carouselMessage": _plain_message("carousel", "text"),
        "poll": _poll,
        "pollVote": _poll_vote,
        "order": _order,
        "product": _plain_message("product"),
        "reviewAndPay": _plain_message("review_and_pay"),
        "reviewOrder": _plain_message("review_order"),
        "requestPayment": _plain_message("request_payment"),
        "sendPayment": _plain_message("send_payment"),
        "pixKeyMessage": _plain_message("pix_key"),
        "event": _plain_message("event", "name"),
        "eventResponse": _happening("event_response"),
        "newsletterAdminInvite": _happening("newsletter_invite"),
        "pinMessage": _happening("pin_message"),
    }
)
