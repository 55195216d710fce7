"""Workers that a test can start, freeze and lose, and a record of what they ran."""

import asyncio
import inspect
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from taskiq import Context, TaskiqDepends

from pipeline.broker import Pace, SafeStreamBroker
from pipeline.connection import queue_client
from pipeline.receiving import run_worker
from tests.patience import PATIENCE

QUICK = Pace(block=0.05, idle=0.6, backoff=0.02, max_backoff=0.1, goodbye=1.0, max_deliveries=3)


@dataclass(slots=True)
class Record:
    """What the workers of one test ran and parked."""

    ran: Counter[str] = field(default_factory=Counter)
    finished: Counter[str] = field(default_factory=Counter)
    by_worker: Counter[str] = field(default_factory=Counter)
    parked: list[tuple[bytes, str]] = field(default_factory=list)
    park_refuses: bool = False
    at_once: int = 0
    most_at_once: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def park(self, raw: bytes, reason: str) -> None:
        """Keep what was parked, or fail as a store that is away would."""
        if self.park_refuses:
            raise ConnectionError
        self.parked.append((raw, reason))

    @property
    def reasons(self) -> list[str]:
        """Why things were parked, in order."""
        return [reason for _, reason in self.parked]


def make_broker(redis: Redis, record: Record, *, consumer: str = "", pace: Pace = QUICK) -> SafeStreamBroker:
    """A broker with tasks that note their runs: `note`, `linger` and `careful` (kept until done), `gated`, `broken`."""
    broker = SafeStreamBroker(redis, record.park, consumer=consumer, pace=pace)

    async def note(number: int) -> None:
        record.ran[str(number)] += 1
        record.by_worker[broker.stream.consumer] += 1

    async def linger(number: int, seconds: float) -> None:
        record.ran[str(number)] += 1
        record.at_once += 1
        record.most_at_once = max(record.most_at_once, record.at_once)
        await asyncio.sleep(seconds)
        record.at_once -= 1
        record.finished[str(number)] += 1

    async def gated(number: int) -> None:
        record.ran[str(number)] += 1
        await record.gate.wait()
        record.finished[str(number)] += 1

    async def broken(number: int, context: Context = TaskiqDepends()) -> None:  # noqa: B008 - Taskiq's own way
        record.ran[str(number)] += 1
        raise RuntimeError(context.message.task_name)

    broker.register_task(note, task_name="note")
    broker.register_task(linger, task_name="linger")
    broker.register_task(linger, task_name="careful", ack_type="when_saved")
    broker.register_task(gated, task_name="gated")
    broker.register_task(gated, task_name="gated_careful", ack_type="when_saved")
    broker.register_task(broken, task_name="broken")
    return broker


@asynccontextmanager
async def worker(
    url: str, record: Record, *, consumer: str = "", tasks: int = 10, pace: Pace = QUICK, grace: float = 5.0
) -> AsyncIterator[SafeStreamBroker]:
    """Run one worker in this process; leaving the block stops it gently."""
    redis = queue_client(url)
    broker = make_broker(redis, record, consumer=consumer, pace=pace)
    finish = asyncio.Event()
    running = asyncio.create_task(run_worker(broker, finish, max_async_tasks=tasks, grace=grace))
    try:
        yield broker
    finally:
        finish.set()
        async with asyncio.timeout(grace + PATIENCE):
            await running
        await redis.aclose()


async def eventually(condition: Callable[[], bool | Awaitable[bool]], *, within: float = PATIENCE) -> float:
    """Wait until the condition holds and return the seconds it took; fails at the deadline."""
    started = time.monotonic()
    while True:
        answer: Any = condition()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return time.monotonic() - started
        if time.monotonic() - started > within:
            message = f"not true within {within} s"
            raise AssertionError(message)
        await asyncio.sleep(0.01)
