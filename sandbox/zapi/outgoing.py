"""What a caller wants sent, checked as Z-API checks it."""

import re
from dataclasses import dataclass

from sandbox.wire import JsonObject, text_at
from sandbox.zapi.errors import refused

_PHONE = re.compile(r"\d{8,20}\Z")
_LID = re.compile(r"\d{1,32}@lid\Z")
_URL = re.compile(r"(https?://|data:)\S+\Z")
_EXTENSION = re.compile(r"[A-Za-z0-9]{1,10}\Z")
LONGEST_DELAY = 15
FILES = ("image", "video", "audio", "document", "sticker")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A valid message; ``content`` is its part of the webhook that tells of it."""

    to: str
    kind: str
    text: str
    content: JsonObject
    reply_to: str
    delay_typing: int


def parse_outgoing(method: str, body: JsonObject) -> Outgoing:
    """The call's meaning; ZapiError with what is wrong otherwise."""
    kind, _, extension = method.removeprefix("send-").partition("/")
    to = address(body)
    delay = _delay(body, "delayTyping")
    _delay(body, "delayMessage")
    if kind == "text":
        words = _required(body, "message")
        content: JsonObject = {"text": {"message": words}}
    elif kind == "reaction":
        words = _required(body, "reaction")
        target: JsonObject = {"messageId": _required(body, "messageId"), "fromMe": False, "phone": to}
        content = {"reaction": {"value": words, "referencedMessage": target}}
    else:
        words, content = text_at(body, "caption"), {kind: _file(kind, extension, body)}
    return Outgoing(to, kind, words, content, text_at(body, "messageId"), delay)


def address(body: JsonObject) -> str:
    """The chat in ``phone``: digits alone, or a LID."""
    given = body.get("phone")
    if not isinstance(given, str) or not given:
        message = "phone is required"
        raise refused(message)
    if not (_PHONE.match(given) or _LID.match(given)):
        message = "phone is invalid"
        raise refused(message)
    return given


def _required(body: JsonObject, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        message = f"{name} is required"
        raise refused(message)
    return value


def _delay(body: JsonObject, name: str) -> int:
    value = body.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_DELAY:
        message = f"{name} must be a number from 1 to {LONGEST_DELAY}"
        raise refused(message)
    return value


def _file(kind: str, extension: str, body: JsonObject) -> JsonObject:
    if kind == "document" and not _EXTENSION.match(extension):
        message = "the extension of the document is missing in the address"
        raise refused(message)
    url = _required(body, kind)
    if not _URL.match(url):
        message = f"{kind} is neither a url nor base64"
        raise refused(message)
    part: JsonObject = {f"{kind}Url": url, "mimeType": None}
    if kind not in {"audio", "sticker"}:
        part["caption"] = text_at(body, "caption")
    if kind == "document":
        part["fileName"] = text_at(body, "fileName") or f"document.{extension}"
    return part
