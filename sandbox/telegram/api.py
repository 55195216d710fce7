"""The Bot API over HTTP: ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``."""

import asyncio
import itertools

from aiohttp import web

from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.telegram.about import no_such_file
from sandbox.telegram.calls import Call, Methods, message_in
from sandbox.telegram.errors import ApiError
from sandbox.telegram.faults import AFTER_ACCEPTING, BEFORE_ACCEPTING, POLLING, TelegramFault
from sandbox.telegram.params import Params, read_params
from sandbox.telegram.quotas import Quotas
from sandbox.telegram.state import BotAccount, TelegramState
from sandbox.wire import answer


class ConnectionCutError(Exception):
    """The connection is to be closed without an answer."""


class BotApi:
    """Takes calls, does what fault rules say, and answers as Telegram does."""

    def __init__(
        self,
        *,
        state: TelegramState,
        methods: Methods,
        quotas: Quotas,
        faults: FaultBook[TelegramFault],
        holds: Holds,
        log: EventLog,
    ) -> None:
        self._state = state
        self._methods = methods
        self._quotas = quotas
        self._faults = faults
        self._holds = holds
        self._log = log
        self._ids = itertools.count(1)

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into ``app``."""
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        for verb in ("GET", "POST"):
            app.router.add_route(verb, "/bot{token}/{method}", self._http)

    async def execute(self, account: BotAccount, method: str, params: Params) -> None:
        """Do what a webhook's answer asks; nobody learns what came of it."""
        call = self._call(account, method, params)
        self._log.write("telegram_call", in_webhook_answer=True, **call.logged())
        try:
            result = await self._perform(call)
            self._log.write("telegram_accepted", result_message_id=message_in(result), **call.logged())
        except ApiError as error:
            self._log.write("telegram_refused", code=error.code, description=error.description, **call.logged())

    def _call(self, account: BotAccount, method: str, params: Params) -> Call:
        name, _ = self._methods.named(method)
        return Call(f"call-{next(self._ids)}", account, name, params)

    async def _http(self, request: web.Request) -> web.Response:
        account = self._state.account_of(request.match_info["token"])
        call = self._call(account, request.match_info["method"], await read_params(request))
        self._tell("telegram_call", call)
        try:
            return await self._handle(call)
        except ApiError as error:
            self._log.write("telegram_refused", code=error.code, description=error.description, **call.logged())
            raise
        except ConnectionCutError:
            self._log.write("telegram_cut", **call.logged())
            return cut(request)
        except asyncio.CancelledError:
            self._tell("telegram_abandoned", call)
            raise

    def _tell(self, event: str, call: Call, **more: object) -> None:
        # A poll a second would drown the log; what polls bring is logged where it is handed out.
        if call.method != POLLING:
            self._log.write(event, **call.logged(), **more)

    async def _handle(self, call: Call) -> web.Response:
        await self._before(call)
        result = await self._perform(call)
        self._cut_polls_that_outlive(call)
        self._tell("telegram_accepted", call, result_message_id=message_in(result))
        await self._after(call)
        self._tell("telegram_answered", call)
        return answer({"ok": True, "result": result})

    async def _perform(self, call: Call) -> object:
        _, handler = self._methods.named(call.method)
        if handler is None:
            raise ApiError(404, "Not Found: method not found")
        self._quotas.spend(call)
        return await handler(call)

    async def _before(self, call: Call) -> None:
        rule = self._faults.take(BEFORE_ACCEPTING, call.facts())
        if rule is None:
            return
        match rule.action:
            case "status":
                raise rule.refusal()
            case "down" | "cut":
                raise ConnectionCutError
            case "slow":
                await asyncio.sleep(rule.seconds)
            case _:
                await self._hold(call, "before", rule)

    def _cut_polls_that_outlive(self, call: Call) -> None:
        """A poll that was waiting when Telegram went down brings nothing either."""
        if call.method == POLLING and self._faults.take({"down"}, call.facts()) is not None:
            raise ConnectionCutError

    async def _after(self, call: Call) -> None:
        rule = self._faults.take(AFTER_ACCEPTING, call.facts())
        if rule is None:
            return
        if rule.action == "accept_then_cut":
            raise ConnectionCutError
        await self._hold(call, "after", rule)

    async def _hold(self, call: Call, stage: str, rule: TelegramFault) -> None:
        self._log.write("telegram_held", stage=stage, **call.logged())
        if await self._holds.hold({"stage": stage, **call.logged()}, rule.seconds) == "cut":
            raise ConnectionCutError

    async def _download(self, request: web.Request) -> web.Response:
        account = self._state.account_of(request.match_info["token"])
        stored = self._state.files.at(request.match_info["path"], account.id)
        if stored is None:
            raise no_such_file()
        return web.Response(body=stored.upload.data, content_type="application/octet-stream")


def cut(request: web.Request) -> web.Response:
    """Close the caller's connection at once; the response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
