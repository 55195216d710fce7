"""Who takes part in the Telegram tests: two bots, three people, a forum and a basic group."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import GetUpdates
from aiogram.types import Update

from sandbox.telegram.config import TelegramBot, TelegramConfig, TelegramGroup, TelegramSettings, TelegramUser

BOT = TelegramBot(token="7001:AAE-main_bot", first_name="Reveza", username="reveza_bot")
OTHER_BOT = TelegramBot(token="7002:AAE-plain_bot", first_name="Outro", username="outro_bot")
ANA = 5_300_000_001
BIA = 5_300_000_002
CAIO = 903
FORUM = -1_001_000_000_077
GROUP = -4_077
PEOPLE = (
    TelegramUser(id=ANA, first_name="Ana", last_name="Lima", username="analima", language_code="pt-br"),
    TelegramUser(id=BIA, first_name="Bia", language_code="en"),
    TelegramUser(id=CAIO, first_name="Caio"),
)
GROUPS = (
    TelegramGroup(id=FORUM, title="Equipe", is_forum=True, members=(ANA, BIA, OTHER_BOT.id), admins=(BOT.id,)),
    TelegramGroup(id=GROUP, title="Turma", type="group", members=(ANA, BIA, BOT.id, OTHER_BOT.id)),
)
QUICK = TelegramSettings(retry_first_ms=20, retry_max_ms=80)
TELEGRAM = TelegramConfig(bots=(BOT, OTHER_BOT), users=PEOPLE, groups=GROUPS, settings=QUICK)


@asynccontextmanager
async def open_bot(bot: TelegramBot, url: str) -> AsyncIterator[Bot]:
    """The client of aiogram, told nothing but where the Bot API is."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(url), timeout=10)
    yield Bot(bot.token, session=session)
    # The session's own close waits a quarter of a second for TLS, which nobody speaks here.
    if session._session is not None:
        await session._session.close()


@asynccontextmanager
async def polling(dispatcher: Dispatcher, bot: Bot) -> AsyncIterator[None]:
    """The dispatcher polls while the block runs."""
    task = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False, polling_timeout=1)
    )
    try:
        yield
    finally:
        with suppress(RuntimeError):
            await dispatcher.stop_polling()
        await task


async def updates(bot: Bot, kinds: Iterable[str] | None = None) -> list[Update]:
    """Take and confirm what waits for the bot."""
    taken = await bot.get_updates(allowed_updates=list(kinds) if kinds is not None else None)
    if taken:
        await bot(GetUpdates(offset=taken[-1].update_id + 1))
    return taken
