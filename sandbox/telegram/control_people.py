"""Control calls for what a person does in Telegram."""

from aiohttp import web

from sandbox.eventlog import EventLog
from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.control_bodies import Blocks, Deletes, Doing, Edits, Launches, Reacts, Starts, Taps, Writes
from sandbox.telegram.mini_apps import MiniApps
from sandbox.telegram.people import People, found
from sandbox.telegram.persons import Person
from sandbox.telegram.state import Tap, TelegramState
from sandbox.wire import JsonObject, answer, control_body


class PeopleControl:
    """Routes under ``/_sandbox`` named for what people do."""

    def __init__(self, state: TelegramState, people: People, log: EventLog) -> None:
        self._state = state
        self._people = people
        self._mini_apps = MiniApps(state)
        self._log = log

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into ``app``."""
        app.router.add_post("/_sandbox/write", self._write)
        app.router.add_post("/_sandbox/start", self._start)
        app.router.add_post("/_sandbox/edit", self._edit)
        app.router.add_post("/_sandbox/delete", self._delete)
        app.router.add_post("/_sandbox/tap", self._tap)
        app.router.add_post("/_sandbox/react", self._react)
        app.router.add_post("/_sandbox/block", self._block)
        app.router.add_post("/_sandbox/launch", self._launch)

    def _place(self, doing: Doing) -> tuple[Person, Chat]:
        user = self._people.user(doing.user_id)
        return user, self._people.chat(user, doing.chat_id, doing.bot_id)

    async def _write(self, request: web.Request) -> web.Response:
        writes = await control_body(request, Writes)
        user, chat = self._place(writes)
        content = writes.content(self._state.files)
        message = self._people.write(user, chat, content, writes.thread_id, writes.reply_to)
        return answer(_told(chat, message), 201)

    async def _start(self, request: web.Request) -> web.Response:
        starts = await control_body(request, Starts)
        user, account = self._people.user(starts.user_id), self._people.account(starts.bot_id)
        self._people.block(user, account, blocked=False)
        text = f"/start {starts.payload}".strip()
        content: JsonObject = {
            "text": text,
            "entities": [{"type": "bot_command", "offset": 0, "length": len("/start")}],
        }
        chat = self._state.private_chat(account, user)
        return answer(_told(chat, self._people.write(user, chat, content, None, None)), 201)

    async def _launch(self, request: web.Request) -> web.Response:
        launches = await control_body(request, Launches)
        user, account = self._people.user(launches.user_id), self._people.account(launches.bot_id)
        by, address = self._mini_apps.opened(user, account, launches)
        self._log.write("telegram_mini_app_opened", user_id=user.id, bot_id=account.id, by=by)
        return answer({"url": address})

    async def _edit(self, request: web.Request) -> web.Response:
        edits = await control_body(request, Edits)
        user, chat = self._place(edits)
        message = found(chat.messages.get(edits.message_id), "message")
        formatted = Writes(user_id=edits.user_id).formatted(edits.text)
        content = formatted.fields(caption="text" not in message.content)
        return answer(_told(chat, self._people.edit(user, chat, edits.message_id, content)))

    async def _delete(self, request: web.Request) -> web.Response:
        deletes = await control_body(request, Deletes)
        user, chat = self._place(deletes)
        self._people.delete(user, chat, deletes.message_id)
        return answer({"ok": True})

    async def _tap(self, request: web.Request) -> web.Response:
        taps = await control_body(request, Taps)
        user, chat = self._place(taps)
        tap, button = self._people.tap(user, chat, taps.message_id, taps.button)
        if tap is None:
            return answer({"id": None, "button": button, "answer": None})
        await self._state.changed.until(lambda: tap.answer is not None, taps.wait_ms / 1000)
        return answer(_tapped(tap, button))

    async def _react(self, request: web.Request) -> web.Response:
        reacts = await control_body(request, Reacts)
        user, chat = self._place(reacts)
        self._people.react(user, chat, reacts.message_id, reacts.emoji)
        return answer({"ok": True})

    async def _block(self, request: web.Request) -> web.Response:
        blocks = await control_body(request, Blocks)
        user, account = self._people.user(blocks.user_id), self._people.account(blocks.bot_id)
        self._people.block(user, account, blocked=blocks.blocked)
        return answer({"ok": True})


def _told(chat: Chat, message: Message) -> JsonObject:
    return {"chat_id": chat.id, "message_id": message.message_id, "message": chat.message_json(message)}


def _tapped(tap: Tap, button: JsonObject) -> JsonObject:
    return {"id": tap.id, "button": button, "answer": tap.answer}
