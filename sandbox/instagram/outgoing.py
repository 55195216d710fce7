"""What a caller wants sent, checked as Instagram checks it."""

from dataclasses import dataclass

from sandbox.instagram.errors import NO_SUCH_USER, InstagramError, refuse
from sandbox.wire import JsonObject, is_object, object_at, text_at

TEXT_LIMIT = 1000
"""Bytes of UTF-8."""
ACTIONS = frozenset({"typing_on", "typing_off", "mark_seen", "react", "unreact"})
BY_URL = frozenset({"image", "video", "audio", "file"})
WITHOUT_URL = frozenset({"like_heart", "MEDIA_SHARE", "template"})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A valid message."""

    to: str
    kind: str
    text: str = ""
    url: str = ""
    reply_to: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A sender action: typing, seen, a reaction."""

    to: str
    name: str


def parse_outgoing(body: JsonObject) -> Outgoing | Action:
    """The call's meaning; InstagramError with Meta's code otherwise."""
    to = _recipient(body)
    if "sender_action" in body:
        return _action(body, to)
    message = body.get("message")
    if not is_object(message):
        refuse("The parameter message is required.")
    kind, text, url = _content(message)
    return Outgoing(to, kind, text, url, _reply_to(body), _tag(body))


def _recipient(body: JsonObject) -> str:
    recipient = body.get("recipient")
    if not is_object(recipient):
        refuse("The parameter recipient is required.")
    to = text_at(recipient, "id")
    if not to:
        refuse('Param recipient[id] must be a valid ID string (e.g., "123")')
    if not (to.isascii() and to.isdigit()):
        raise InstagramError(*NO_SUCH_USER)
    return to


def _action(body: JsonObject, to: str) -> Action:
    name = text_at(body, "sender_action")
    if "message" in body:
        refuse("Cannot send both message and state at the same time.")
    if name not in ACTIONS:
        refuse(f"Param sender_action must be one of {{{', '.join(sorted(ACTIONS))}}}")
    if name in {"react", "unreact"} and not text_at(object_at(body, "payload"), "message_id"):
        refuse("The parameter payload[message_id] is required.")
    return Action(to, name)


def _content(message: JsonObject) -> tuple[str, str, str]:
    """Kind, text and url of a message: text and attachments are messages of their own."""
    if ("text" in message) == ("attachment" in message):
        refuse("Message must have exactly one of text and attachment.")
    return _text(message) if "text" in message else _attachment(object_at(message, "attachment"))


def _text(message: JsonObject) -> tuple[str, str, str]:
    text = message["text"]
    if not isinstance(text, str) or not text.strip():
        refuse("Param message[text] must be a non-empty UTF8-encoded string")
    if len(text.encode(errors="replace")) > TEXT_LIMIT:
        refuse(f"Length of param message[text] must be less than or equal to {TEXT_LIMIT}")
    return "text", text, ""


def _attachment(attachment: JsonObject) -> tuple[str, str, str]:
    kind, url = text_at(attachment, "type"), text_at(object_at(attachment, "payload"), "url")
    if kind not in BY_URL | WITHOUT_URL:
        refuse("Param message[attachment][type] must be a supported attachment type.")
    if kind in BY_URL and not url.startswith(("https://", "http://")):
        refuse("Param message[attachment][payload][url] should represent a valid URL")
    return kind, "", url


def _reply_to(body: JsonObject) -> str:
    if "reply_to" not in body:
        return ""
    mid = text_at(object_at(body, "reply_to"), "mid")
    if not mid:
        refuse("The parameter reply_to[mid] is required.")
    return mid


def _tag(body: JsonObject) -> str:
    tag = text_at(body, "tag")
    if tag and (tag != "HUMAN_AGENT" or body.get("messaging_type") != "MESSAGE_TAG"):
        refuse("Param tag must be one of {HUMAN_AGENT}, with messaging_type MESSAGE_TAG.")
    return tag
