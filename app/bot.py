"""The bot's process: asks Telegram for updates where they are not brought, processes them, shows the team what is due."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog
import uvloop

from app.database import open_live_database
from app.observability import Probe, new_registry, side_door
from app.poller_lock import poller_lock
from app.provider_session import provider_session
from app.settings import Settings
from app.stopping import stop_event, stopped
from app.telegram import build_desk, open_bot
from bot.desk import TelegramDesk
from bot.poller import Poller
from channels.registry import build_channels
from core.services.update_inbox import UpdateInbox
from db.database import database_ready
from pipeline.connection import publisher_client
from pipeline.jobs import QueueJobs
from pipeline.publisher import StreamPublisher

log = structlog.get_logger(__name__)

_POOL: Final = 10


@dataclass(frozen=True, slots=True)
class BotProcess:
    """The bot, built and not yet running. Without a ``poller`` updates are brought to the web process."""

    desk: TelegramDesk
    poller: Poller | None

    async def run(self, finish: asyncio.Event) -> None:
        """Work until ``finish`` is set; then what is under way is finished."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self.desk.run(finish))
            if self.poller is not None:
                loops.create_task(self.poller.run(finish))


def run_bot_process(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings))


async def _work(settings: Settings) -> None:
    finish = stop_event()
    if settings.telegram_bot_token:
        async with open_bot_process(settings) as process:
            log.info("bot.started", polls=process.poller is not None)
            await process.run(finish)
    else:
        log.warning("bot.off", mend="set TELEGRAM_BOT_TOKEN to the token that BotFather gave")
        async with side_door(settings, new_registry(), ()):
            await finish.wait()
    stopped()
    log.info("bot.ended")


@asynccontextmanager
async def open_bot_process(settings: Settings) -> AsyncIterator[BotProcess]:
    """The bot with every connection behind it, until the block ends."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(open_live_database(settings, process="bot", pool=_POOL))
        session = await stack.enter_async_context(provider_session())
        await stack.enter_async_context(side_door(settings, new_registry(), (Probe("database", database_ready),)))
        nudges = publisher_client(settings.redis_url, name="reveza-bot")
        stack.push_async_callback(nudges.aclose)
        bot = await stack.enter_async_context(open_bot(settings))
        channels = build_channels(session, settings.channel_settings)
        desk = build_desk(settings, bot, channels, QueueJobs(StreamPublisher(nudges, time.monotonic)))
        if settings.telegram_webhook_url:
            yield BotProcess(desk, None)
        else:
            inbox = UpdateInbox(bot.id)
            yield BotProcess(desk, Poller(bot, inbox, poller_lock(settings), stored=desk.processor.wake))
