"""Letting somebody in from the screen: a link to the bot, whose name Telegram tells."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from core.services.members import Person, join
from tests.integration.bot.stage import settings_of
from tests.integration.conftest import Database
from tests.integration.miniapp.client import App
from tests.integration.miniapp.conftest import reach_of, serving
from tests.integration.miniapp.crew import Crew, crew_of, refused, seen
from tests.integration.sandbox.conftest import Control, emulators, http, receiver, telegram
from tests.integration.sandbox.telegram_cast import BOT
from tests.integration.services.desk import Desk

__all__ = ["emulators", "http", "receiver", "telegram"]
NEW = Person(5_000_001_009, "Nina")


@pytest.fixture
async def online(
    desk: Desk, opened: Database, valkey: str, telegram: Control, http: aiohttp.ClientSession
) -> AsyncIterator[Crew]:
    """The crew, whose API reaches Telegram."""
    settings = settings_of(opened, telegram.url).model_copy(update={"redis_url": valkey})
    async with serving(settings, reach_of(desk, http)) as url:
        yield await crew_of(desk, App(url, http))


async def test_who_is_invited_comes_in_as_what_he_was_invited_for(online: Crew) -> None:
    """By a link to the bot, of which nothing is kept that opens it."""
    made = seen(await online["admin"].ask("POST", "/team/invitations", {"role": "manager"}))
    link, _, token = made["link"].partition("?start=")
    assert link == f"https://t.me/{BOT.username}"
    assert await online.desk.value("SELECT count(*) FROM invites WHERE token_hash = $1", token) == 0
    assert (await join(token, NEW)).role == "manager"


async def test_without_telegram_nobody_is_invited(crew: Crew) -> None:
    """No way in is made that could not be told of."""
    assert refused(await crew["admin"].ask("POST", "/team/invitations", {"role": "manager"})) == (503, "unavailable")
    open_ones = "SELECT count(*) FROM invites WHERE used_at IS NULL AND tenant_id = $1"
    assert await crew.desk.value(open_ones, crew.desk.business.tenant_id) == 0
