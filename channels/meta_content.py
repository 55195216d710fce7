"""What a WhatsApp message says: one reader for each type that Meta documents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from channels.payload import identifier, mapping, number, scalar, sequence, text
from core.domain.events import MediaRef

_REFERRAL_FIELDS: Final = (
    "source_type",
    "source_id",
    "source_url",
    "headline",
    "body",
    "media_type",
    "image_url",
    "video_url",
    "thumbnail_url",
    "ctwa_clid",
    "ref",
)
_MOST_ITEMS: Final = 100


@dataclass(frozen=True, slots=True)
class Content:
    """A message's body; ``supported`` is false where there is nothing a person could be shown."""

    type: str | None
    text: str | None = None
    media: MediaRef | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    supported: bool = True


def read_content(message: dict[str, Any]) -> Content:
    """The content of a message; of an unknown type or without its body it is unsupported, never an error."""
    kind = identifier(message.get("type"))
    reader = _READERS.get(kind or "")
    body = message.get(kind) if kind is not None and reader is not None else None
    if reader is None or kind is None or not isinstance(body, dict | list):
        return Content(f"{kind}.None" if kind == "interactive" else kind, supported=False)
    return reader(kind, body)


def read_referral(message: dict[str, Any]) -> dict[str, Any] | None:
    """The advertisement that brought the lead, where the message tells of one."""
    referral = mapping(message.get("referral"))
    found = {name: value for name in _REFERRAL_FIELDS if (value := text(referral.get(name))) is not None}
    welcome = text(mapping(referral.get("welcome_message")).get("text"))
    if welcome is not None:
        found["welcome_message"] = welcome
    return found or None


def _text(kind: str, body: Any) -> Content:
    said = text(mapping(body).get("body"))
    return Content(kind, said, supported=said is not None)


def _file(kind: str, body: Any) -> Content:
    given = mapping(body)
    media = MediaRef(
        id=identifier(given.get("id")),
        mime_type=text(given.get("mime_type")),
        url=text(given.get("url")),
        filename=text(given.get("filename")),
    )
    extra = {"voice_note": given.get("voice") is True} if kind == "audio" else {}
    return Content(kind, text(given.get("caption")), media, extra)


def _location(kind: str, body: Any) -> Content:
    given = mapping(body)
    place = {name: number(given.get(name)) for name in ("latitude", "longitude")}
    words = {name: value for name in ("name", "address", "url") if (value := text(given.get(name))) is not None}
    return Content(kind, extra={**place, **words})


def _contacts(kind: str, body: Any) -> Content:
    cards = [mapping(card) for card in sequence(body)[:_MOST_ITEMS]]
    names = [text(mapping(card.get("name")).get("formatted_name")) for card in cards]
    phones = [text(mapping(phone).get("phone")) for card in cards for phone in sequence(card.get("phones"))]
    origin = next((found for card in cards if (found := text(card.get("origin")))), None)
    return Content(
        kind,
        extra={
            "names": [name for name in names if name],
            "phones": [phone for phone in phones if phone][:_MOST_ITEMS],
            "origin": origin,
        },
    )


def _button(kind: str, body: Any) -> Content:
    given = mapping(body)
    return Content(kind, text(given.get("text")), extra={"payload": text(given.get("payload"))})


def _order(kind: str, body: Any) -> Content:
    given = mapping(body)
    items = [
        {str(name): scalar(value) for name, value in mapping(item).items() if name in _ORDER_FIELDS}
        for item in sequence(given.get("product_items"))[:_MOST_ITEMS]
    ]
    extra = {"catalog_id": identifier(given.get("catalog_id")), "product_items": items}
    return Content(kind, text(given.get("text")), extra=extra)


def _interactive(kind: str, body: Any) -> Content:
    given = mapping(body)
    sub = identifier(given.get("type"))
    reply = given.get(sub) if sub is not None else None
    name = f"{kind}.{sub}"
    if not isinstance(reply, dict):
        return Content(name, supported=False)
    if sub == "nfm_reply":
        # ``response_json`` is a string and need not decode to an object: it stays a string.
        return Content(name, text(reply.get("body")), extra={"response_json": text(reply.get("response_json"))})
    if sub in {"button_reply", "list_reply"}:
        extra = {"id": text(reply.get("id")), "description": text(reply.get("description"))}
        return Content(name, text(reply.get("title")), extra=extra)
    return Content(name, text(reply.get("title")), extra=_plain(reply))


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    found = {identifier(name): scalar(value) for name, value in list(given.items())[:_MOST_ITEMS]}
    return {name: value for name, value in found.items() if name is not None and value is not None}


_ORDER_FIELDS: Final = frozenset({"product_retailer_id", "quantity", "item_price", "currency"})

_READERS: Final[Mapping[str, Callable[[str, Any], Content]]] = MappingProxyType(
    {
        "text": _text,
        "image": _file,
        "video": _file,
        "document": _file,
        "audio": _file,
        "sticker": _file,
        "location": _location,
        "contacts": _contacts,
        "interactive": _interactive,
        "button": _button,
        "order": _order,
    }
)
