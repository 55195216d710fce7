"""Keyboards under messages: what Telegram takes and what it refuses."""

import ipaddress
import re
from urllib.parse import urlsplit

from sandbox.telegram.chats import Chat
from sandbox.telegram.errors import refuse
from sandbox.telegram.params import Params
from sandbox.wire import JsonObject, is_array, is_object, object_at, text_at

CALLBACK_BYTES = 64
MOST_BUTTONS = 100
STYLES = frozenset({"danger", "success", "primary"})
ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "copy_text",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
)
OTHERS = ("keyboard", "remove_keyboard", "force_reply")


def on_this_machine(url: str) -> bool:
    """Whether the URL leads to the loopback interface, where no certificate can be asked for."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_markup(params: Params, chat: Chat) -> JsonObject | None:
    """The reply markup, checked; None where none was given."""
    if not params.given("reply_markup"):
        return None
    markup = params.json("reply_markup")
    if not is_object(markup):
        refuse("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup, chat)
    if markup and not any(key in markup for key in OTHERS):
        refuse("can't parse reply keyboard markup JSON object")
    return markup or None


def inline_only(params: Params, chat: Chat) -> JsonObject | None:
    """The markup of an edit: an inline keyboard, or none."""
    markup = read_markup(params, chat)
    if markup is not None and "inline_keyboard" not in markup:
        refuse("inline keyboard expected")
    return markup


def _inline(markup: JsonObject, chat: Chat) -> JsonObject | None:
    rows = markup["inline_keyboard"]
    if not is_array(rows):
        refuse('can\'t parse inline keyboard markup: Field "inline_keyboard" must be of type Array')
    checked = [_row(row, chat) for row in rows]
    filled = [row for row in checked if row]
    if sum(len(row) for row in filled) > MOST_BUTTONS:
        refuse("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": filled} if filled else None


def _row(row: object, chat: Chat) -> list[JsonObject]:
    if not is_array(row):
        refuse("can't parse inline keyboard button: expected an Array of InlineKeyboardButton")
    return [_button(button, chat) for button in row]


def _button(button: object, chat: Chat) -> JsonObject:
    if not is_object(button):
        refuse("can't parse inline keyboard button: expected an Object")
    if not text_at(button, "text").strip():
        refuse("can't parse inline keyboard button: Can't find field \"text\"")
    action = next((name for name in ACTIONS if name in button), None)
    if action is None:
        refuse("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if button.get("style") not in (None, *STYLES):
        refuse("invalid button style specified")
    _check(action, button, chat)
    return button


def _check(action: str, button: JsonObject, chat: Chat) -> None:
    match action:
        case "callback_data":
            if not 1 <= len(text_at(button, "callback_data").encode()) <= CALLBACK_BYTES:
                refuse("BUTTON_DATA_INVALID")
        case "url":
            _check_url(text_at(button, "url"))
        case "web_app":
            _check_web_app(text_at(object_at(button, "web_app"), "url"), chat)
        case "copy_text":
            if not 1 <= len(text_at(object_at(button, "copy_text"), "text")) <= 256:  # noqa: PLR2004 - Telegram's limit
                refuse("BUTTON_COPY_TEXT_INVALID")
        case _:
            pass


def _check_url(url: str) -> None:
    if re.match(r"(tg|ton)://\S+$", url) or re.match(r"(?:https?://)?[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?$", url):
        return
    if not (re.match(r"https?://", url) and on_this_machine(url)):
        refuse(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _check_web_app(url: str, chat: Chat) -> None:
    if not chat.is_private:
        refuse("BUTTON_TYPE_INVALID")
    if not url.startswith("https://") and not on_this_machine(url):
        refuse(f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed")
