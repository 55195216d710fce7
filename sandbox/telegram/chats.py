"""Chats with their messages and topics, and how the Bot API writes them down."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sandbox.telegram.persons import Member, Person
from sandbox.wire import JsonObject

ChatType = Literal["private", "group", "supergroup"]
GENERAL = 1
SERVICE = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "pinned_message",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "group_chat_created",
    }
)


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its thread id is the id of the message that made it."""

    thread_id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str = ""
    closed: bool = False

    def as_json(self) -> JsonObject:
        """The ForumTopic object."""
        body: JsonObject = {"message_thread_id": self.thread_id, "name": self.name, "icon_color": self.icon_color}
        return body | ({"icon_custom_emoji_id": self.icon_custom_emoji_id} if self.icon_custom_emoji_id else {})


@dataclass(slots=True)
class Message:
    """A message in a chat; ``content`` holds the fields that tell its kind: text, entities, photo, caption and so on."""

    message_id: int
    date: int
    sender: Person
    content: JsonObject
    thread_id: int | None = None
    in_topic: bool = False
    reply_to: int | None = None
    markup: JsonObject | None = None
    edited: int | None = None
    origin: JsonObject | None = None
    reactions: dict[int, list[JsonObject]] = field(default_factory=dict)

    @property
    def is_service(self) -> bool:
        """Whether it tells what happened to the chat rather than what somebody said."""
        return not SERVICE.isdisjoint(self.content)

    @property
    def text(self) -> str:
        """Its text or caption."""
        said = self.content.get("text") or self.content.get("caption")
        return said if isinstance(said, str) else ""


@dataclass(slots=True)
class Chat:
    """A private chat (of one bot with one user), a group or a supergroup."""

    id: int
    type: ChatType
    title: str = ""
    username: str = ""
    is_forum: bool = False
    partner: Person | None = None
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    typing: dict[str, JsonObject] = field(default_factory=dict)
    migrated_to: int | None = None
    revision: int = 0
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def is_private(self) -> bool:
        """Whether it is a chat of two."""
        return self.type == "private"

    def member(self, person_id: int) -> Member | None:
        """Somebody's standing here, if he was ever here."""
        return self.members.get(person_id)

    def as_json(self) -> JsonObject:
        """The Chat object."""
        if self.partner is not None:
            return self.partner.as_private_chat() | ({"is_forum": True} if self.is_forum else {})
        body: JsonObject = {"id": self.id, "type": self.type, "title": self.title}
        if self.username:
            body["username"] = self.username
        return body | ({"is_forum": True} if self.is_forum else {})

    def message_json(self, message: Message, *, nested: bool = False) -> JsonObject:
        """The Message object; one inside another has no reply of its own."""
        body: JsonObject = {
            "message_id": message.message_id,
            "from": message.sender.as_user(),
            "chat": self.as_json(),
            "date": message.date,
        }
        if message.thread_id is not None:
            body["message_thread_id"] = message.thread_id
        if message.in_topic:
            body["is_topic_message"] = True
        if message.edited is not None:
            body["edit_date"] = message.edited
        if message.origin is not None:
            body["forward_origin"] = message.origin
        replied = None if nested else self._replied(message)
        if replied is not None:
            body["reply_to_message"] = self.message_json(replied, nested=True)
        if message.markup is not None and "inline_keyboard" in message.markup:
            body["reply_markup"] = message.markup
        return body | message.content

    def _replied(self, message: Message) -> Message | None:
        # In a topic, what answers nothing else answers the message that made the topic.
        implied = message.thread_id if message.in_topic and message.message_id != message.thread_id else None
        wanted = message.reply_to if message.reply_to is not None else implied
        return self.messages.get(wanted) if wanted is not None else None
