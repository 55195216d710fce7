"""What a caller wants sent, checked as Meta checks it."""

import re
from dataclasses import dataclass
from typing import NoReturn

from sandbox.meta.errors import GraphError
from sandbox.wire import JsonObject, is_object, object_at, text_at

INVALID = "(#100) Invalid parameter"
TEXT_LIMIT = 4096
CALLBACK_LIMIT = 512
KINDS = frozenset(
    {
        "text",
        "template",
        "image",
        "audio",
        "video",
        "document",
        "sticker",
        "location",
        "contacts",
        "interactive",
        "reaction",
    }
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A valid message; ``to`` is digits or a business-scoped user id."""

    raw_to: str
    to: str
    kind: str
    text: str
    callback: str
    context: str


@dataclass(frozen=True, slots=True)
class ReadMark:
    """A read receipt for an inbound message, with or without the typing indicator."""

    message_id: str
    typing: bool


def parse_outgoing(body: JsonObject) -> Outgoing | ReadMark:
    """The call's meaning; GraphError with Meta's code otherwise."""
    if body.get("messaging_product") != "whatsapp":
        _require("messaging_product")
    if "status" in body:
        return _read_mark(body)
    kind = _kind(body)
    raw_to, to = _recipient(body)
    return Outgoing(raw_to, to, kind, _content(body, kind), _callback(body), _context(body))


def _require(parameter: str) -> NoReturn:
    message = f"(#100) The parameter {parameter} is required."
    raise GraphError(100, message, f"{parameter} is required.")


def _refuse(details: str) -> NoReturn:
    raise GraphError(100, INVALID, details)


def _read_mark(body: JsonObject) -> ReadMark:
    if body.get("status") != "read":
        _refuse("Param status must be one of {READ} - got something else.")
    message_id = text_at(body, "message_id")
    if not message_id:
        _require("message_id")
    typing = body.get("typing_indicator")
    if typing is not None and object_at(body, "typing_indicator").get("type") != "text":
        _refuse("Param typing_indicator['type'] must be one of {TEXT}.")
    return ReadMark(message_id, typing is not None)


def _kind(body: JsonObject) -> str:
    kind = body.get("type", "text")
    if not isinstance(kind, str) or kind not in KINDS:
        _refuse("Param type must be a supported message type.")
    if body.get("recipient_type", "individual") not in ("individual", "group"):
        _refuse("Param recipient_type must be one of {INDIVIDUAL, GROUP}.")
    return kind


def _recipient(body: JsonObject) -> tuple[str, str]:
    phone = body.get("to")
    if isinstance(phone, str) and phone:
        digits = re.sub(r"[\s()+.-]", "", phone)
        if not re.fullmatch(r"\d{5,20}", digits):
            _refuse("Param to is not a valid phone number.")
        return phone, digits
    scoped = text_at(body, "recipient")
    if not scoped:
        _require("to")
    if not re.fullmatch(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}", scoped):
        _refuse("Param recipient is not a valid user id.")
    return scoped, scoped


def _content(body: JsonObject, kind: str) -> str:
    content = body.get(kind)
    if content is None:
        _require(kind)
    if kind != "text":
        return ""
    text = content.get("body") if is_object(content) else None
    if not isinstance(text, str) or not text.strip():
        _require("text['body']")
    if len(text) > TEXT_LIMIT:
        _refuse(f"Param text['body'] must be at most {TEXT_LIMIT} characters long.")
    return text


def _callback(body: JsonObject) -> str:
    callback = body.get("biz_opaque_callback_data", "")
    if not isinstance(callback, str) or len(callback) > CALLBACK_LIMIT:
        _refuse(f"Param biz_opaque_callback_data must be a string of at most {CALLBACK_LIMIT} characters.")
    return callback


def _context(body: JsonObject) -> str:
    if "context" not in body:
        return ""
    message_id = text_at(object_at(body, "context"), "message_id")
    if not message_id:
        _require("context['message_id']")
    return message_id
