"""Finds the chat, the topic and the message that a call means, or refuses as Telegram does."""

from sandbox.telegram.calls import Call
from sandbox.telegram.chats import Chat, Message, Topic
from sandbox.telegram.errors import forbid, migrated, refuse
from sandbox.telegram.params import integer_in
from sandbox.telegram.persons import Member
from sandbox.telegram.state import BotAccount, TelegramState

TOPIC_RIGHT = "can_manage_topics"


class Places:
    """Lookups with Telegram's refusals."""

    def __init__(self, state: TelegramState) -> None:
        self._state = state

    def chat(self, call: Call, name: str = "chat_id") -> Chat:
        """The chat that the bot may read."""
        given = call.params.text(name).strip()
        if not given:
            refuse("chat_id is empty")
        chat = self._named(given) if given.startswith("@") else self._numbered(call.account, call.params.integer(name))
        if chat is None:
            refuse("chat not found")
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to)
        self._inside(call.account, chat)
        return chat

    def sendable(self, call: Call) -> Chat:
        """The chat that the bot may write to."""
        user = self._state.users.get(call.params.integer("chat_id"))
        if user is not None and user.id not in call.account.chats:
            forbid("bot can't initiate conversation with a user")
        chat = self.chat(call)
        if chat.is_private and chat.id in call.account.blocked_by:
            forbid("bot was blocked by the user")
        return chat

    def thread(self, call: Call, chat: Chat) -> Topic | None:
        """The topic to write into; None is the chat itself, or the general topic."""
        thread_id = call.params.integer("message_thread_id")
        if not thread_id:
            return self._thread_of_reply(call, chat)
        topic = chat.topics.get(thread_id)
        if topic is None:
            refuse("message thread not found")
        return self._open(call, chat, topic)

    def _thread_of_reply(self, call: Call, chat: Chat) -> Topic | None:
        replied = chat.messages.get(reply_target(call))
        topic = chat.topics.get(replied.thread_id) if replied and replied.in_topic and replied.thread_id else None
        return self._open(call, chat, topic) if topic is not None else None

    def _open(self, call: Call, chat: Chat, topic: Topic) -> Topic:
        if topic.closed and not may(chat, call.account, TOPIC_RIGHT):
            refuse("TOPIC_CLOSED")
        return topic

    def reply(self, call: Call, chat: Chat) -> int | None:
        """The message answered to; None for none, or for a lost one where that is allowed."""
        wanted = reply_target(call)
        if not wanted or wanted in chat.messages:
            return wanted or None
        allowed = call.params.record("reply_parameters").get("allow_sending_without_reply") is True
        if not allowed and not call.params.flag("allow_sending_without_reply"):
            refuse("message to be replied not found")
        return None

    def message(self, call: Call, chat: Chat, purpose: str, name: str = "message_id") -> Message:
        """The message that is to be edited, pinned, …; refused in Telegram's words for the purpose."""
        message = chat.messages.get(call.params.integer(name))
        if message is None:
            refuse(f"message to {purpose} not found")
        return message

    def _named(self, given: str) -> Chat | None:
        name = given.removeprefix("@").lower()
        return next((chat for chat in self._state.groups.values() if chat.username.lower() == name), None)

    def _numbered(self, account: BotAccount, chat_id: int) -> Chat | None:
        if chat_id > 0:
            return account.chats.get(chat_id)
        chat = self._state.groups.get(chat_id)
        return chat if chat is not None and (account.id in chat.members or chat.username) else None

    def _inside(self, account: BotAccount, chat: Chat) -> None:
        if chat.is_private:
            return
        member = chat.member(account.id)
        if member is not None and member.status == "kicked":
            forbid(f"bot was kicked from the {chat.type} chat")
        if (member is None or not member.inside) and not chat.username:
            forbid(f"bot is not a member of the {chat.type} chat")


def reply_target(call: Call) -> int:
    """The id of the message to answer; 0 for none."""
    given = call.params.record("reply_parameters")
    return integer_in(given, "message_id") or call.params.integer("reply_to_message_id")


def may(chat: Chat, account: BotAccount, right: str) -> bool:
    """Whether the bot may do this here; in a chat of two it may do everything."""
    member = chat.member(account.id) or Member(account.person, "left")
    return chat.is_private or member.may(right)
