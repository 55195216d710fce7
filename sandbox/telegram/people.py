"""What people do in Telegram: write, edit, tap, react, block."""

import secrets
from typing import TypeVar

from sandbox.eventlog import EventLog
from sandbox.telegram.chats import Chat, Message, Topic
from sandbox.telegram.errors import ApiError, forbid, refuse
from sandbox.telegram.persons import Member, Person
from sandbox.telegram.places import TOPIC_RIGHT
from sandbox.telegram.posting import Posting, leads
from sandbox.telegram.reactions import emoji_reaction
from sandbox.telegram.sending import plain_thread, refuse_outsiders
from sandbox.telegram.state import BotAccount, Tap, TelegramState
from sandbox.wire import JsonObject, is_array, is_object, text_at

Thing = TypeVar("Thing")
BUTTON_ACTIONS = ("url", "web_app", "copy_text")


class People:
    """Doings of users, with the updates that bots get of them."""

    def __init__(self, state: TelegramState, posting: Posting, log: EventLog) -> None:
        self._state = state
        self._posting = posting
        self._log = log

    def user(self, user_id: int) -> Person:
        """A registered person; ApiError 404."""
        return found(self._state.users.get(user_id), "user")

    def account(self, bot_id: int | None) -> BotAccount:
        """The bot meant; without an id the only one there is."""
        if bot_id is None and len(self._state.bots) == 1:
            return next(iter(self._state.bots.values()))
        return found(self._state.bots.get(bot_id or 0), "bot")

    def chat(self, user: Person, chat_id: int | None, bot_id: int | None) -> Chat:
        """The group, or without one the user's private chat with the bot."""
        if chat_id is not None and chat_id < 0:
            chat = found(self._state.groups.get(chat_id), "chat")
            refuse_outsiders(chat, user.id)
            return chat
        return self._state.private_chat(self.account(bot_id), user)

    def write(
        self, user: Person, chat: Chat, content: JsonObject, thread_id: int | None, reply_to: int | None
    ) -> Message:
        """A message; writing to a bot that was blocked is not possible."""
        self._refuse_blocked(user, chat)
        replied = found(chat.messages.get(reply_to), "message to reply to") if reply_to is not None else None
        topic = self._topic(user, chat, thread_id, replied)
        return self._posting.add(
            chat,
            user,
            content,
            thread_id=topic.thread_id if topic else plain_thread(chat, reply_to),
            in_topic=topic is not None,
            reply_to=reply_to,
        )

    def _refuse_blocked(self, user: Person, chat: Chat) -> None:
        if chat.migrated_to is not None:
            refuse("the group lives on as a supergroup")
        if chat.is_private and any(user.id in account.blocked_by for account in self._state.bots_in(chat)):
            forbid("the user has blocked the bot")

    def _topic(self, user: Person, chat: Chat, thread_id: int | None, replied: Message | None) -> Topic | None:
        if thread_id is None and replied is not None and replied.in_topic:
            thread_id = replied.thread_id
        if thread_id is None:
            return None
        topic = found(chat.topics.get(thread_id), "topic")
        member = chat.member(user.id) or Member(user)
        if topic.closed and not member.may(TOPIC_RIGHT):
            refuse("TOPIC_CLOSED")
        return topic

    def edit(self, user: Person, chat: Chat, message_id: int, content: JsonObject) -> Message:
        """One's own message gets another text or caption."""
        message = self._own(user, chat, message_id)
        kept = {
            key: value for key, value in message.content.items() if not key.startswith(("text", "entit", "caption"))
        }
        message.content = kept | content
        message.edited = int(self._state.now())
        self._posting.edited(chat, message)
        return message

    def delete(self, user: Person, chat: Chat, message_id: int) -> None:
        """A message goes; bots never learn of it."""
        message = found(chat.messages.get(message_id), "message")
        member = chat.member(user.id)
        if message.sender.id != user.id and not chat.is_private and not (member and member.may("can_delete_messages")):
            refuse("message can't be deleted")
        self._posting.remove(chat, [message_id], user)

    def _own(self, user: Person, chat: Chat, message_id: int) -> Message:
        message = found(chat.messages.get(message_id), "message")
        if message.sender.id != user.id:
            refuse("only one's own messages can be edited")
        return message

    def tap(self, user: Person, chat: Chat, message_id: int, wanted: str) -> tuple[Tap | None, JsonObject]:
        """A button, named by its data or its text: a tap for the bot, or what opens on the user's side."""
        message = found(chat.messages.get(message_id), "message")
        button = found(_button(message, wanted), "button")
        if any(action in button for action in BUTTON_ACTIONS):
            return None, button
        account = found(self._state.bots.get(message.sender.id), "bot")
        data = text_at(button, "callback_data")
        tap = Tap(str(secrets.randbits(62)), account.id, user, chat, message_id, data, self._state.now())
        self._state.taps[tap.id] = tap
        self._log.write(
            "telegram_tapped", tap=tap.id, user_id=user.id, chat_id=chat.id, message_id=message_id, data=data
        )
        query: JsonObject = {"id": tap.id, "from": user.as_user(), "message": chat.message_json(message)}
        query |= {"chat_instance": str(chat.id * 7919), "data": data}
        self._posting.push(account, "callback_query", chat, query)
        return tap, button

    def react(self, user: Person, chat: Chat, message_id: int, emoji: list[str]) -> None:
        """Other reactions than before; bots that lead the chat and asked for it are told."""
        message = found(chat.messages.get(message_id), "message")
        chosen = [found(emoji_reaction(one), "reaction") for one in emoji]
        before = message.reactions.pop(user.id, [])
        if chosen:
            message.reactions[user.id] = chosen
        change: JsonObject = {"chat": chat.as_json(), "message_id": message_id, "user": user.as_user()}
        change |= {"date": int(self._state.now()), "old_reaction": before, "new_reaction": chosen}
        self._log.write(
            "telegram_reacted", by=user.id, by_bot=False, emoji=emoji, chat_id=chat.id, message_id=message_id
        )
        self._state.touch(chat)
        for account in self._state.bots_in(chat):
            if chat.is_private or leads(chat, account):
                self._posting.push(account, "message_reaction", chat, change)

    def block(self, user: Person, account: BotAccount, *, blocked: bool) -> None:
        """The user stops the bot, or lets it write again."""
        chat = self._state.private_chat(account, user)
        before = Member(account.person, "kicked" if user.id in account.blocked_by else "member").as_json()
        if blocked:
            account.blocked_by.add(user.id)
        else:
            account.blocked_by.discard(user.id)
        now = Member(account.person, "kicked" if blocked else "member")
        self._log.write("telegram_blocked", user_id=user.id, bot_id=account.id, blocked=blocked)
        if before != now.as_json():
            self._posting.membership(chat, before, now, user)


def _button(message: Message, wanted: str) -> JsonObject | None:
    rows = (message.markup or {}).get("inline_keyboard")
    for row in rows if is_array(rows) else []:
        for button in row if is_array(row) else []:
            if is_object(button) and wanted in (button.get("callback_data"), button.get("text")):
                return button
    return None


def found(thing: Thing | None, what: str) -> Thing:
    """The thing, or 404 for a control call that names what is not there."""
    if thing is None:
        raise ApiError(404, f"no such {what}")
    return thing
