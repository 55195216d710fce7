"""sendMessage, media, copies and forwards: whatever puts a message into a chat."""

from collections.abc import Awaitable, Callable

from sandbox.telegram.calls import Call, Methods
from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.errors import forbid, refuse
from sandbox.telegram.files import MEDIA, Files, media_content
from sandbox.telegram.formatting import CAPTION_LIMIT, TEXT_LIMIT, Formatted, trimmed, units, with_found
from sandbox.telegram.html_mode import parse_html
from sandbox.telegram.keyboards import read_markup
from sandbox.telegram.markdown_mode import parse_markdown
from sandbox.telegram.params import Params
from sandbox.telegram.places import Places
from sandbox.telegram.posting import Posting
from sandbox.telegram.state import TelegramState
from sandbox.wire import JsonObject, is_object

ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
TYPING_SECONDS = 5
PARSERS: dict[str, Callable[[str], Formatted]] = {"html": parse_html, "markdownv2": parse_markdown}


def read_formatted(params: Params, name: str = "text", entities: str = "entities") -> Formatted:
    """A text parameter with its entities, by parse mode or as given."""
    mode = params.text("parse_mode").lower()
    source = params.text(name) if mode == "markdownv2" else params.text(name).replace("\r", "")
    if not mode:
        given = tuple(entity for entity in params.array(entities) if is_object(entity))
        return with_found(trimmed(Formatted(source, given)))
    if mode not in PARSERS:
        refuse("unsupported parse_mode")
    return with_found(trimmed(PARSERS[mode](source)))


def message_text(params: Params) -> Formatted:
    """The text of a message; refused when nothing is left of it, or too much."""
    parsed = read_formatted(params)
    if not parsed.text:
        refuse("message text is empty")
    if units(parsed.text) > TEXT_LIMIT:
        refuse("message is too long")
    return parsed


def caption(params: Params) -> JsonObject:
    """The fields of a caption, if there is one."""
    parsed = read_formatted(params, "caption", "caption_entities")
    if units(parsed.text) > CAPTION_LIMIT:
        refuse("message caption is too long")
    return parsed.fields(caption=True) if parsed.text else {}


class Sending:
    """Methods that send."""

    def __init__(self, state: TelegramState, places: Places, posting: Posting) -> None:
        self._state = state
        self._places = places
        self._posting = posting

    def add_methods(self, methods: Methods) -> None:
        """Put the methods into the table."""
        methods.add(
            sendMessage=self._text,
            sendLocation=self._location,
            sendContact=self._contact,
            sendChatAction=self._action,
            copyMessage=self._copy,
            forwardMessage=self._forward,
        )
        for kind in MEDIA:
            name = "send" + "".join(word.capitalize() for word in kind.split("_"))
            methods.add(**{name: self._media(kind, self._state.files)})

    def _deliver(self, call: Call, content: JsonObject, origin: JsonObject | None = None) -> JsonObject:
        chat = self._places.sendable(call)
        topic = self._places.thread(call, chat)
        reply_to = self._places.reply(call, chat)
        message = self._posting.add(
            chat,
            call.account.person,
            content,
            thread_id=topic.thread_id if topic else plain_thread(chat, reply_to),
            in_topic=topic is not None,
            reply_to=reply_to,
            markup=read_markup(call.params, chat),
            origin=origin,
        )
        self._state.files.reveal(content, call.account.id)
        return chat.message_json(message)

    async def _text(self, call: Call) -> JsonObject:
        self._places.sendable(call)
        content = message_text(call.params).fields()
        options = call.params.record("link_preview_options")
        return self._deliver(call, content | ({"link_preview_options": options} if options else {}))

    def _media(self, kind: str, files: Files) -> Callable[[Call], Awaitable[JsonObject]]:
        async def send(call: Call) -> JsonObject:
            self._places.sendable(call)
            said = caption(call.params)
            stored = await files.sent_as(kind, call.params, call.account.id)
            return self._deliver(call, media_content(stored, dict(call.params.values)) | said)

        return send

    async def _location(self, call: Call) -> JsonObject:
        try:
            place = {name: float(call.params.text(name)) for name in ("latitude", "longitude")}
        except ValueError:
            refuse("latitude is empty")
        return self._deliver(call, {"location": place})

    async def _contact(self, call: Call) -> JsonObject:
        names = ("phone_number", "first_name", "last_name")
        contact = {name: call.params.text(name) for name in names if call.params.given(name)}
        if "phone_number" not in contact:
            refuse("phone number is empty")
        if "first_name" not in contact:
            refuse("first name is empty")
        return self._deliver(call, {"contact": contact})

    async def _action(self, call: Call) -> bool:
        chat = self._places.sendable(call)
        topic = self._places.thread(call, chat)
        action = call.params.text("action").lower()
        if action not in ACTIONS:
            refuse("wrong parameter action in request")
        thread_id = topic.thread_id if topic else 0
        until = self._state.now() + TYPING_SECONDS
        chat.typing[f"{call.account.id}:{thread_id}"] = {
            "user_id": call.account.id,
            "action": action,
            "thread_id": thread_id,
            "until": until,
        }
        self._state.touch(chat)
        return True

    def _original(self, call: Call, purpose: str) -> tuple[Chat, Message]:
        chat = self._places.chat(call, "from_chat_id")
        message = self._places.message(call, chat, purpose)
        if message.is_service:
            refuse(f"message can't be {'copied' if purpose == 'copy' else 'forwarded'}")
        return chat, message

    async def _copy(self, call: Call) -> JsonObject:
        _chat, message = self._original(call, "copy")
        content = dict(message.content)
        if call.params.given("caption") and "text" not in content:
            content = {key: value for key, value in content.items() if not key.startswith("caption")}
            content |= caption(call.params)
        return {"message_id": self._deliver(call, content)["message_id"]}

    async def _forward(self, call: Call) -> JsonObject:
        _chat, message = self._original(call, "forward")
        origin = message.origin or {"type": "user", "date": message.date, "sender_user": message.sender.as_user()}
        return self._deliver(call, dict(message.content), origin)


def plain_thread(chat: Chat, reply_to: int | None) -> int | None:
    """In a supergroup without topics an answer belongs to the thread of what it answers."""
    replied = chat.messages.get(reply_to) if reply_to is not None else None
    if replied is None or chat.type != "supergroup" or chat.is_forum:
        return None
    return replied.thread_id or replied.message_id


def refuse_outsiders(chat: Chat, person_id: int) -> None:
    """People who are not in a group cannot write in it."""
    member = chat.member(person_id)
    if not chat.is_private and (member is None or not member.inside):
        forbid("user is not a member of the chat")
