"""Screens of the Mini App, a process of its own: each signed in, with its stream of live events open.

First changes are told as every process tells them, at a rate, and every screen of the tenant notes when it hears of each.
Then leads write, and the screens of their tenant load the chat as the app does: noted is when the last of them has it.
"""

import asyncio
import gc
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import aiohttp
import orjson
import uvloop

from app.bench.corpus import account_number, known_phone, request, text_message
from app.bench.launches import launch, member_number
from app.bench.quantiles import quantiles
from app.embedded.keeping import LOOPBACK
from core.domain.changes import Change, ChangeKind
from core.domain.ids import uuid7
from pipeline.connection import publisher_client
from pipeline.live import LivePublisher

_PATIENCE: Final = 60.0
_SIGNING_IN: Final = 16
"""At a time."""
_PAUSE: Final = 0.05
"""Seconds between two leads who write."""
_HEAD_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play. ``tenants``: their ids, in order; each has so many ``members``, with a screen each."""

    port: int
    redis_url: str
    tenants: list[str]
    members: int
    rate: float
    warmup: float
    duration: float
    written: int


@dataclass(slots=True)
class Heard:
    """When what was told, and who heard of it how much later (seconds)."""

    told: dict[str, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)


class Screen:
    """One session of one member."""

    def __init__(self, tenant: int, http: aiohttp.ClientSession, base: str) -> None:
        self.tenant = tenant
        self._http = http
        self._base = base
        self._access = ""
        self.ready = asyncio.Event()
        self.came: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        """Messages of leads that it heard of, each with its conversation."""

    async def sign_in(self, telegram_user_id: int) -> None:
        """Open the app."""
        body = {"init_data": launch(telegram_user_id, at=time.time())}
        async with self._http.post(f"{self._base}/api/v1/session", json=body) as response:
            response.raise_for_status()
            self._access = (await response.json())["access_token"]

    async def listen(self, heard: Heard) -> None:
        """Hear of changes until cancelled."""
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._http.get(f"{self._base}/events", headers=self._headers(), timeout=timeout) as response:
            response.raise_for_status()
            async for line in response.content:
                if line.startswith(b"event: reset"):
                    self.ready.set()
                elif line.startswith(b"data: ") and self.ready.is_set():
                    self._note(line[6:], heard)

    def _note(self, data: bytes, heard: Heard) -> None:
        now = time.perf_counter()
        for change in orjson.loads(data).get("changes", ()):
            told = heard.told.get(change["subject"])
            if told is not None:
                heard.heard[change["subject"]] += 1
                heard.latencies.append(now - told)
            elif change["kind"] == ChangeKind.MESSAGE_IN:
                self.came.put_nowait((change["subject"], change["conversation"]))

    async def chat(self, conversation: str) -> Mapping[str, Any]:
        """Load the end of a thread, as an open chat does."""
        path = f"{self._base}/api/v1/conversations/{conversation}/messages?limit=20"
        async with self._http.get(path, headers=self._headers()) as response:
            response.raise_for_status()
            body: Mapping[str, Any] = await response.json()
            return body

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._access}"}


class Wall:
    """All screens."""

    def __init__(self, plan: Plan, http: aiohttp.ClientSession) -> None:
        self._plan = plan
        base = f"http://{LOOPBACK}:{plan.port}"
        self._screens = [
            (Screen(tenant, http, base), member_number(tenant, member))
            for tenant in range(1, len(plan.tenants) + 1)
            for member in range(1, plan.members + 1)
        ]
        self.heard = Heard()

    async def open(self, stack: AsyncExitStack) -> None:
        """Sign in and listen, until every screen has its first reset."""
        places = asyncio.Semaphore(_SIGNING_IN)

        async def come_in(screen: Screen, person: int) -> None:
            async with places:
                await screen.sign_in(person)

        async with asyncio.timeout(_PATIENCE):
            await asyncio.gather(*(come_in(*each) for each in self._screens))
            listening = [asyncio.create_task(screen.listen(self.heard)) for screen, _ in self._screens]
            stack.push_async_callback(_ended, listening)
            await asyncio.gather(*(screen.ready.wait() for screen, _ in self._screens))

    async def told_of(self, publisher: LivePublisher) -> None:
        """Changes at the plan's rate, of one tenant after the other."""
        plan = self._plan
        began = time.perf_counter()
        measured = False
        for number in range(int(plan.rate * (plan.warmup + plan.duration))):
            due = began + number / plan.rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            if not measured and number >= plan.rate * plan.warmup:
                measured = True
                self.heard.latencies.clear()
                _say({"now": "measuring"})
            subject = uuid7()
            self.heard.told[str(subject)] = time.perf_counter()
            tenant = UUID(plan.tenants[number % len(plan.tenants)])
            publisher.changed(tenant, [Change(ChangeKind.LEAD, subject, uuid7(), uuid7())])
        _say({"now": "measured"})
        async with asyncio.timeout(_PATIENCE):
            while self.heard.heard.total() < len(self.heard.told) * plan.members:  # noqa: ASYNC110 the hot path sets no event
                await asyncio.sleep(0.02)

    async def written(self) -> list[float]:
        """Leads of the first tenant write, one after the other: until three screens have it in their chat, in seconds."""
        watching = [screen for screen, _ in self._screens if screen.tenant == 1][:3]
        latencies: list[float] = []
        reader, writer = await asyncio.open_connection(LOOPBACK, self._plan.port)
        for number in range(self._plan.written):
            body = text_message(number, account_number(1), known_phone(1, 1 + number % 100), f"Oi, {number}")
            began = time.perf_counter()
            writer.write(request(body))
            await asyncio.gather(*(self._seen(screen) for screen in watching))
            latencies.append(time.perf_counter() - began)
            await reader.readuntil(_HEAD_END)
            await asyncio.sleep(_PAUSE)
        writer.close()
        return latencies

    async def _seen(self, screen: Screen) -> None:
        async with asyncio.timeout(_PATIENCE):
            message, conversation = await screen.came.get()
            shown = await screen.chat(conversation)
        if all(one["id"] != message for one in shown["items"]):
            text = "a message that was told of is not in its chat"
            raise AssertionError(text)


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _play(plan: Plan) -> dict[str, object]:
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=0)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        redis = publisher_client(plan.redis_url)
        stack.push_async_callback(redis.aclose)
        publisher = LivePublisher(redis)
        stack.push_async_callback(publisher.drained)
        wall = Wall(plan, http)
        await wall.open(stack)
        gc.collect()
        gc.freeze()
        gc.disable()  # a collection here would be taken for the server's slowness
        await wall.told_of(publisher)
        told, heard = len(wall.heard.told), wall.heard.heard
        return {
            "now": "done",
            "told": told,
            "missed": told * plan.members - heard.total(),
            "twice": sum(count > plan.members for count in heard.values()),
            "ms": quantiles(wall.heard.latencies),
            "written_ms": quantiles(await wall.written()),
        }


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(orjson.dumps(line).decode() + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read a plan from standard input, play it, print what came of it; JSON lines."""
    plan = Plan(**orjson.loads(sys.stdin.readline()))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        _say(runner.run(_play(plan)))


if __name__ == "__main__":
    main()
