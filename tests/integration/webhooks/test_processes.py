"""Web processes as they run: two on one port, and one that is told to stop."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import asyncpg
from redis.asyncio import Redis

from app.embedded.keeping import free_port
from app.running import PROJECT
from app.settings import Settings
from tests.factories import Business
from tests.integration.webhooks.conftest import provider_of
from tests.integration.webhooks.provider import text_message
from tests.integration.webhooks.test_intake import nudges
from tests.migrated import ROLE_PREFIX, SECRET_KEY
from tests.patience import PATIENCE

_START_SECONDS = 30.0


@contextlib.asynccontextmanager
async def web_process(
    python: str, settings: Settings, port: int, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """It, until the block ends."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "REVEZA_SECRET_KEY": SECRET_KEY,
        "REVEZA_ROLE_PREFIX": ROLE_PREFIX,
        "LOG_LEVEL": "warning",
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        python, "-m", "app", "web", "--port", str(port), cwd=PROJECT, env=environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _listening(process: asyncio.subprocess.Process, port: int) -> bool:
    """Whether that very process listens there: two may."""
    sockets = {str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir() if link.is_symlink()}
    listeners = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {f"socket:[{line[9]}]" for line in listeners if line[1].endswith(f":{port:04X}") and line[3] == "0A"}
    return bool(sockets & inodes)


async def started(process: asyncio.subprocess.Process, port: int) -> None:
    """Wait until it listens."""
    async with asyncio.timeout(_START_SECONDS):
        while not _listening(process, port):
            assert process.returncode is None
            await asyncio.sleep(0.05)


async def test_fifty_times_at_once_over_two_processes(
    python: str, settings: Settings, business: Business, superuser: asyncpg.Connection, redis: Redis
) -> None:
    """One delivery fifty times at once over two processes is one message, one count, one due turn, one nudge."""
    port = free_port()
    async with web_process(python, settings, port) as one, web_process(python, settings, port) as two:
        await asyncio.gather(started(one, port), started(two, port))
        async with provider_of(business, f"http://127.0.0.1:{port}") as provider:
            message = text_message()
            answers = await asyncio.gather(*(provider.says(message) for _ in range(50)))
            assert [answer.status for answer in answers] == [200] * 50
            assert len(await nudges(redis, 1)) == 1
    row = await superuser.fetchrow(
        "SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM raw_events), (SELECT sum(leads) FROM usage_months),"
        " (SELECT count(*) FROM leads), (SELECT count(*) FROM conversations WHERE turn_due_at IS NOT NULL)"
    )
    assert tuple(row) == (1, 1, 1, 1, 1)


async def test_stop_finishes_what_is_under_way(
    python: str, settings: Settings, business: Business, superuser: asyncpg.Connection
) -> None:
    """After SIGTERM nobody new is let in, the delivery that is being stored is stored and answered, and it ends well."""
    port = free_port()
    async with web_process(python, settings, port) as process:
        await started(process, port)
        async with provider_of(business, f"http://127.0.0.1:{port}") as provider:
            await provider.says(text_message())
            async with superuser.transaction():
                await superuser.execute("LOCK TABLE raw_events IN ACCESS EXCLUSIVE MODE")
                under_way = asyncio.create_task(provider.says(text_message()))
                await _blocked(superuser)
                process.send_signal(signal.SIGTERM)
                async with asyncio.timeout(PATIENCE):
                    while await _lets_in(port):
                        await asyncio.sleep(0.02)
            async with asyncio.timeout(PATIENCE):
                answer, code = await asyncio.gather(under_way, process.wait())
    assert (answer.status, code) == (200, 0)
    assert await superuser.fetchval("SELECT count(*) FROM messages") == 2


async def _blocked(superuser: asyncpg.Connection) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await superuser.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.02)


async def _lets_in(port: int) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/healthz"):
            return True
    except aiohttp.ClientError:
        return False
