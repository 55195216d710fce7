"""What a bot learns of itself, of chats and of their members, and how it leaves."""

from sandbox.telegram.calls import Call, Methods
from sandbox.telegram.chats import Chat
from sandbox.telegram.errors import ApiError, forbid, refuse
from sandbox.telegram.files import DOWNLOAD_LIMIT
from sandbox.telegram.persons import Member
from sandbox.telegram.places import Places
from sandbox.telegram.posting import Posting
from sandbox.telegram.state import TelegramState
from sandbox.wire import JsonObject

GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


class About:
    """Methods that read."""

    def __init__(self, state: TelegramState, places: Places, posting: Posting) -> None:
        self._state = state
        self._places = places
        self._posting = posting

    def add_methods(self, methods: Methods) -> None:
        """Put the methods into the table."""
        methods.add(
            getMe=self._me,
            getChat=self._chat,
            getChatMember=self._member,
            getChatAdministrators=self._administrators,
            getChatMemberCount=self._count,
            leaveChat=self._leave,
            getFile=self._file,
        )

    async def _me(self, call: Call) -> JsonObject:
        bot = call.account.bot
        return call.account.person.as_user() | {
            "can_join_groups": bot.can_join_groups,
            "can_read_all_group_messages": bot.can_read_all_group_messages,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": bot.has_main_web_app,
            "has_topics_enabled": bot.has_topics_enabled,
        }

    async def _chat(self, call: Call) -> JsonObject:
        chat = self._places.chat(call)
        full: JsonObject = {"accent_color_id": 0, "max_reaction_count": 11}
        full["accepted_gift_types"] = dict.fromkeys(GIFTS, False)
        if not chat.is_private:
            full["permissions"] = {"can_send_messages": True}
        pinned = chat.messages.get(chat.pinned[-1]) if chat.pinned else None
        if pinned is not None:
            full["pinned_message"] = chat.message_json(pinned, nested=True)
        return chat.as_json() | full

    async def _member(self, call: Call) -> JsonObject:
        chat, person_id = self._places.chat(call), call.params.integer("user_id")
        if not person_id:
            refuse("invalid user_id specified")
        member = self._standing(call, chat, person_id)
        if member is None:
            refuse("member not found")
        return member.as_json()

    def _standing(self, call: Call, chat: Chat, person_id: int) -> Member | None:
        if chat.is_private:
            return Member(self._state.person(person_id)) if person_id in (chat.id, call.account.id) else None
        known = chat.member(person_id)
        if known is None and person_id in self._state.users:
            return Member(self._state.users[person_id], "left")
        return known

    async def _administrators(self, call: Call) -> list[JsonObject]:
        chat = self._places.chat(call)
        if chat.is_private:
            refuse("there are no administrators in the private chat")
        leaders = [member for member in chat.members.values() if member.leads]
        return [m.as_json() for m in leaders if not m.person.is_bot or m.person.id == call.account.id]

    async def _count(self, call: Call) -> int:
        chat = self._places.chat(call)
        return 2 if chat.is_private else sum(member.inside for member in chat.members.values())

    async def _leave(self, call: Call) -> bool:
        chat = self._places.chat(call)
        member = chat.member(call.account.id)
        if chat.is_private:
            refuse("chat member status can't be changed in private chats")
        if member is None or not member.inside:
            forbid(f"bot is not a member of the {chat.type} chat")
        before = member.as_json()
        member.status = "left"
        self._posting.membership(chat, before, member, call.account.person)
        return True

    async def _file(self, call: Call) -> JsonObject:
        file_id = call.params.text("file_id")
        if not file_id:
            refuse("file_id not specified")
        stored = self._state.files.known(file_id, call.account.id)
        if stored is None:
            refuse("invalid file_id")
        size = len(stored.upload.data)
        if size > DOWNLOAD_LIMIT:
            refuse("file is too big")
        body: JsonObject = {"file_id": stored.file_id, "file_unique_id": stored.unique_id}
        return body | {"file_size": size, "file_path": stored.path}


def no_such_file() -> ApiError:
    """A path that no file of this bot has."""
    return ApiError(404, "Not Found")
