"""The Z-API emulator put together."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.desk import FaultDesk
from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.zapi.api import ZapiCalls
from sandbox.zapi.config import ZapiConfig
from sandbox.zapi.control import ZapiControl
from sandbox.zapi.courier import Courier
from sandbox.zapi.errors import ZapiError
from sandbox.zapi.faults import ZapiFault
from sandbox.zapi.outbox import Outbox
from sandbox.zapi.reporter import Reporter
from sandbox.zapi.state import ZapiState

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def zapi_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns a ZapiError into its answer."""
    try:
        return await handler(request)
    except ZapiError as error:
        return error.response()


def zapi_app(config: ZapiConfig, log: EventLog) -> web.Application:
    """An application that serves Z-API and its control calls on one port."""
    state, faults, holds = ZapiState(config), FaultBook[ZapiFault](), Holds()
    courier = Courier(state, faults, holds, log)
    reporter = Reporter(state, courier)
    outbox = Outbox(state, faults, reporter, log)
    app = web.Application(middlewares=[zapi_errors], client_max_size=32 * 1024 * 1024)
    FaultDesk(ZapiFault, faults, holds, log).add_routes(app)
    ZapiControl(state, courier, outbox, log).add_routes(app)
    ZapiCalls(state=state, outbox=outbox, faults=faults, holds=holds, log=log).add_routes(app)

    async def start(_app: web.Application) -> None:
        await courier.start()

    async def stop(_app: web.Application) -> None:
        await reporter.stop()
        await courier.stop()

    app.on_startup.append(start)
    app.on_shutdown.append(stop)
    return app
