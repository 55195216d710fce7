"""A bot's commands, by scope and language, and its menu button."""

import re

from sandbox.telegram.calls import Call, Methods
from sandbox.telegram.chats import Chat
from sandbox.telegram.errors import refuse
from sandbox.telegram.keyboards import on_this_machine
from sandbox.telegram.params import Params
from sandbox.telegram.places import Places
from sandbox.telegram.state import BotAccount, TelegramState
from sandbox.wire import JsonObject, is_object, object_at, text_at

MOST_COMMANDS = 100
DESCRIPTION_LIMIT = 256
SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})
NO_CHAT = 0


class Menus:
    """Methods that set what a user finds under the menu button."""

    def __init__(self, places: Places, state: TelegramState) -> None:
        self._places = places
        self._state = state

    def add_methods(self, methods: Methods) -> None:
        """Put the methods into the table."""
        methods.add(
            setMyCommands=self._set,
            getMyCommands=self._get,
            deleteMyCommands=self._delete,
            setChatMenuButton=self._set_button,
            getChatMenuButton=self._get_button,
        )

    async def _set(self, call: Call) -> bool:
        commands = [_command(item) for item in call.params.array("commands")]
        if len(commands) > MOST_COMMANDS:
            refuse("BOT_COMMANDS_TOO_MUCH")
        call.account.commands[self._key(call)] = commands
        return True

    async def _get(self, call: Call) -> list[JsonObject]:
        return call.account.commands.get(self._key(call), [])

    async def _delete(self, call: Call) -> bool:
        call.account.commands.pop(self._key(call), None)
        return True

    def _key(self, call: Call) -> tuple[str, str]:
        scope = call.params.record("scope")
        kind, language = text_at(scope, "type") or "default", call.params.text("language_code")
        if language and not re.fullmatch(r"[a-z]{2}", language):
            refuse("invalid language code specified")
        if kind in SCOPES:
            return kind, language
        if kind not in CHAT_SCOPES:
            refuse("can't parse BotCommandScope: Unsupported type specified")
        chat = self._places.chat(Call(call.id, call.account, call.method, Params(scope)))
        member = f":{Params(scope).integer('user_id')}" if kind == "chat_member" else ""
        return f"{kind}:{chat.id}{member}", language

    async def _set_button(self, call: Call) -> bool:
        chat_id = call.params.integer("chat_id", NO_CHAT)
        if chat_id and not self._places.chat(call).is_private:
            refuse("chat not found")
        button = call.params.record("menu_button") or {"type": "default"}
        if text_at(button, "type") not in ("default", "commands", "web_app"):
            refuse("can't parse MenuButton: Unsupported type specified")
        if button["type"] == "web_app":
            _check_web_app(button)
        call.account.menus[chat_id] = button
        for chat in call.account.chats.values():
            self._state.touch(chat)
        return True

    async def _get_button(self, call: Call) -> JsonObject:
        menus = call.account.menus
        return menus.get(call.params.integer("chat_id", NO_CHAT)) or menus.get(NO_CHAT) or {"type": "commands"}


def _command(item: object) -> JsonObject:
    if not is_object(item):
        refuse("can't parse BotCommand: expected an Object")
    name, description = text_at(item, "command").removeprefix("/"), text_at(item, "description").strip()
    if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
        refuse("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= DESCRIPTION_LIMIT:
        refuse("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _check_web_app(button: JsonObject) -> None:
    url = text_at(object_at(button, "web_app"), "url")
    if not text_at(button, "text"):
        refuse("menu button text must be non-empty")
    if not url.startswith("https://") and not on_this_machine(url):
        refuse(f"menu button Web App URL '{url}' is invalid: Only HTTPS links are allowed")


def commands_shown(account: BotAccount, chat: Chat, language: str) -> list[JsonObject]:
    """What a user of a chat finds under the menu: the narrowest scope that has commands, his language first."""
    wide = "all_private_chats" if chat.is_private else "all_group_chats"
    for scope in (f"chat:{chat.id}", wide, "default"):
        for code in (language[:2], ""):
            if found := account.commands.get((scope, code)):
                return found
    return []
