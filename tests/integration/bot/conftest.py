"""A stage (see ``Stage``) over each test's own database and emulators."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram import Bot

from tests.integration.bot.stage import Stage, on_stage
from tests.integration.conftest import Database
from tests.integration.sandbox.conftest import Control, bot, emulators, http, plain_bot, receiver, telegram
from tests.integration.services.desk import Desk

__all__ = ["bot", "emulators", "http", "plain_bot", "receiver", "telegram"]


@pytest.fixture
async def stage(desk: Desk, telegram: Control, bot: Bot, opened: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    """The bot runs, and nobody has used it."""
    async with on_stage(desk, telegram, bot, opened, tmp_path / "tombstones") as made:
        yield made
