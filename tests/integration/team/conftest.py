"""An office (see ``Office``) over each test's own database and emulators."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot

from sandbox.server import Sandbox
from tests.integration.conftest import Database
from tests.integration.sandbox.conftest import Control, bot, emulators, http, receiver, telegram
from tests.integration.services.desk import Desk
from tests.integration.team.counter import Counter, at_the_counter
from tests.integration.team.office import Office, notifier_of

__all__ = ["bot", "emulators", "http", "receiver", "telegram"]


@pytest.fixture
def quiet_office(desk: Desk, bot: Bot, telegram: Control) -> Office:
    """An office in which no process tells anybody anything yet."""
    return Office(desk, bot, telegram, notifier_of(bot))


@pytest.fixture
async def office(desk: Desk, bot: Bot, telegram: Control) -> AsyncIterator[Office]:
    """Nobody is there yet; what is due is shown."""
    made = Office(desk, bot, telegram, notifier_of(bot))
    running = asyncio.create_task(made.notifier.run(made.finish))
    yield made
    made.finish.set()
    await running


@pytest.fixture
async def counter(office: Office, database: Database, emulators: Sandbox) -> AsyncIterator[Counter]:
    """The bot answers what members do."""
    async with at_the_counter(office, database, emulators.telegram_url) as made:
        yield made
