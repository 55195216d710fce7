"""A message as the Graph API gives it, told as a webhook would have told it: read by the same rules, stored under the same key."""

from collections.abc import Mapping
from typing import Any, Final

from channels.instagram_envelope import read_delivery
from channels.instagram_scope import OBJECT
from channels.instagram_time import moment_of_any_form
from channels.payload import identifier, mapping, sequence, text, write_json
from core.domain.errors import SendRefused
from core.domain.events import InboundEvent

FIELDS: Final = "id,created_time,from,to,message,attachments,shares,is_unsupported"
_FILES: Final = {"image_data": "image", "video_data": "video", "audio_data": "audio"}
_MOST_FILES: Final = 100


def read_fetched(given: Mapping[str, Any], account: str, mid: str) -> list[InboundEvent]:
    """The event of a message of this account's. Raises ``SendRefused`` for an answer that does not say who wrote it."""
    sender = _id(given.get("from"))
    if sender is None:
        message = "the message names nobody who wrote it"
        raise SendRefused(message)
    recipient = next((found for one in sequence(mapping(given.get("to")).get("data")) if (found := _id(one))), account)
    at = moment_of_any_form(given.get("created_time"))
    item: dict[str, Any] = {"sender": {"id": sender}, "recipient": {"id": recipient}, "message": _message(given, mid)}
    if at is not None:
        item["timestamp"] = int(at.timestamp() * 1000)
    return read_delivery(write_json({"object": OBJECT, "entry": [{"id": account, "messaging": [item]}]}))


def _message(given: Mapping[str, Any], mid: str) -> dict[str, Any]:
    message: dict[str, Any] = {"mid": mid}
    if said := text(given.get("message")):
        message["text"] = said
    if files := [*map(_file, _listed(given, "attachments")), *map(_share, _listed(given, "shares"))]:
        message["attachments"] = files
    if given.get("is_unsupported") is True:
        message["is_unsupported"] = True
    return message


def _listed(given: Mapping[str, Any], name: str) -> list[Any]:
    return sequence(mapping(given.get(name)).get("data"))[:_MOST_FILES]


def _file(one: object) -> dict[str, Any]:
    """What kind of file it is tells the name under which its address stands."""
    kind = next((name for name in _FILES if isinstance(mapping(one).get(name), dict)), None)
    url = mapping(mapping(one).get(kind)).get("url") if kind else mapping(one).get("file_url")
    return _attachment(_FILES.get(kind or "", "file"), url)


def _share(one: object) -> dict[str, Any]:
    return _attachment("share", mapping(one).get("link"))


def _attachment(kind: str, url: object) -> dict[str, Any]:
    return {"type": kind, "payload": {"url": url} if text(url) else {}}


def _id(one: object) -> str | None:
    return identifier(mapping(one).get("id"))
