"""``reveza bot``, ``reveza web`` and ``reveza worker`` as they run: killed, doubled, told to stop."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from app.embedded.keeping import free_port
from app.running import PROJECT
from app.settings import Settings
from tests.factories import Business, Seeder
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BOT
from tests.migrated import ROLE_PREFIX, SECRET_KEY
from tests.patience import PATIENCE_WITH_PROCESSES

STANDS_BY = """
SELECT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datname = current_database() AND a.query LIKE 'SELECT pg_try_advisory_lock%'
               AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted))"""
UNDONE = "SELECT count(*) FROM telegram_updates WHERE done_at IS NULL"

Process = asyncio.subprocess.Process
pytestmark = pytest.mark.slow


@contextlib.asynccontextmanager
async def _process(
    python: str, settings: Settings, telegram: Control, command: str, **more: str
) -> AsyncIterator[Process]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "REVEZA_SECRET_KEY": SECRET_KEY,
        "REVEZA_ROLE_PREFIX": ROLE_PREFIX,
        "TELEGRAM_BOT_TOKEN": BOT.token,
        "TELEGRAM_API_URL": telegram.url,
        "LOG_LEVEL": "warning",
        **more,
    }
    process = await asyncio.create_subprocess_exec(python, "-m", "app", command, cwd=PROJECT, env=environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def ana(seed: Seeder, business: Business, telegram: Control) -> None:
    """Ana is in the team, and has opened the bot."""
    await seed.member(business.tenant_id, telegram_user_id=ANA, name="Ana")
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)


async def _asks(telegram: Control) -> None:
    await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="/status")


async def _answers(telegram: Control) -> list[str]:
    """What the bot has answered to questions for the status."""
    chats = (await telegram.get("chats", after=-1, chat_id=ANA, bot_id=BOT.id))["chats"]
    shown: list[dict[str, Any]] = chats[0]["messages"] if chats else []
    return [one["text"] for one in shown if one["from"]["id"] == BOT.id and one["text"].startswith("📋")]


async def _answered(telegram: Control, superuser: asyncpg.Connection, count: int) -> None:
    """Wait until so many questions are answered; the pace of the chat is not waited for."""
    async with asyncio.timeout(PATIENCE_WITH_PROCESSES):
        while len(await _answers(telegram)) < count:
            await superuser.execute("UPDATE telegram_chats SET next_at = NULL, tokens = 20")
            await asyncio.sleep(0.05)


async def test_the_bot_answers_and_ends_when_it_is_told_to(
    python: str, settings: Settings, telegram: Control, superuser: asyncpg.Connection, ana: None
) -> None:
    """By one process; SIGTERM ends it though Telegram still holds its question."""
    async with _process(python, settings, telegram, "bot") as process:
        await _asks(telegram)
        await _answered(telegram, superuser, 1)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_WITH_PROCESSES):
            assert await process.wait() == 0
    assert await superuser.fetchval(UNDONE) == 0


async def test_a_killed_bot_answers_every_question_by_one_message(
    python: str, settings: Settings, telegram: Control, superuser: asyncpg.Connection, ana: None
) -> None:
    """Killed again and again while people write: each question has one answer to be shown, however often it was shown."""
    asked = 0
    for _ in range(3):
        async with _process(python, settings, telegram, "bot") as process:
            await _asks(telegram)
            asked += 1
            await _answered(telegram, superuser, asked)
            for _ in range(5):
                await _asks(telegram)
                asked += 1
            process.kill()
        # What it was at is another's when its lease is over: that is not waited for here.
        await superuser.execute("UPDATE telegram_updates SET lease_until = NULL")
        await superuser.execute("UPDATE telegram_chats SET lease_until = NULL")
    async with _process(python, settings, telegram, "bot"):
        await _answered(telegram, superuser, asked)
    assert await superuser.fetchval(UNDONE) == 0
    assert await superuser.fetchval("SELECT count(*) FROM telegram_posts WHERE kind = 'reply'") == asked + 1


async def test_a_second_bot_takes_over(
    python: str, settings: Settings, telegram: Control, superuser: asyncpg.Connection, ana: None
) -> None:
    """It stands by while the first lives, and asks as soon as the first is gone."""
    async with _process(python, settings, telegram, "bot") as first:
        await _asks(telegram)
        await _answered(telegram, superuser, 1)
        async with _process(python, settings, telegram, "bot"):
            await _stands_by(superuser)
            first.kill()
            await first.wait()
            await superuser.execute("UPDATE telegram_chats SET lease_until = NULL")
            await _asks(telegram)
            await _answered(telegram, superuser, 2)
    assert [event["code"] for event in await telegram.events("telegram_refused")] == []


async def _stands_by(superuser: asyncpg.Connection) -> None:
    """Wait until a process has asked for the lock while another has it; it asks on a connection that it closes at once."""
    async with asyncio.timeout(PATIENCE_WITH_PROCESSES):
        while not await superuser.fetchval(STANDS_BY):
            pass


async def test_with_a_webhook_web_takes_and_workers_answer(
    python: str, settings: Settings, telegram: Control, superuser: asyncpg.Connection, ana: None
) -> None:
    """The workers tell Telegram where to bring updates; no process asks for them."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    brought = {"TELEGRAM_WEBHOOK_URL": url, "WEB_PORT": str(port)}
    async with (
        _process(python, settings, telegram, "web", **brought),
        _process(python, settings, telegram, "worker", **brought),
        _process(python, settings, telegram, "worker", **brought),
    ):
        await _asks(telegram)
        await _answered(telegram, superuser, 1)
    assert await telegram.events("telegram_webhook_acked")
    assert await telegram.events("telegram_polled") == []


async def test_without_a_token_nothing_runs(
    python: str, settings: Settings, telegram: Control, superuser: asyncpg.Connection
) -> None:
    """The process says so, waits to be told to stop, and asks nobody anything."""
    port = free_port()
    none = {"TELEGRAM_BOT_TOKEN": "", "METRICS_PORT": str(port)}
    async with _process(python, settings, telegram, "bot", **none) as process:
        await _listens(port)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_WITH_PROCESSES):
            assert await process.wait() == 0
    assert await telegram.events("telegram_call") == []


async def _listens(port: int) -> None:
    async with asyncio.timeout(PATIENCE_WITH_PROCESSES):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)
