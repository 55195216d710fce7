"""Topics of a forum, as bots and people make, close and delete them."""

from sandbox.telegram.calls import Call, Methods
from sandbox.telegram.chats import GENERAL, Chat, Topic
from sandbox.telegram.errors import refuse
from sandbox.telegram.persons import Person
from sandbox.telegram.places import TOPIC_RIGHT, Places, may
from sandbox.telegram.posting import Posting
from sandbox.telegram.state import TelegramState
from sandbox.wire import JsonObject

COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
NAME_LIMIT = 128


class TopicDesk:
    """What becomes of topics, whoever asks."""

    def __init__(self, state: TelegramState, posting: Posting) -> None:
        self._state = state
        self._posting = posting

    def create(self, chat: Chat, by: Person, name: str, color: int, icon: str = "") -> Topic:
        """A topic; the message that tells of it gives it its id."""
        thread_id = next(chat.ids)
        topic = Topic(thread_id, clean_name(name), color, icon)
        if not topic.name:
            refuse("TOPIC_TITLE_EMPTY")
        chat.topics[thread_id] = topic
        told = {key: value for key, value in topic.as_json().items() if key != "message_thread_id"}
        self._tell(chat, topic, by, {"forum_topic_created": told}, thread_id)
        return topic

    def rename(self, chat: Chat, by: Person, topic: Topic, name: str, icon: str | None) -> None:
        """Another name or icon; refused when nothing would change."""
        renamed = clean_name(name) or topic.name
        changes: JsonObject = {"name": renamed} if renamed != topic.name else {}
        if icon is not None and icon != topic.icon_custom_emoji_id:
            changes["icon_custom_emoji_id"] = icon
            topic.icon_custom_emoji_id = icon
        if not changes:
            refuse("TOPIC_NOT_MODIFIED")
        topic.name = renamed
        self._tell(chat, topic, by, {"forum_topic_edited": changes})

    def close(self, chat: Chat, by: Person, topic: Topic, *, closed: bool) -> None:
        """Close or reopen; refused when it already is so."""
        if topic.closed == closed:
            refuse("TOPIC_NOT_MODIFIED")
        topic.closed = closed
        self._tell(chat, topic, by, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})

    def delete(self, chat: Chat, by: Person, topic: Topic) -> None:
        """The topic goes with all its messages; bots hear nothing of it."""
        del chat.topics[topic.thread_id]
        inside = [
            i for i, message in chat.messages.items() if message.in_topic and message.thread_id == topic.thread_id
        ]
        self._posting.remove(chat, inside, by)

    def _tell(self, chat: Chat, topic: Topic, by: Person, content: JsonObject, message_id: int | None = None) -> None:
        self._posting.add(chat, by, content, thread_id=topic.thread_id, in_topic=True, message_id=message_id)


class Topics:
    """The methods on topics."""

    def __init__(self, places: Places, desk: TopicDesk) -> None:
        self._places = places
        self._desk = desk

    def add_methods(self, methods: Methods) -> None:
        """Put the methods into the table."""
        methods.add(
            createForumTopic=self._create,
            editForumTopic=self._edit,
            closeForumTopic=self._close,
            reopenForumTopic=self._reopen,
            deleteForumTopic=self._delete,
            getForumTopicIconStickers=self._icons,
        )

    def _forum(self, call: Call, refusal: str = "not enough rights to manage topics") -> Chat:
        chat = self._places.sendable(call)
        if not chat.is_forum:
            refuse("the chat is not a forum")
        if not may(chat, call.account, TOPIC_RIGHT):
            refuse(refusal)
        return chat

    def _topic(self, call: Call) -> tuple[Chat, Topic]:
        chat = self._forum(call)
        thread_id = call.params.integer("message_thread_id")
        topic = chat.topics.get(thread_id)
        if topic is None:
            refuse("TOPIC_ID_INVALID" if thread_id == GENERAL else "message thread not found")
        return chat, topic

    async def _create(self, call: Call) -> JsonObject:
        chat = self._forum(call, "not enough rights to create a topic")
        color = call.params.integer("icon_color", COLORS[0])
        if color not in COLORS:
            refuse("invalid icon color specified")
        icon = call.params.text("icon_custom_emoji_id")
        return self._desk.create(chat, call.account.person, call.params.text("name"), color, icon).as_json()

    async def _edit(self, call: Call) -> bool:
        chat, topic = self._topic(call)
        icon = call.params.text("icon_custom_emoji_id") if "icon_custom_emoji_id" in call.params.values else None
        self._desk.rename(chat, call.account.person, topic, call.params.text("name"), icon)
        return True

    async def _close(self, call: Call) -> bool:
        return self._toggle(call, closed=True)

    async def _reopen(self, call: Call) -> bool:
        return self._toggle(call, closed=False)

    def _toggle(self, call: Call, *, closed: bool) -> bool:
        chat, topic = self._topic(call)
        if chat.is_private:
            refuse("the chat is not a supergroup")
        self._desk.close(chat, call.account.person, topic, closed=closed)
        return True

    async def _delete(self, call: Call) -> bool:
        chat, topic = self._topic(call)
        self._desk.delete(chat, call.account.person, topic)
        return True

    async def _icons(self, _call: Call) -> list[JsonObject]:
        return []


def clean_name(name: str) -> str:
    """A topic's name: trimmed, and cut at what Telegram keeps."""
    return name.strip()[:NAME_LIMIT]
