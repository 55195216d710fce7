"""What the emulator knows: bots with their updates, people, chats, files, taps."""

import itertools
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

from sandbox.telegram.chats import Chat
from sandbox.telegram.config import TelegramBot, TelegramConfig, TelegramGroup, TelegramSettings, TelegramUser
from sandbox.telegram.errors import ApiError
from sandbox.telegram.files import Files
from sandbox.telegram.persons import USUAL_RIGHTS, Member, Person, bot_person, person_of
from sandbox.telegram.updates import UpdateQueue
from sandbox.waiting import Bell
from sandbox.wire import JsonObject


@dataclass(slots=True)
class Webhook:
    """Where a bot's updates go."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    error_at: int | None = None
    error: str = ""


@dataclass(slots=True)
class BotAccount:
    """A bot with what it set and what waits for it; ``poll`` counts its getUpdates calls."""

    bot: TelegramBot
    updates: UpdateQueue
    webhook: Webhook | None = None
    poll: int = 0
    blocked_by: set[int] = field(default_factory=set)
    chats: dict[int, Chat] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[JsonObject]] = field(default_factory=dict)
    menus: dict[int, JsonObject] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The bot's user id."""
        return self.bot.id

    @property
    def person(self) -> Person:
        """The bot as others see it."""
        return bot_person(self.bot)


@dataclass(slots=True)
class Tap:
    """A tap on a button, and what the bot answered."""

    id: str
    bot_id: int
    user: Person
    chat: Chat
    message_id: int
    data: str
    at: float
    answer: JsonObject | None = None


class TelegramState:
    """Everything that the emulator remembers, in memory."""

    def __init__(self, config: TelegramConfig) -> None:
        self.settings: TelegramSettings = config.settings
        self.bots: dict[int, BotAccount] = {}
        self.users: dict[int, Person] = {}
        self.groups: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.files = Files()
        self.changed = Bell()
        self.revision = 0
        self._group_ids = itertools.count(1_000_000_001)
        for bot in config.bots:
            self.register_bot(bot)
        for user in config.users:
            self.register_user(user)
        for group in config.groups:
            self.register_group(group)

    def now(self) -> float:
        """The emulated time in seconds of the epoch."""
        return time.time() + self.settings.clock_offset_s

    def register_bot(self, bot: TelegramBot) -> BotAccount:
        """Make a bot, or give a known one a new token or name."""
        known = self.bots.get(bot.id)
        if known is not None:
            known.bot = bot
            return known
        self.bots[bot.id] = BotAccount(bot, UpdateQueue(self.now))
        return self.bots[bot.id]

    def register_user(self, user: TelegramUser) -> Person:
        """Make a person, or replace what is known of one."""
        person = person_of(user)
        self.users[user.id] = person
        for chat in self.chats():
            if chat.partner is not None and chat.partner.id == user.id:
                chat.partner = person
            if (member := chat.member(user.id)) is not None:
                member.person = person
        return person

    def register_group(self, group: TelegramGroup) -> Chat:
        """Make a group; its first member owns it. KeyError for a member nobody registered."""
        chat = Chat(group.id, group.type, group.title, group.username, group.is_forum, ids=self.message_ids())
        for person_id in group.members:
            chat.members[person_id] = Member(self.person(person_id), "member" if chat.members else "creator")
        for person_id in group.admins:
            chat.members[person_id] = Member(self.person(person_id), "administrator", USUAL_RIGHTS)
        self.groups[group.id] = chat
        self.touch(chat)
        return chat

    def message_ids(self) -> Iterator[int]:
        """The numbers of a new chat's messages."""
        return itertools.count(self.settings.first_message_id)

    def new_group_id(self, *, supergroup: bool) -> int:
        """An id of the form that Telegram gives."""
        number = next(self._group_ids)
        return -(1_000_000_000_000 + number) if supergroup else -number

    def person(self, person_id: int) -> Person:
        """A human or a bot; KeyError where there is none."""
        account = self.bots.get(person_id)
        return account.person if account is not None else self.users[person_id]

    def account_of(self, token: str) -> BotAccount:
        """The bot with this token; ApiError 401, or 404 for what cannot be a token."""
        digits, colon, _ = token.partition(":")
        if not colon or not (digits.isascii() and digits.isdigit()):
            raise ApiError(HTTPStatus.NOT_FOUND, "Not Found")
        account = self.bots.get(int(digits))
        if account is None or not secrets.compare_digest(account.bot.token.encode(), token.encode()):
            raise ApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized")
        return account

    def private_chat(self, account: BotAccount, user: Person) -> Chat:
        """The chat of a bot with a user, made when the user first opens it."""
        chat = account.chats.get(user.id)
        if chat is None:
            is_forum = account.bot.has_topics_enabled
            chat = Chat(user.id, "private", partner=user, is_forum=is_forum, ids=self.message_ids())
            account.chats[user.id] = chat
        return chat

    def chats(self) -> Iterator[Chat]:
        """Every chat there is."""
        yield from self.groups.values()
        for account in self.bots.values():
            yield from account.chats.values()

    def bots_in(self, chat: Chat) -> list[BotAccount]:
        """The bots that are in a chat now."""
        if chat.is_private:
            return [account for account in self.bots.values() if account.chats.get(chat.id) is chat]
        return [self.bots[i] for i, member in chat.members.items() if i in self.bots and member.inside]

    def touch(self, chat: Chat) -> None:
        """A chat looks different now: wake those who draw it."""
        self.revision += 1
        chat.revision = self.revision
        self.changed.ring()
