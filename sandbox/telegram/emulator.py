"""The Telegram emulator put together."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.desk import FaultDesk
from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.telegram.about import About
from sandbox.telegram.api import BotApi
from sandbox.telegram.calls import Methods
from sandbox.telegram.config import TelegramConfig
from sandbox.telegram.control import TelegramControl
from sandbox.telegram.control_people import PeopleControl
from sandbox.telegram.editing import Editing
from sandbox.telegram.errors import ApiError
from sandbox.telegram.faults import TelegramFault
from sandbox.telegram.groups import Groups
from sandbox.telegram.menus import Menus
from sandbox.telegram.params import UPLOAD_LIMIT
from sandbox.telegram.people import People
from sandbox.telegram.places import Places
from sandbox.telegram.posting import Posting
from sandbox.telegram.quotas import Quotas
from sandbox.telegram.receiving import Receiving
from sandbox.telegram.sending import Sending
from sandbox.telegram.state import TelegramState
from sandbox.telegram.topics import TopicDesk, Topics
from sandbox.telegram.webhooks import WebhookCourier

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ROOM_FOR_FIELDS = 1024 * 1024


@web.middleware
async def api_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns an ApiError into its answer."""
    try:
        return await handler(request)
    except ApiError as error:
        return error.response()


def telegram_app(config: TelegramConfig, log: EventLog) -> web.Application:
    """An application that serves the Bot API and its control calls on one port."""
    state, faults, holds = TelegramState(config), FaultBook[TelegramFault](), Holds()
    courier, posting, places = WebhookCourier(state, faults, log), Posting(state, log), Places(state)
    topics = TopicDesk(state, posting)
    methods = _methods(state=state, places=places, posting=posting, topics=topics, courier=courier, log=log)
    api = BotApi(state=state, methods=methods, quotas=Quotas(state), faults=faults, holds=holds, log=log)
    courier.execute = api.execute
    people, groups = People(state, posting, log), Groups(state, posting, log)
    app = web.Application(middlewares=[api_errors], client_max_size=UPLOAD_LIMIT + ROOM_FOR_FIELDS)
    FaultDesk(TelegramFault, faults, holds, log).add_routes(app)
    TelegramControl(state, people, groups, topics, log).add_routes(app)
    PeopleControl(state, people, log).add_routes(app)
    api.add_routes(app)

    async def start(_app: web.Application) -> None:
        await courier.start()
        await state.files.start()

    async def stop(_app: web.Application) -> None:
        await courier.stop()
        await state.files.stop()

    app.on_startup.append(start)
    app.on_shutdown.append(stop)
    return app


def _methods(
    *, state: TelegramState, places: Places, posting: Posting, topics: TopicDesk, courier: WebhookCourier, log: EventLog
) -> Methods:
    methods = Methods()
    Receiving(courier.changed, log).add_methods(methods)
    Sending(state, places, posting).add_methods(methods)
    Editing(state, places, posting, log).add_methods(methods)
    Topics(places, topics).add_methods(methods)
    About(state, places, posting).add_methods(methods)
    Menus(places, state).add_methods(methods)
    return methods
