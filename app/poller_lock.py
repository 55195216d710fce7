"""Of all processes that would ask Telegram for updates, who does: the lock, and a look whether anybody has it."""

from typing import Final

import asyncpg

from app.settings import Settings
from db.advisory_lock import AdvisoryLock, is_held

_CONNECT_SECONDS: Final = 5.0
ASK_FOR_UPDATES: Final = (
    "run `./reveza bot` (with Compose: `docker compose --profile polling up -d`), or set TELEGRAM_WEBHOOK_URL"
)
"""What makes updates come."""


def poller_lock(settings: Settings) -> AdvisoryLock:
    """Who has it asks Telegram for updates."""

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(settings.database_url_for("platform"), timeout=_CONNECT_SECONDS)

    return AdvisoryLock(connect, _name(settings))


async def somebody_polls(settings: Settings) -> bool:
    """Whether a process has the lock now. Raises what connecting raises."""
    connection = await asyncpg.connect(settings.database_url, timeout=_CONNECT_SECONDS)
    try:
        return await is_held(connection, _name(settings))
    finally:
        await connection.close()


def _name(settings: Settings) -> str:
    return f"telegram poller {settings.telegram_bot_id}"
