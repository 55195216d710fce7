"""Updates brought: nothing is looked at that is not Telegram's, nothing is answered that is not stored."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.types import BotCommandScopeAllPrivateChats
from aiohttp import web

from app.settings import Settings
from app.telegram_webhook import telegram_webhook
from bot.arrivals import KINDS
from bot.registration import Registration, WebhookAddress
from bot.texts import Catalogs
from tests.integration.bot.stage import SECRET_KEY, running, settings_of
from tests.integration.conftest import Database
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import ANA, BOT
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE

STORED = "SELECT count(*) FROM telegram_updates"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {"update_id": 7, "message": {"message_id": 1, "date": 0, "chat": {"id": ANA, "type": "private"}, "text": "Oi"}}


@asynccontextmanager
async def _served(settings: Settings) -> AsyncIterator[str]:
    """The web process's part; where it listens."""
    webhook = telegram_webhook(settings)
    assert webhook is not None
    application = web.Application(client_max_size=4 * 1024 * 1024)
    application.add_routes(webhook.routes())
    runner = web.AppRunner(application, lingering_time=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def site(opened: Database, telegram: Control) -> AsyncIterator[str]:
    """Where Telegram brings updates to."""
    async with _served(settings_of(opened, telegram.url, webhook_url="http://127.0.0.1:9")) as url:
        yield url


def _secret(database: Database) -> str:
    return settings_of(database, "http://127.0.0.1:9").telegram_webhook_secrets[0]


async def _post(
    http: aiohttp.ClientSession, url: str, secret: str | None, body: Any = UPDATE, bot_id: int = BOT.id
) -> int:
    data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    headers = {} if secret is None else {HEADER: secret}
    async with http.post(f"{url}/telegram/{bot_id}", data=data, headers=headers) as response:
        return response.status


async def test_telegrams_own_update_is_stored(
    desk: Desk, site: str, http: aiohttp.ClientSession, opened: Database
) -> None:
    """It is on disk before the answer, in its chat's lane, as it came."""
    assert await _post(http, site, _secret(opened)) == 200
    assert await desk.rows("SELECT bot_id, update_id, lane FROM telegram_updates") == [(BOT.id, 7, ANA)]
    assert json.loads(await desk.value("SELECT body FROM telegram_updates")) == UPDATE


@pytest.mark.parametrize("secret", [None, "", "guess", "ção"])
@pytest.mark.parametrize("body", [UPDATE, b"{", b"x" * 2_000_000])
async def test_who_does_not_know_the_secret_is_not_read(
    desk: Desk, site: str, http: aiohttp.ClientSession, secret: str | None, body: Any
) -> None:
    """The same answer whatever the body is: nobody has looked at it."""
    assert await _post(http, site, secret, body) == 401
    assert await desk.value(STORED) == 0


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"[]", 400), (b'{"update_id": "7"}', 400), (b"x" * 1_100_000, 413)]
)
async def test_what_is_no_update_is_refused(
    site: str, http: aiohttp.ClientSession, opened: Database, body: bytes, status: int
) -> None:
    """Too large or of another shape."""
    assert await _post(http, site, _secret(opened), body) == status


async def test_a_body_without_an_announced_length_is_measured_too(
    desk: Desk, site: str, http: aiohttp.ClientSession, opened: Database
) -> None:
    """It is read no further than an update can be long."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    async with http.post(f"{site}/telegram/{BOT.id}", data=endless(), headers={HEADER: _secret(opened)}) as response:
        assert response.status == 413


async def test_another_bot_is_not_here(site: str, http: aiohttp.ClientSession, opened: Database) -> None:
    """Whatever secret it brings."""
    assert await _post(http, site, _secret(opened), bot_id=1) == 404


async def test_an_update_that_comes_again_is_kept_once(
    desk: Desk, site: str, http: aiohttp.ClientSession, opened: Database
) -> None:
    """Each time it is answered as the first time."""
    assert [await _post(http, site, _secret(opened)) for _ in range(3)] == [200, 200, 200]
    assert await desk.value(STORED) == 1


async def test_while_the_database_is_away_telegram_keeps_it(
    desk: Desk, site: str, http: aiohttp.ClientSession, opened: Database
) -> None:
    """It is put off, and brought again."""
    await desk.run("ALTER TABLE telegram_updates RENAME TO away")
    assert await _post(http, site, _secret(opened)) == 503
    await desk.run("ALTER TABLE away RENAME TO telegram_updates")
    assert await _post(http, site, _secret(opened)) == 200


async def test_a_secret_of_an_old_key_is_known(
    opened: Database, telegram: Control, http: aiohttp.ClientSession
) -> None:
    """While keys are rotated, what Telegram was told before still proves itself."""
    new = base64.b64encode(bytes(32)).decode()
    rotated = settings_of(opened, telegram.url, webhook_url="http://127.0.0.1:9")
    rotated = rotated.model_copy(update={"secret_key": f"{new},{SECRET_KEY}"})
    async with _served(rotated) as url:
        assert await _post(http, url, _secret(opened)) == 200


async def test_the_webhook_is_registered_once(bot: Bot, telegram: Control, site: str, opened: Database) -> None:
    """With its secret and the kinds of updates that we want; a second process finds it as it should be."""
    address = WebhookAddress(site, _secret(opened))
    for _ in range(2):
        await Registration(bot, Catalogs.load(), address).tell()
    known = await bot.get_webhook_info()
    assert (known.url, sorted(known.allowed_updates or ())) == (address.url(bot.id), sorted(KINDS))
    assert len(await telegram.events("telegram_webhook_set")) == 1


async def test_another_secret_is_registered_anew(bot: Bot, telegram: Control, site: str) -> None:
    """Telegram does not tell which secret it has: the address does."""
    for secret in ("one", "two"):
        await Registration(bot, Catalogs.load(), WebhookAddress(site, secret)).tell()
    assert len(await telegram.events("telegram_webhook_set")) == 2


async def test_telegram_brings_updates_to_what_was_registered(
    desk: Desk, bot: Bot, telegram: Control, site: str, opened: Database
) -> None:
    """The whole way: registered through an outage, written by a person, stored."""
    await telegram.post("faults", match={"method": "getWebhookInfo"}, action="status", http=502)
    async with running(Registration(bot, Catalogs.load(), WebhookAddress(site, _secret(opened)))):
        await telegram.post("write", user_id=ANA, bot_id=BOT.id, text="Oi")
        async with asyncio.timeout(PATIENCE):
            while await desk.value(STORED) == 0:
                await asyncio.sleep(0.01)
    assert await desk.value("SELECT lane FROM telegram_updates") == ANA


async def test_the_commands_are_told_in_both_languages(bot: Bot, telegram: Control) -> None:
    """Under the menu everybody finds them by the names of his language."""
    await Registration(bot, Catalogs.load(), None).tell()
    await telegram.post("start", user_id=ANA, bot_id=BOT.id)
    shown = (await telegram.get("chats", after=-1, chat_id=ANA, bot_id=BOT.id))["chats"][0]["commands"]
    assert [one["command"] for one in shown][:3] == ["status", "online", "offline"]
    assert "equipe" in {one["command"] for one in shown}
    assert "team" in {one.command for one in await bot.get_my_commands(scope=BotCommandScopeAllPrivateChats())}
