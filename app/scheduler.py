"""The scheduler process: one leader of however many run, writing down what is due and publishing its own upkeep."""

import asyncio
import os
import secrets
import socket
import time
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime

import asyncpg
import structlog
import uvloop

from app.settings import Settings
from app.stopping import stop_event, stopped
from core.domain.schedule import SCHEDULE
from pipeline.connection import publisher_client
from pipeline.publisher import StreamPublisher
from scheduler.due_runs import DueRuns
from scheduler.leader import Election
from scheduler.runner import ScheduleRunner
from scheduler.schedule import DUE_RUNS, UPKEEP

log = structlog.get_logger(__name__)


def run_scheduler_process(settings: Settings) -> None:
    """Stand for leader until SIGTERM or SIGINT."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_schedule(settings))


async def _schedule(settings: Settings) -> None:
    finish = stop_event()
    redis = publisher_client(settings.redis_url, name="reveza-scheduler")

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(settings.database_url_for("platform"), timeout=5, command_timeout=5)

    due = DueRuns(connect, SCHEDULE)
    runner = ScheduleRunner(
        UPKEEP, StreamPublisher(redis, time.monotonic), lambda: datetime.now(UTC), deeds={DUE_RUNS: due.written}
    )
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    log.info("scheduler.started")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(redis.aclose)
        if settings.metrics_port is not None:
            await stack.enter_async_context(_side_door(settings))
        await Election(connect, holder, time.monotonic).run(finish, runner.on_duty)
    stopped()
    log.info("scheduler.stopped")


def _side_door(settings: Settings) -> AbstractAsyncContextManager[None]:
    # A web server would be a third of this process's memory: it is loaded where somebody asks for it.
    from app.observability import new_registry, side_door  # noqa: PLC0415 - see above

    return side_door(settings, new_registry(), ())
