"""Who takes part in chats: people and bots, and what they may do in a group."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.telegram.config import TelegramBot, TelegramUser
from sandbox.wire import JsonObject

Status = Literal["creator", "administrator", "member", "left", "kicked"]

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
)
USUAL_RIGHTS = frozenset(ADMIN_RIGHTS) - {"can_promote_members"}


@dataclass(frozen=True, slots=True)
class Person:
    """A user of Telegram, human or bot."""

    id: int
    first_name: str
    is_bot: bool = False
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_premium: bool = False

    def as_user(self) -> JsonObject:
        """The User object; empty fields are absent."""
        user: JsonObject = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        optional = {
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
            "is_premium": self.is_premium,
        }
        return user | {key: value for key, value in optional.items() if value}

    def as_private_chat(self) -> JsonObject:
        """The Chat object of a private chat with this person."""
        chat: JsonObject = {"id": self.id, "type": "private", "first_name": self.first_name}
        optional = {"last_name": self.last_name, "username": self.username}
        return chat | {key: value for key, value in optional.items() if value}


def person_of(user: TelegramUser) -> Person:
    """The human as registered."""
    return Person(**user.model_dump())


def bot_person(bot: TelegramBot) -> Person:
    """The bot as others see it."""
    return Person(id=bot.id, first_name=bot.first_name, is_bot=True, username=bot.username)


@dataclass(slots=True)
class Member:
    """Somebody's standing in a group; rights count for administrators only."""

    person: Person
    status: Status = "member"
    rights: frozenset[str] = field(default_factory=frozenset)

    @property
    def inside(self) -> bool:
        """Whether this person sees the chat."""
        return self.status in ("creator", "administrator", "member")

    @property
    def leads(self) -> bool:
        """Whether this person is an administrator or the owner."""
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        """Whether this person holds an administrator's right."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def as_json(self) -> JsonObject:
        """The ChatMember object."""
        body: JsonObject = {"user": self.person.as_user(), "status": self.status}
        match self.status:
            case "creator":
                body["is_anonymous"] = False
            case "administrator":
                body |= {"can_be_edited": False, "is_anonymous": False}
                body |= {right: right in self.rights for right in ADMIN_RIGHTS}
            case "kicked":
                body["until_date"] = 0
            case _:
                pass
        return body
