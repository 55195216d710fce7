"""The worker process ends when one of its loops does, so that another can be started."""

import asyncio
from typing import Any, cast

import pytest
import structlog
import structlog.testing

from app import worker as worker_process
from app.settings import Settings
from app.worker import Worker, _team_desk
from tests.patience import PATIENCE


class _Idle:
    """Stands for every part of a worker: it has nothing to do until the end."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def run(self, finish: asyncio.Event, *_more: object) -> None:
        self.begun.set()
        await finish.wait()

    async def stop(self, _grace: float) -> None:
        return

    async def close(self) -> None:
        return


class _BrokenDesk:
    """A desk that ends in the middle of the day."""

    async def run(self, _finish: asyncio.Event) -> None:
        message = "the bot's part is broken"
        raise RuntimeError(message)


async def _receive_nothing(_broker: object, finish: asyncio.Event, **_more: Any) -> None:
    await finish.wait()


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Every part that has nothing to do; nothing is received."""
    monkeypatch.setattr(worker_process, "run_worker", _receive_nothing)
    return cast("Any", _Idle())


async def test_the_death_of_the_bots_part_ends_the_worker(idle: Any) -> None:
    """Else a team would be told nothing until somebody wonders why; its error is what the process ends with."""
    with pytest.raises(RuntimeError, match="the bot's part is broken"):
        async with asyncio.timeout(PATIENCE):
            await Worker(idle, idle, idle, idle, idle, idle, _BrokenDesk()).run(asyncio.Event(), 1)


async def test_a_worker_without_a_bot_goes_on(idle: Any) -> None:
    """It ends when it is told to, not before."""
    finish = asyncio.Event()
    running = asyncio.create_task(Worker(idle, idle, idle, idle, idle, idle).run(finish, 1))
    await idle.begun.wait()
    assert not finish.is_set()
    finish.set()
    await running


@pytest.mark.parametrize(
    ("token", "webhook", "told"),
    [
        ("7001:a-token", "", ["bot.elsewhere"]),
        ("", "", ["bot.off"]),
    ],
)
async def test_a_worker_without_the_teams_bot_says_so(token: str, webhook: str, told: list[str]) -> None:
    """A token with no webhook, and no bot's process, was no team at all, and no word of it."""
    values = {
        "database_url": "postgresql://o@127.0.0.1/x",
        "redis_url": "redis://127.0.0.1",
        "secret_key": "A" * 43 + "=",
    }
    settings = Settings.model_validate({**values, "telegram_bot_token": token, "telegram_webhook_url": webhook})
    with structlog.testing.capture_logs() as lines:
        async with _team_desk(settings, {}, cast("Any", None)) as desk:
            assert desk is None
    assert [line["event"] for line in lines if line["log_level"] in {"warning", "info"}] == told
