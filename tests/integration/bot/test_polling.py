"""Updates asked for: on disk before they are acknowledged, by one process at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot

from tests.integration.bot.stage import poller_of, running
from tests.integration.conftest import Database
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BOT
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE

STORED = "SELECT count(*) FROM telegram_updates"
HOLDERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"


async def _until(holds: Callable[[], Awaitable[Any]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():
            await asyncio.sleep(0.01)


async def _stored(desk: Desk, count: int) -> None:
    """Wait until so many updates are on disk."""

    async def enough() -> bool:
        return bool(await desk.value(STORED) >= count)

    await _until(enough)


async def _pending(telegram: Control) -> int:
    """How many updates Telegram still keeps."""
    return len((await telegram.get("updates", bot_id=BOT.id))["updates"])


async def _nothing_pending(telegram: Control) -> None:
    async def none() -> bool:
        return await _pending(telegram) == 0

    await _until(none)


async def _write(telegram: Control, text: str = "Oi") -> None:
    await telegram.post("write", user_id=ANA, bot_id=BOT.id, text=text)


@asynccontextmanager
async def _database_refuses(desk: Desk) -> AsyncIterator[None]:
    """Nothing can be stored meanwhile."""
    await desk.run("ALTER TABLE telegram_updates RENAME TO away")
    try:
        yield
    finally:
        await desk.run("ALTER TABLE away RENAME TO telegram_updates")


async def test_what_is_stored_is_acknowledged(desk: Desk, bot: Bot, telegram: Control, opened: Database) -> None:
    """First on disk, then gone at Telegram."""
    async with running(poller_of(bot, opened)):
        await _write(telegram)
        await _stored(desk, 1)
        await _nothing_pending(telegram)


async def test_what_cannot_be_stored_is_not_acknowledged(
    desk: Desk, bot: Bot, telegram: Control, opened: Database
) -> None:
    """While the database refuses, Telegram keeps it; afterwards it is stored, once."""
    async with _database_refuses(desk), running(poller_of(bot, opened)):
        await _write(telegram)
        await _asked_again(telegram)
        assert await _pending(telegram) == 1
    async with running(poller_of(bot, opened)):
        await _nothing_pending(telegram)
    assert await desk.value(STORED) == 1


async def _asked_again(telegram: Control) -> None:
    """Wait until an update was handed out twice."""

    async def twice() -> bool:
        return len(await telegram.events("telegram_polled")) >= 2

    await _until(twice)


async def test_killed_between_storing_and_acknowledging(
    desk: Desk, bot: Bot, telegram: Control, opened: Database
) -> None:
    """The next process is given the update again, and keeps it once."""
    await _write(telegram)
    stored = asyncio.Event()
    dying = asyncio.create_task(poller_of(bot, opened, stored.set).run(asyncio.Event()))
    await stored.wait()
    # No further call leaves: as a killed process's would not.
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert (await desk.value(STORED), await _pending(telegram)) == (1, 1)
    async with running(poller_of(bot, opened)):
        await _write(telegram)
        await _nothing_pending(telegram)
    assert await desk.value(STORED) == 2


async def test_of_two_processes_one_asks(desk: Desk, bot: Bot, telegram: Control, opened: Database) -> None:
    """The other stands by: Telegram never sees two at once."""
    async with running(poller_of(bot, opened), poller_of(bot, opened), poller_of(bot, opened)):
        for count in range(1, 6):
            await _write(telegram)
            await _stored(desk, count)
    assert [event["code"] for event in await telegram.events("telegram_refused")] == []


async def test_the_other_takes_over_when_the_lock_is_lost(
    desk: Desk, bot: Bot, telegram: Control, opened: Database
) -> None:
    """The server ends the leader's connection: the leader notices and stops asking, whoever has the lock goes on."""
    async with running(poller_of(bot, opened), poller_of(bot, opened)):
        await _write(telegram)
        await _stored(desk, 1)
        (leader,) = [row[0] for row in await desk.rows(HOLDERS)]
        await desk.run("SELECT pg_terminate_backend($1)", leader)

        async def another() -> bool:
            return any(row[0] != leader for row in await desk.rows(HOLDERS))

        await _until(another)
        await _write(telegram)
        await _stored(desk, 2)
        assert len(await desk.rows(HOLDERS)) == 1


async def test_a_webhook_that_is_set_is_removed_without_loss(
    desk: Desk, bot: Bot, telegram: Control, opened: Database
) -> None:
    """What waited for the webhook comes by asking."""
    await bot.set_webhook("http://127.0.0.1:9/nobody")
    await _write(telegram)
    async with running(poller_of(bot, opened)):
        await _stored(desk, 1)
    assert (await bot.get_webhook_info()).url == ""


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "http": 502, "times": 2},
        {"action": "status", "http": 429, "retry_after": 1},
        {"action": "cut", "times": 2},
    ],
)
async def test_telegram_in_trouble_loses_nothing(
    desk: Desk, bot: Bot, telegram: Control, opened: Database, fault: dict[str, Any]
) -> None:
    """Asked again after a while, as long as Telegram says if it says so."""
    await telegram.post("faults", match={"method": "getUpdates"}, **fault)
    await _write(telegram)
    async with running(poller_of(bot, opened)):
        await _stored(desk, 1)


async def test_a_wait_that_telegram_names_is_kept(desk: Desk, bot: Bot, telegram: Control, opened: Database) -> None:
    """Not one question before it is over."""
    await telegram.post("faults", match={"method": "getUpdates"}, action="status", http=429, retry_after=1)
    began = asyncio.get_running_loop().time()
    await _write(telegram)
    async with running(poller_of(bot, opened)):
        await _stored(desk, 1)
    assert asyncio.get_running_loop().time() - began >= 1.0


async def test_a_poller_that_is_told_to_stop_does_not_wait(
    desk: Desk, bot: Bot, telegram: Control, opened: Database
) -> None:
    """A question that Telegram would leave open for ten minutes is given up, and so is the lock."""
    await telegram.post("faults", match={"method": "getUpdates"}, action="hold_before", ms=600_000)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running(poller_of(bot, opened, poll_seconds=600)))
        assert (await telegram.get("held", count=1, wait_ms=60_000))["held"]
        assert await desk.rows(HOLDERS)
        async with asyncio.timeout(PATIENCE):
            await stack.aclose()
    assert await desk.rows(HOLDERS) == []
