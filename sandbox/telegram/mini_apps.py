"""How a user comes into a bot's Mini App, and the address that his client then loads."""

import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.control_bodies import Launches
from sandbox.telegram.init_data import init_data
from sandbox.telegram.people import found
from sandbox.telegram.persons import Person
from sandbox.telegram.state import BotAccount, TelegramState
from sandbox.wire import JsonObject, is_array, is_object, object_at, text_at

_EVERY_CHAT: Final = 0


class MiniApps:
    """Opens them as Telegram does: only by what the bot, or BotFather, offered."""

    def __init__(self, state: TelegramState) -> None:
        self._state = state

    def opened(self, user: Person, account: BotAccount, launches: Launches) -> tuple[str, str]:
        """By what it was opened (``link``, ``button``, ``menu``), and the address; ApiError 404 where nothing leads there."""
        extra: dict[str, str] = {}
        if launches.start_param is not None:
            by, url = "link", found(account.bot.main_web_app_url or None, "main Mini App")
            extra = {"chat_instance": str(user.id * 7919), "chat_type": "sender"}
            if launches.start_param:
                extra["start_param"] = launches.start_param
                url = _with_query(url, tgWebAppStartParam=launches.start_param)
        elif launches.url:
            by, url = "button", found(self._offered(user, account, launches.url), "button")
        else:
            by, url = "menu", found(_menu(account, user) or None, "menu button")
        signed = init_data(account.bot.token, user, int(self._state.now()), extra)
        return by, f"{url}#{_fragment(signed, launches)}"

    def _offered(self, user: Person, account: BotAccount, url: str) -> str | None:
        chat = self._state.private_chat(account, user)
        return next((offered for offered in _web_apps(chat) if offered == url), None)


def _menu(account: BotAccount, user: Person) -> str:
    button = account.menus.get(user.id) or account.menus.get(_EVERY_CHAT) or {}
    return text_at(object_at(button, "web_app"), "url")


def _web_apps(chat: Chat) -> Iterator[str]:
    for message in chat.messages.values():
        for button in _buttons(message):
            yield text_at(object_at(button, "web_app"), "url")


def _buttons(message: Message) -> Iterator[JsonObject]:
    rows = (message.markup or {}).get("inline_keyboard")
    for row in rows if is_array(rows) else []:
        yield from (button for button in (row if is_array(row) else []) if is_object(button))


def _fragment(signed: str, launches: Launches) -> str:
    """What a client tells the page: who opened it, and what it looks like there."""
    told = {
        "tgWebAppData": signed,
        "tgWebAppVersion": launches.version,
        "tgWebAppPlatform": launches.platform,
        "tgWebAppThemeParams": json.dumps(launches.theme_params, separators=(",", ":")),
    }
    return urlencode(told, quote_via=quote)


def _with_query(url: str, **more: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query="&".join(filter(None, (parts.query, urlencode(more))))).geturl()
