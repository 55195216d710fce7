"""The Instagram emulator put together."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.desk import FaultDesk
from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.instagram.accounts import Accounts
from sandbox.instagram.config import InstagramConfig
from sandbox.instagram.control import InstagramControl
from sandbox.instagram.errors import InstagramError
from sandbox.instagram.faults import InstagramFault
from sandbox.instagram.messages import Messages
from sandbox.instagram.state import InstagramState
from sandbox.instagram.webhooks import Webhooks
from sandbox.meta.courier import Courier

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def instagram_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns an InstagramError into its answer."""
    try:
        return await handler(request)
    except InstagramError as error:
        return error.response()


def instagram_app(config: InstagramConfig, log: EventLog) -> web.Application:
    """An application that serves the Send API of both logins and its control calls on one port."""
    state, faults, holds = InstagramState(config), FaultBook[InstagramFault](), Holds()
    courier = Courier(state, faults, holds, log)
    accounts, webhooks = Accounts(state, faults, log), Webhooks(state, courier, log)
    messages = Messages(state=state, accounts=accounts, faults=faults, holds=holds, webhooks=webhooks, log=log)
    app = web.Application(middlewares=[instagram_errors], client_max_size=4 * 1024 * 1024)
    FaultDesk(InstagramFault, faults, holds, log).add_routes(app)
    InstagramControl(state, courier, webhooks, log).add_routes(app)
    app.router.add_post("/{version}/{node}/messages", messages.post)
    accounts.add_routes(app)

    async def start(_app: web.Application) -> None:
        await courier.start()

    async def stop(_app: web.Application) -> None:
        await webhooks.stop()
        await courier.stop()

    app.on_startup.append(start)
    app.on_shutdown.append(stop)
    return app
