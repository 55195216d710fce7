"""Control calls of the Telegram emulator: register, set up groups, see what chats look like."""

from aiohttp import web

from sandbox.eventlog import EventLog
from sandbox.telegram.chats import Chat
from sandbox.telegram.config import TelegramBot, TelegramGroup, TelegramSettings, TelegramUser
from sandbox.telegram.control_bodies import Membership, NewGroup, OpensMiniApp, TopicDoing, Upgrade
from sandbox.telegram.groups import Groups
from sandbox.telegram.init_data import init_data
from sandbox.telegram.people import People, found
from sandbox.telegram.persons import Person
from sandbox.telegram.state import BotAccount, TelegramState
from sandbox.telegram.topics import TopicDesk
from sandbox.telegram.views import Views
from sandbox.wire import JsonObject, answer, control_body, number_in_query

SHOWN = 200


class TelegramControl:
    """Routes under ``/_sandbox`` about bots, people and groups."""

    def __init__(self, state: TelegramState, people: People, groups: Groups, topics: TopicDesk, log: EventLog) -> None:
        self._state = state
        self._people = people
        self._groups = groups
        self._topics = topics
        self._views = Views(state)
        self._log = log

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into ``app``."""
        app.router.add_post("/_sandbox/bots", self._register_bot)
        app.router.add_get("/_sandbox/bots", self._list_bots)
        app.router.add_post("/_sandbox/users", self._register_user)
        app.router.add_get("/_sandbox/users", self._list_users)
        app.router.add_post("/_sandbox/groups", self._register_group)
        app.router.add_post("/_sandbox/members", self._change_member)
        app.router.add_post("/_sandbox/topics", self._change_topic)
        app.router.add_post("/_sandbox/upgrade", self._upgrade)
        app.router.add_post("/_sandbox/settings", self._change_settings)
        app.router.add_post("/_sandbox/init_data", self._init_data)
        app.router.add_get("/_sandbox/chats", self._chats)
        app.router.add_get("/_sandbox/updates", self._updates)

    async def _register_bot(self, request: web.Request) -> web.Response:
        bot = await control_body(request, TelegramBot)
        self._state.register_bot(bot)
        self._log.write("telegram_bot_registered", bot_id=bot.id, username=bot.username)
        return answer({"id": bot.id}, 201)

    async def _list_bots(self, _request: web.Request) -> web.Response:
        listed = [
            account.bot.model_dump(exclude={"token"}) | _state_of(account) for account in self._state.bots.values()
        ]
        return answer({"bots": listed})

    async def _register_user(self, request: web.Request) -> web.Response:
        user = self._state.register_user(await control_body(request, TelegramUser))
        return answer(user.as_user(), 201)

    async def _list_users(self, _request: web.Request) -> web.Response:
        return answer({"users": [user.as_user() for user in self._state.users.values()]})

    async def _register_group(self, request: web.Request) -> web.Response:
        wanted = await control_body(request, NewGroup)
        for person_id in (*wanted.members, *wanted.admins):
            self._anybody(person_id)
        group_id = wanted.id or self._state.new_group_id(supergroup=wanted.type == "supergroup")
        chat = self._state.register_group(TelegramGroup(**wanted.model_dump(exclude={"id"}), id=group_id))
        return answer(chat.as_json(), 201)

    async def _change_member(self, request: web.Request) -> web.Response:
        change = await control_body(request, Membership)
        chat, person = self._group(change.chat_id), self._anybody(change.person_id)
        by = person if change.by is None else self._anybody(change.by)
        match change.action:
            case "join":
                self._groups.join(chat, person, by)
            case "promote":
                self._groups.promote(chat, person, by, change.rights)
            case gone:
                self._groups.leave(chat, person, by, kicked=gone == "kick")
        return answer({"ok": True})

    async def _change_topic(self, request: web.Request) -> web.Response:
        doing = await control_body(request, TopicDoing)
        chat, user = self._group(doing.chat_id), self._people.user(doing.user_id)
        if doing.action == "create":
            return answer(self._topics.create(chat, user, doing.name, doing.icon_color).as_json(), 201)
        topic = found(chat.topics.get(doing.thread_id or 0), "topic")
        match doing.action:
            case "rename":
                self._topics.rename(chat, user, topic, doing.name, None)
            case "delete":
                self._topics.delete(chat, user, topic)
            case action:
                self._topics.close(chat, user, topic, closed=action == "close")
        return answer({"ok": True})

    async def _upgrade(self, request: web.Request) -> web.Response:
        wanted = await control_body(request, Upgrade)
        chat, user = self._group(wanted.chat_id), self._people.user(wanted.user_id)
        return answer(self._groups.upgrade(chat, user, is_forum=wanted.is_forum).as_json())

    async def _change_settings(self, request: web.Request) -> web.Response:
        changes = await control_body(request, TelegramSettings)
        given = changes.model_dump(include=changes.model_fields_set)
        self._state.settings = self._state.settings.model_copy(update=given)
        return answer(self._state.settings.model_dump())

    async def _init_data(self, request: web.Request) -> web.Response:
        opens = await control_body(request, OpensMiniApp)
        account, user = self._people.account(opens.bot_id), self._people.user(opens.user_id)
        when = int(self._state.now()) if opens.auth_date is None else opens.auth_date
        return answer({"init_data": init_data(account.bot.token, user, when, opens.extra)})

    async def _chats(self, request: web.Request) -> web.Response:
        chats = await self._views.changed(
            number_in_query(request, "after", 0),
            number_in_query(request, "wait_ms", 0) / 1000,
            chat_id=number_in_query(request, "chat_id", 0) or None,
            bot_id=number_in_query(request, "bot_id", 0) or None,
            limit=number_in_query(request, "limit", SHOWN),
        )
        return answer({"chats": chats, "next": self._state.revision})

    async def _updates(self, request: web.Request) -> web.Response:
        account = self._people.account(number_in_query(request, "bot_id", 0) or None)
        return answer({"updates": [update.as_json() for update in account.updates.pending()]})

    def _group(self, chat_id: int) -> Chat:
        return found(self._state.groups.get(chat_id), "chat")

    def _anybody(self, person_id: int) -> Person:
        account = self._state.bots.get(person_id)
        return account.person if account is not None else self._people.user(person_id)


def _state_of(account: BotAccount) -> JsonObject:
    url = account.webhook.url if account.webhook else ""
    return {"id": account.id, "webhook": url, "pending": len(account.updates), "polls": account.poll}
