"""The control calls that all emulators share: faults, held calls, the log."""

from typing import Generic

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from sandbox.eventlog import EventLog
from sandbox.faults import FaultBook, Holds, Rule, Verdict
from sandbox.wire import answer, control_body, number_in_query


class Release(BaseModel):
    """Which held call goes on (all, without an id) and how: answered, or its connection cut."""

    model_config = ConfigDict(extra="forbid")

    id: int | None = None
    then: Verdict = "go"


class FaultDesk(Generic[Rule]):
    """Routes under ``/_sandbox`` that arm faults, list and release held calls, and read the log."""

    def __init__(self, rule: type[Rule], faults: FaultBook[Rule], holds: Holds, log: EventLog) -> None:
        self._rule = rule
        self._faults = faults
        self._holds = holds
        self._log = log

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into ``app``."""
        app.router.add_get("/_sandbox/health", self._health)
        app.router.add_post("/_sandbox/faults", self._arm)
        app.router.add_get("/_sandbox/faults", self._list)
        app.router.add_delete("/_sandbox/faults", self._disarm)
        app.router.add_get("/_sandbox/held", self._held)
        app.router.add_post("/_sandbox/release", self._release)
        app.router.add_get("/_sandbox/log", self._read_log)

    async def _health(self, _request: web.Request) -> web.Response:
        return answer({"status": "ok", "seq": self._log.seq})

    async def _arm(self, request: web.Request) -> web.Response:
        rule = await control_body(request, self._rule)
        rule_id = self._faults.add(rule)
        self._log.write("fault_armed", rule_id=rule_id, rule=rule.model_dump(mode="json"))
        return answer({"id": rule_id}, 201)

    async def _list(self, _request: web.Request) -> web.Response:
        return answer({"faults": self._faults.listing()})

    async def _disarm(self, request: web.Request) -> web.Response:
        rule_id = number_in_query(request, "id", 0) or None
        return answer({"removed": self._faults.remove(rule_id)})

    async def _held(self, request: web.Request) -> web.Response:
        count = number_in_query(request, "count", 1)
        held = await self._holds.wait_for(count, number_in_query(request, "wait_ms", 0) / 1000)
        return answer({"held": held})

    async def _release(self, request: web.Request) -> web.Response:
        release = await control_body(request, Release)
        return answer({"released": self._holds.release(release.id, release.then)})

    async def _read_log(self, request: web.Request) -> web.Response:
        lines = self._log.lines(number_in_query(request, "after", 0))
        return web.Response(body=lines, content_type="application/x-ndjson", charset="utf-8")
