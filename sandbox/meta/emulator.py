"""The Meta emulator put together."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.desk import FaultDesk
from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.meta.accounts import Accounts
from sandbox.meta.config import MetaConfig
from sandbox.meta.control import MetaControl
from sandbox.meta.courier import Courier
from sandbox.meta.errors import GraphError
from sandbox.meta.faults import MetaFault
from sandbox.meta.graph import GraphMessages
from sandbox.meta.owner import OwnersPhone
from sandbox.meta.state import MetaState
from sandbox.meta.statuses import StatusReporter

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def graph_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns a GraphError into its answer."""
    try:
        return await handler(request)
    except GraphError as error:
        return error.response()


def meta_app(config: MetaConfig, log: EventLog) -> web.Application:
    """An application that serves the Graph API and its control calls on one port."""
    state, faults, holds = MetaState(config), FaultBook[MetaFault](), Holds()
    courier = Courier(state, faults, holds, log)
    accounts, reporter = Accounts(state, courier), StatusReporter(state, courier)
    graph = GraphMessages(state=state, accounts=accounts, faults=faults, holds=holds, reporter=reporter, log=log)
    app = web.Application(middlewares=[graph_errors], client_max_size=4 * 1024 * 1024)
    FaultDesk(MetaFault, faults, holds, log).add_routes(app)
    MetaControl(state, accounts, courier, log).add_routes(app)
    OwnersPhone(state, courier, log).add_routes(app)
    app.router.add_post("/{version}/{node}/messages", graph.post)
    accounts.add_routes(app)

    async def start(_app: web.Application) -> None:
        await courier.start()

    async def stop(_app: web.Application) -> None:
        await reporter.stop()
        await courier.stop()

    app.on_startup.append(start)
    app.on_shutdown.append(stop)
    return app
