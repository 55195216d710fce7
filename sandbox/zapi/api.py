"""The calls under ``/instances/{id}/token/{token}``: what a client of Z-API makes."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds
from sandbox.wire import JsonObject, answer, text_at
from sandbox.zapi.access import Instances, authorized, json_body, updates
from sandbox.zapi.config import Instance
from sandbox.zapi.errors import ZapiError, refused
from sandbox.zapi.faults import AFTER_ACCEPTING, BEFORE_ACCEPTING, ZapiFault
from sandbox.zapi.outbox import Outbox
from sandbox.zapi.outgoing import FILES, address, parse_outgoing
from sandbox.zapi.state import ZapiState

_SENDS = frozenset({"send-text", "send-reaction", *(f"send-{kind}" for kind in FILES)})
_READS = "read-message"
_GETS = frozenset({"status", "me", "phone-exists"})
_WITH_ARGUMENT = frozenset({"send-document", "phone-exists"})
_METHODS = {
    **dict.fromkeys({*_SENDS, _READS}, "POST"),
    **dict.fromkeys(_GETS, "GET"),
    **dict.fromkeys(updates(), "PUT"),
    "queue": "DELETE",
}


class ConnectionCutError(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what rules match on and what every event about it says."""

    id: str
    instance: Instance
    method: str
    body: JsonObject

    @property
    def kind(self) -> str:
        """message, read or status."""
        return "read" if self.method == _READS else "message" if self.method != "status" else "status"

    @property
    def to(self) -> str:
        """The chat."""
        return text_at(self.body, "phone")

    @property
    def text(self) -> str:
        """The words, where there are some."""
        return text_at(self.body, "message") or text_at(self.body, "caption")

    def facts(self) -> dict[str, str]:
        """What fault rules match on."""
        return {"call": self.kind, "instance_id": self.instance.instance_id, "to": self.to, "text": self.text}

    def logged(self) -> JsonObject:
        """What events say."""
        return {
            "call": self.id,
            "kind": self.kind,
            "method": self.method,
            "instance_id": self.instance.instance_id,
            "lead": self.to,
            "text": self.text,
        }


class ZapiCalls:
    """Every call of a client."""

    def __init__(
        self, *, state: ZapiState, outbox: Outbox, faults: FaultBook[ZapiFault], holds: Holds, log: EventLog
    ) -> None:
        self._state = state
        self._instances = Instances(state)
        self._outbox = outbox
        self._faults = faults
        self._holds = holds
        self._log = log
        self._calls = 0

    def add_routes(self, app: web.Application) -> None:
        """Put the route into ``app``."""
        app.router.add_route("*", "/instances/{instance}/token/{token}/{method:.+}", self._handle)

    async def _handle(self, request: web.Request) -> web.Response:
        instance = authorized(self._state, request)
        method = request.match_info["method"]
        name, _, argument = method.partition("/")
        wanted = _METHODS.get(name)
        if wanted is None or (argument and name not in _WITH_ARGUMENT):
            raise ZapiError(404, "NOT_FOUND", "Unable to find matching target resource method")
        if request.method != wanted:
            raise ZapiError(405, "Method Not Allowed")
        if name in _SENDS or name in {_READS, "status"}:
            body = await json_body(request) if name != "status" else {}
            return await self._call(request, self._numbered(instance, method, body))
        if wanted == "PUT":
            return await self._instances.update(request, instance, name)
        if name == "queue":
            return self._instances.purge(instance)
        return self._instances.me(instance) if name == "me" else self._instances.phone_exists(instance, argument)

    def _numbered(self, instance: Instance, method: str, body: JsonObject) -> Call:
        self._calls += 1
        return Call(f"call-{self._calls}", instance, method, body)

    async def _call(self, request: web.Request, call: Call) -> web.Response:
        """One that faults may strike; the question for the phone's state is told of only when they do."""
        if call.kind != "status":
            self._log.write("send_received", **call.logged())
        try:
            return await self._answered(call)
        except ZapiError as error:
            self._log.write("send_refused", http=error.status, error=error.error, **call.logged())
            raise
        except ConnectionCutError:
            self._log.write("send_cut", **call.logged())
            return _cut(request)
        except asyncio.CancelledError:
            self._log.write("send_abandoned", **call.logged())
            raise

    async def _answered(self, call: Call) -> web.Response:
        await self._before(call)
        if call.kind == "status":
            await self._after(call)
            return self._instances.status(self._state.instances[call.instance.instance_id])
        if call.kind == "read":
            self._mark_read(call)
            await self._after(call)
            return web.Response(status=204)
        accepted = await self._outbox.accept(call.instance, parse_outgoing(call.method, call.body), call.logged())
        await self._after(call)
        self._log.write("send_answered", **call.logged())
        return answer(accepted)

    def _mark_read(self, call: Call) -> None:
        chat, message_id = address(call.body), text_at(call.body, "messageId")
        if not message_id:
            message = "messageId is required"
            raise refused(message)
        self._log.write("read_marked", message_id=message_id, chat=chat, **call.logged())

    async def _before(self, call: Call) -> None:
        rule = self._faults.take(BEFORE_ACCEPTING, call.facts())
        if rule is None:
            return
        if rule.action == "status":
            raise ZapiError(rule.http, rule.error)
        if rule.action == "cut":
            raise ConnectionCutError
        await self._hold(call, "before", rule)

    async def _after(self, call: Call) -> None:
        rule = self._faults.take(AFTER_ACCEPTING, call.facts())
        if rule is None:
            return
        if rule.action == "accept_then_cut":
            raise ConnectionCutError
        await self._hold(call, "after", rule)

    async def _hold(self, call: Call, stage: str, rule: ZapiFault) -> None:
        self._log.write("send_held", stage=stage, **call.logged())
        if await self._holds.hold({"stage": stage, **call.logged()}, rule.seconds) == "cut":
            raise ConnectionCutError


def _cut(request: web.Request) -> web.Response:
    """Close the caller's connection at once; the response goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
