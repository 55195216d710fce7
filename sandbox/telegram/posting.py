"""Puts messages into chats and tells the bots that may see them."""

import re
from collections.abc import Iterable

from sandbox.eventlog import EventLog
from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.persons import Member, Person
from sandbox.telegram.state import BotAccount, TelegramState
from sandbox.wire import JsonObject


class Posting:
    """What is written, edited and changed in chats, and the updates that come of it."""

    def __init__(self, state: TelegramState, log: EventLog) -> None:
        self._state = state
        self._log = log

    def add(
        self,
        chat: Chat,
        sender: Person,
        content: JsonObject,
        *,
        thread_id: int | None = None,
        in_topic: bool = False,
        reply_to: int | None = None,
        markup: JsonObject | None = None,
        origin: JsonObject | None = None,
        message_id: int | None = None,
    ) -> Message:
        """A new message under the chat's next id; bots other than its sender are told."""
        message = Message(
            message_id=next(chat.ids) if message_id is None else message_id,
            date=int(self._state.now()),
            sender=sender,
            content=content,
            thread_id=thread_id,
            in_topic=in_topic,
            reply_to=reply_to,
            markup=markup,
            origin=origin,
        )
        chat.messages[message.message_id] = message
        chat.typing.pop(f"{sender.id}:{thread_id or 0}", None)
        self._state.touch(chat)
        self._log.write("telegram_message", **_logged(chat, message))
        self._tell("message", chat, message)
        return message

    def edited(self, chat: Chat, message: Message) -> None:
        """A message was changed; bots hear of it when a person did it."""
        self._state.touch(chat)
        self._log.write("telegram_edited", **_logged(chat, message))
        if not message.sender.is_bot:
            self._tell("edited_message", chat, message)

    def remove(self, chat: Chat, message_ids: Iterable[int], by: Person) -> None:
        """Messages go; no bot is told."""
        for message_id in list(message_ids):
            chat.messages.pop(message_id, None)
            chat.pinned = [pinned for pinned in chat.pinned if pinned != message_id]
            self._log.write("telegram_deleted", chat_id=chat.id, message_id=message_id, by=by.id)
        self._state.touch(chat)

    def membership(self, chat: Chat, before: JsonObject, member: Member, by: Person) -> None:
        """Somebody's standing changed: the bot itself is always told, others are if they lead and asked."""
        change: JsonObject = {
            "chat": chat.as_json(),
            "from": by.as_user(),
            "date": int(self._state.now()),
            "old_chat_member": before,
            "new_chat_member": member.as_json(),
        }
        self._state.touch(chat)
        account = self._state.bots.get(member.person.id)
        if account is not None:
            self.push(account, "my_chat_member", chat, change)
        for other in self._state.bots_in(chat):
            if other is not account and leads(chat, other):
                self.push(other, "chat_member", chat, change)

    def push(self, account: BotAccount, kind: str, chat: Chat, body: JsonObject) -> None:
        """Queue an update for one bot, if it wants this kind."""
        update = account.updates.push(kind, chat.id, body)
        if update is not None:
            self._state.files.reveal(body, account.id)
            self._log.write(
                "telegram_update",
                bot_id=account.id,
                update_id=update.update_id,
                kind=kind,
                chat_id=chat.id,
                message_id=body.get("message_id"),
            )

    def _tell(self, kind: str, chat: Chat, message: Message) -> None:
        for account in self._state.bots_in(chat):
            if _hears(account, message) and sees(account, chat, message):
                self.push(account, kind, chat, chat.message_json(message))


def _hears(account: BotAccount, message: Message) -> bool:
    """Whether it is somebody else's doing; of its own a bot is told of pins alone."""
    return message.sender.id != account.id or "pinned_message" in message.content


def leads(chat: Chat, account: BotAccount) -> bool:
    """Whether the bot is an administrator of a group."""
    member = chat.member(account.id)
    return member is not None and member.leads


def sees(account: BotAccount, chat: Chat, message: Message) -> bool:
    """Privacy mode: a bot that does not lead the group is shown commands, replies to it and service messages; none sees bots."""
    if message.is_service:
        return True
    if message.sender.is_bot:
        return False
    if chat.is_private or account.bot.can_read_all_group_messages or leads(chat, account):
        return True
    return _command_for(account, message.text) or _answers(account, chat, message)


def _command_for(account: BotAccount, text: str) -> bool:
    found = re.match(r"/\w+(?:@(\w+))?", text)
    return found is not None and (found.group(1) or account.bot.username).lower() == account.bot.username.lower()


def _answers(account: BotAccount, chat: Chat, message: Message) -> bool:
    replied = chat.messages.get(message.reply_to) if message.reply_to is not None else None
    return replied is not None and replied.sender.id == account.id


def _logged(chat: Chat, message: Message) -> JsonObject:
    return {
        "chat_id": chat.id,
        "message_id": message.message_id,
        "from": message.sender.id,
        "by_bot": message.sender.is_bot,
        "thread_id": message.thread_id,
        "reply_to": message.reply_to,
        "kinds": sorted(message.content),
        "text": message.text,
    }
