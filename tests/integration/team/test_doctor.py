"""``reveza doctor`` looks at the team's bot as Telegram sees it."""

import base64
from typing import Any

import asyncpg

from app.commands.doctor import Finding, _telegram
from app.settings import Settings
from db.advisory_lock import AdvisoryLock
from sandbox.server import Sandbox
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BOT


async def _look(emulators: Sandbox, **settings: Any) -> Finding:
    values = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1/none",
        "REDIS_URL": "redis://127.0.0.1",
        "REVEZA_SECRET_KEY": base64.b64encode(bytes(32)).decode(),
        "TELEGRAM_API_URL": emulators.telegram_url,
        **settings,
    }
    return await _telegram(
        Settings.model_validate(
            {name.lower() if name != "REVEZA_SECRET_KEY" else name: value for name, value in values.items()}
        )
    )


async def test_a_bot_that_polls_is_well(emulators: Sandbox) -> None:
    """Its name is told, so that one sees whose token it is."""
    finding = await _look(emulators, TELEGRAM_BOT_TOKEN=BOT.token)
    assert (finding.state, finding.detail) == ("ok", "@reveza_bot")


async def test_a_wrong_token_is_told_with_its_mend(emulators: Sandbox) -> None:
    """Telegram refuses it."""
    finding = await _look(emulators, TELEGRAM_BOT_TOKEN="7001:not-the-token")
    assert (finding.state, "TELEGRAM_BOT_TOKEN" in finding.mend) == ("wrong", True)


async def test_a_webhook_that_telegram_does_not_know_is_told(emulators: Sandbox) -> None:
    """Updates would never come."""
    finding = await _look(emulators, TELEGRAM_BOT_TOKEN=BOT.token, TELEGRAM_WEBHOOK_URL="https://bot.example.com")
    assert (finding.state, "TELEGRAM_WEBHOOK_URL" in finding.mend) == ("wrong", True)


async def test_updates_that_nobody_asks_for_are_told(
    emulators: Sandbox, telegram: Control, empty_database_url: str
) -> None:
    """A token, no webhook, no bot's process: no team at all, and everything looked well."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    finding = await _look(emulators, TELEGRAM_BOT_TOKEN=BOT.token, DATABASE_URL=empty_database_url)
    assert (finding.state, "--profile polling" in finding.mend) == ("wrong", True)


async def test_updates_that_somebody_asks_for_are_well(
    emulators: Sandbox, telegram: Control, empty_database_url: str
) -> None:
    """They wait for a moment only."""
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    lock = AdvisoryLock(lambda: asyncpg.connect(empty_database_url), f"telegram poller {BOT.id}")
    assert await lock.acquire()
    finding = await _look(emulators, TELEGRAM_BOT_TOKEN=BOT.token, DATABASE_URL=empty_database_url)
    await lock.release()
    assert finding.state == "ok"


async def test_no_token_is_told(emulators: Sandbox) -> None:
    """Nothing is wrong, and nobody of the team is told of anything."""
    assert (await _look(emulators)).state == "absent"
