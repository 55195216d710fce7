"""The load generator, a process of its own: raw connections, requests made before the clock starts.

Without a rate each connection sends its next request when the answer is in (saturation). With one, requests leave on a
fixed schedule and a latency counts from the scheduled time, so a server that stalls cannot hide its queue.
"""

import asyncio
import gc
import sys
from collections import Counter, deque
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, Protocol, cast

import orjson
import uvloop

from app.bench.corpus import deliveries
from app.bench.quantiles import quantiles
from app.bench.serving import content_length

_GRAIN: Final = 0.0015
"""Seconds: the timer's own lateness, which is not the server's."""
_DRAIN_SECONDS: Final = 20.0
_HEAD_END: Final = b"\r\n\r\n"
_TAKEN: Final = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send."""

    port: int
    conns: int
    rate: float
    warmup: float
    duration: float
    requests: int
    tenants: int
    leads: int


@dataclass(slots=True)
class Tally:
    """What came back. ``latencies`` (seconds) are those of the measured time, ``statuses`` those of all of it."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    taken: int = 0
    measuring: bool = False


class Told(Protocol):
    """Who sends over connections."""

    def answered(self, connection: "Connection", status: int, began: float) -> None:
        """The answer to a request is in, and the connection free; status 0: it was lost instead."""


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request at a time; tells ``load`` when it is free."""

    def __init__(self, load: Told) -> None:
        self._load = load
        self._rest = b""
        self._began = 0.0
        self.busy = False
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is one in all but name

    def send(self, request: bytes, began: float) -> None:
        """Write a whole request; its latency counts from ``began``."""
        self.busy, self._began = True, began
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        head = data.find(_HEAD_END)
        if head < 0 or len(data) < head + len(_HEAD_END) + content_length(data[:head]):
            self._rest = data
            return
        self._rest = b""
        self.busy = False
        self._load.answered(self, int(data[9:12]), self._began)

    def connection_lost(self, _error: Exception | None) -> None:
        self.lost = True
        if self.busy:
            self.busy = False
            self._load.answered(self, 0, self._began)


class Load:
    """One run."""

    def __init__(self, plan: Plan, requests: list[bytes]) -> None:
        self._plan = plan
        self._requests = requests
        self._next = 0
        self._idle: list[Connection] = []
        self._late: deque[float] = deque()
        self._stopping = False
        self.tally = Tally()

    def answered(self, connection: Connection, status: int, began: float) -> None:
        """Note an answer and give the connection its next request."""
        now = perf_counter()
        self.tally.statuses[status] += 1
        if self.tally.measuring:
            self.tally.latencies.append(now - began)
            self.tally.taken += status == _TAKEN
        if connection.lost:
            return
        if self._plan.rate:
            if self._late:
                connection.send(self._request(), self._late.popleft())
            else:
                self._idle.append(connection)
        elif not self._stopping:
            connection.send(self._request(), now)

    async def run(self) -> float:
        """Send, measure, drain; gives the measured seconds. Prints ``measuring`` and ``measured`` in time."""
        loop = asyncio.get_running_loop()
        made = [
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", self._plan.port)
            for _ in range(self._plan.conns)
        ]
        connections = [connection for _, connection in made]
        schedule = None
        if self._plan.rate:
            self._idle = list(connections)
            schedule = loop.create_task(self._open(perf_counter() + self._plan.warmup + self._plan.duration))
        else:
            for connection in connections:
                connection.send(self._request(), perf_counter())
        await asyncio.sleep(self._plan.warmup)
        seconds = await self._measure()
        self._stopping = True
        if schedule is not None:
            await schedule
        await self._drained(connections)
        return seconds

    async def _measure(self) -> float:
        _say({"now": "measuring"})
        began, self.tally.measuring = perf_counter(), True
        await asyncio.sleep(self._plan.duration)
        self.tally.measuring = False
        ended = perf_counter()
        _say({"now": "measured"})
        return ended - began

    async def _drained(self, connections: list[Connection]) -> None:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while self._late or any(connection.busy for connection in connections):  # noqa: ASYNC110 the hot path sets no event
                await asyncio.sleep(0.02)

    async def _open(self, until: float) -> None:
        due = perf_counter() + 0.01
        while due < until:
            now = perf_counter()
            if due > now:
                await asyncio.sleep(max(due - now, 0.001))
                continue
            began = now if now - due < _GRAIN else due
            if self._idle:
                self._idle.pop().send(self._request(), began)
            else:
                self._late.append(began)
            due += 1 / self._plan.rate

    def _request(self) -> bytes:
        self._next += 1
        return self._requests[(self._next - 1) % len(self._requests)]


def main() -> None:
    """Read a plan from standard input, run it, print what came of it; JSON lines."""
    plan = Plan(**orjson.loads(sys.stdin.readline()))
    load = Load(plan, deliveries(plan.requests, tenants=plan.tenants, leads=plan.leads))
    gc.collect()
    gc.freeze()
    gc.disable()  # a collection here would be taken for the server's slowness
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seconds = runner.run(load.run())
    tally = load.tally
    _say(
        {
            "now": "done",
            "seconds": seconds,
            "taken": tally.taken,
            "statuses": {str(status): count for status, count in tally.statuses.items()},
            "ms": quantiles(tally.latencies),
        }
    )


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(orjson.dumps(line).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
