"""What chats look like: enough to draw them on a page."""

from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.menus import commands_shown
from sandbox.telegram.state import BotAccount, TelegramState
from sandbox.wire import JsonObject


class Views:
    """Chats as people see them, and the wait for a change."""

    def __init__(self, state: TelegramState) -> None:
        self._state = state

    async def changed(
        self, after: int, seconds: float, *, chat_id: int | None, bot_id: int | None, limit: int
    ) -> list[JsonObject]:
        """The chats that changed after a revision, once there are any or the time is over."""

        def chosen() -> list[Chat]:
            return [chat for chat in self._chats(chat_id, bot_id) if chat.revision > after]

        await self._state.changed.until(lambda: bool(chosen()), seconds)
        return [self._view(chat, limit) for chat in chosen()]

    def _chats(self, chat_id: int | None, bot_id: int | None) -> list[Chat]:
        return [
            chat
            for chat in self._state.chats()
            if chat_id in (None, chat.id) and (bot_id is None or any(a.id == bot_id for a in self._state.bots_in(chat)))
        ]

    def _view(self, chat: Chat, limit: int) -> JsonObject:
        accounts = self._state.bots_in(chat)
        body: JsonObject = {
            "revision": chat.revision,
            "bot_ids": [account.id for account in accounts],
            "members": [{"user": m.person.as_user(), "status": m.status} for m in chat.members.values()],
            "topics": [topic.as_json() | {"closed": topic.closed} for topic in chat.topics.values()],
            "messages": [self._message(chat, message) for message in list(chat.messages.values())[-limit:]],
            "pinned": chat.pinned,
            "typing": [typing for typing in chat.typing.values() if _later(typing, self._state.now())],
            "taps": self._taps(chat),
            "migrated_to": chat.migrated_to,
        }
        return chat.as_json() | body | self._of_the_user(chat, accounts)

    def _of_the_user(self, chat: Chat, accounts: list[BotAccount]) -> JsonObject:
        if chat.partner is None or not accounts:
            return {}
        account = accounts[0]
        return {
            "blocked": chat.id in account.blocked_by,
            "commands": commands_shown(account, chat, chat.partner.language_code),
            "menu_button": account.menus.get(chat.id) or account.menus.get(0),
        }

    def _message(self, chat: Chat, message: Message) -> JsonObject:
        reactions = [
            {"user_id": person_id, "emoji": one.get("emoji")}
            for person_id, given in message.reactions.items()
            for one in given
        ]
        return chat.message_json(message) | {"reactions": reactions, "reply_markup": message.markup}

    def _taps(self, chat: Chat) -> list[JsonObject]:
        mine = [tap for tap in self._state.taps.values() if tap.chat is chat]
        return [
            {
                "id": t.id,
                "user_id": t.user.id,
                "message_id": t.message_id,
                "data": t.data,
                "at": t.at,
                "answer": t.answer,
            }
            for t in mine
        ]


def _later(typing: JsonObject, now: float) -> bool:
    until = typing.get("until")
    return isinstance(until, float) and until > now
