"""Reads raw webhook bodies back, so that what they say about leads holds for the emulator too."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.wire import JsonObject, decode_object, is_array, is_object, object_at, text_at


@dataclass(frozen=True, slots=True)
class RawInbound:
    """A message inside a raw body."""

    phone_number_id: str
    wamid: str
    wa_id: str
    user_id: str
    text: str
    timestamp: str


def inbound_messages(raw: bytes) -> Iterator[RawInbound]:
    """Every message of every change, as far as it can be read."""
    for entry in _objects(decode_object(raw) or {}, "entry"):
        for change in _objects(entry, "changes"):
            value = object_at(change, "value")
            number = text_at(object_at(value, "metadata"), "phone_number_id")
            yield from (_inbound(number, message) for message in _objects(value, "messages"))


def _inbound(phone_number_id: str, message: JsonObject) -> RawInbound:
    return RawInbound(
        phone_number_id=phone_number_id,
        wamid=text_at(message, "id"),
        wa_id=text_at(message, "from"),
        user_id=text_at(message, "from_user_id"),
        text=text_at(object_at(message, "text"), "body"),
        timestamp=text_at(message, "timestamp"),
    )


def _objects(holder: JsonObject, key: str) -> list[JsonObject]:
    found = holder.get(key)
    return [item for item in found if is_object(item)] if is_array(found) else []
