"""Everybody whom a worker deals with, as one process: the leads, Meta and Claude.

Leads write by signed webhooks to a real web process, so a turn becomes due and is nudged as it always is. Each message
is followed until its answer reaches the Graph API's stand-in. With a number of leads ``talking``, each answer makes
another lead write; with a ``rate``, leads write on a fixed schedule.
"""

import asyncio
import gc
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from time import perf_counter
from typing import Any, Final

import orjson
import uvloop

from app.bench.business import TOPICS
from app.bench.corpus import account_number, known_phone, request, text_message
from app.bench.exchanges import Exchange, InFlight, Tally
from app.bench.load import Connection
from app.bench.providers import READ_MARKED, accepted, customer, model_of, thought
from app.bench.quantiles import quantiles
from app.bench.serving import Answer, Served

_HOST: Final = "127.0.0.1"
_CONNECTIONS: Final = 32
_DRAIN_SECONDS: Final = 60.0
_READ_MARK: Final = b'"status"'
_TAKEN: Final = 200


@dataclass(frozen=True, slots=True)
class Script:
    """What is played. Either ``talking`` leads at a time or ``rate`` messages a second; times in seconds."""

    web_port: int
    claude_port: int
    graph_port: int
    talking: int
    rate: float
    model: float
    warmup: float
    duration: float
    tenants: int
    leads: int


class Dialogue:
    """One run."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._people = _people(script)
        self._idle: list[Connection] = []
        self._unsent: deque[tuple[bytes, Exchange]] = deque()
        self._on_the_way: dict[Connection, Exchange] = {}
        self._waiting: dict[str, Exchange] = {}
        self._measuring = False
        self._stopping = False
        self.in_flight = InFlight()
        self.tally = Tally()

    @property
    def unanswered(self) -> int:
        """Leads who wait for an answer."""
        return len(self._waiting)

    def answered(self, connection: Connection, status: int, began: float) -> None:
        """The web process has answered a delivery."""
        del began
        self.tally.statuses[status] += 1
        exchange = self._on_the_way.pop(connection)
        exchange.taken = perf_counter()
        if status != _TAKEN or connection.lost:
            return
        if self._unsent:
            self._deliver(connection, *self._unsent.popleft())
        else:
            self._idle.append(connection)

    def _say(self, at: float) -> None:
        number, tenant, phone = next(self._people)
        topic = TOPICS[number % len(TOPICS)]
        exchange = Exchange(account_number(tenant), topic, at)
        self._waiting[phone] = exchange
        self.tally.said += 1
        delivery = request(text_message(number, exchange.account, phone, topic.asked))
        if self._idle:
            self._deliver(self._idle.pop(), delivery, exchange)
        else:
            self._unsent.append((delivery, exchange))

    def _deliver(self, connection: Connection, delivery: bytes, exchange: Exchange) -> None:
        self._on_the_way[connection] = exchange
        connection.send(delivery, exchange.said)

    def claude(self, _path: bytes, body: bytes, answer: Answer) -> None:
        """The Messages API: thinks for as long as the script says."""
        began = perf_counter()
        self.tally.calls += 1
        self.in_flight.change(1, began)
        exchange = self._waiting.get(customer(body))
        topic = exchange.topic if exchange is not None else TOPICS[0]
        whole = thought(topic, model_of(body))

        def tell() -> None:
            now = perf_counter()
            self.in_flight.change(-1, now)
            if exchange is not None:
                exchange.thought += now - began
            answer(whole)

        if self._script.model:
            asyncio.get_running_loop().call_later(self._script.model, tell)
        else:
            tell()

    def graph(self, path: bytes, body: bytes, answer: Answer) -> None:
        """The Graph API: takes read marks and messages."""
        if _READ_MARK in body:
            answer(READ_MARKED)
            return
        now = perf_counter()
        call = orjson.loads(body)
        answer(accepted(call))
        exchange = self._waiting.pop(str(call["to"]), None)
        if exchange is None:
            self.tally.unasked += 1
            return
        self.tally.crossed += f"/{exchange.account}/".encode() not in path
        self.tally.note(exchange, now, measured=self._measuring)
        if self._script.talking and not self._stopping:
            self._say(now)

    async def run(self) -> dict[str, Any]:
        """Play the script; prints ``measuring`` and ``measured`` in time, gives what the measured time showed."""
        loop = asyncio.get_running_loop()
        await loop.create_server(lambda: Served(self.claude), _HOST, self._script.claude_port, backlog=2048)
        await loop.create_server(lambda: Served(self.graph), _HOST, self._script.graph_port, backlog=2048)
        for _ in range(_CONNECTIONS):
            _, connection = await loop.create_connection(lambda: Connection(self), _HOST, self._script.web_port)
            self._idle.append(connection)
        writing = loop.create_task(self._talk() if self._script.talking else self._write_steadily())
        await asyncio.sleep(self._script.warmup)
        shown = await self._measure()
        self._stopping = True
        await writing
        await self._drained()
        return shown

    async def _talk(self) -> None:
        """So many leads begin, spread over the time the model takes, so that they do not go on in step."""
        for _ in range(self._script.talking):
            self._say(perf_counter())
            await asyncio.sleep(self._script.model / self._script.talking)

    async def _write_steadily(self) -> None:
        due = perf_counter()
        while not self._stopping:
            await asyncio.sleep(max(due - perf_counter(), 0.0))
            self._say(max(due, perf_counter() - 0.0015))
            due += 1 / self._script.rate

    async def _measure(self) -> dict[str, Any]:
        _tell({"now": "measuring"})
        began, self._measuring = perf_counter(), True
        self.in_flight.begin(began)
        await asyncio.sleep(self._script.duration)
        self._measuring = False
        ended = perf_counter()
        mean = self.in_flight.mean(began, ended)
        _tell({"now": "measured"})
        return {"seconds": ended - began, "in_flight": mean, "most_in_flight": self.in_flight.most}

    async def _drained(self) -> None:
        try:
            async with asyncio.timeout(_DRAIN_SECONDS + self._script.model):
                while self._waiting or self._on_the_way:  # noqa: ASYNC110 the hot path sets no event
                    await asyncio.sleep(0.02)
        except TimeoutError:
            return  # who still waits is counted


def _people(script: Script) -> Iterator[tuple[int, int, str]]:
    """Message numbers, tenants and phone numbers: tenant by tenant, so that nobody writes again while he waits."""
    for number in count():
        tenant = number % script.tenants + 1
        yield number, tenant, known_phone(tenant, number // script.tenants % script.leads + 1)


def main() -> None:
    """Read a script from standard input, play it, print what came of it; JSON lines."""
    dialogue = Dialogue(Script(**orjson.loads(sys.stdin.readline())))
    gc.collect()
    gc.freeze()
    gc.disable()  # a collection here would be taken for the worker's slowness
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        shown = runner.run(dialogue.run())
    tally = dialogue.tally
    _tell(
        {
            "now": "done",
            **shown,
            "answered": tally.answered_in_time,
            "ms": quantiles(tally.whole),
            "ms_since_commit": quantiles(tally.since_commit),
            "seen": {
                "statuses": {str(status): times for status, times in tally.statuses.items()},
                "said": tally.said,
                "calls": tally.calls,
                "answered": tally.answered,
                "unanswered": dialogue.unanswered,
                "unasked": tally.unasked,
                "crossed": tally.crossed,
            },
        }
    )


def _tell(line: dict[str, object]) -> None:
    sys.stdout.write(orjson.dumps(line).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
