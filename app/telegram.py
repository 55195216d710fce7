"""The team's bot, put together: what every process that runs a part of it needs."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import ClientSession

from app.provider_session import provider_session
from app.settings import Settings
from app.tombstones import tombstone_journal
from bot.desk import TelegramDesk
from bot.dispatcher import Services, build_dispatcher
from bot.drawing import Drawing
from bot.menu_button import MenuButtons
from bot.notifier import Notifier
from bot.panel import Panel
from bot.processor import LEASE_SECONDS, Processor
from bot.registration import Registration, WebhookAddress
from bot.replies import Replies
from bot.texts import Catalogs
from channels.base import Channel
from core.domain.ports import Jobs
from core.services.accounts import Accounts
from core.services.announcements import Announcements
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from core.services.channel_desk import ChannelDesk
from core.services.connections import Connections
from core.services.dead_letters import DeadLetters
from core.services.erasure import Erasures
from core.services.failures import Failures
from core.services.post_queue import PostQueue
from core.services.sealing import Sealer
from core.services.update_inbox import UpdateInbox

_CALL_SECONDS: Final = 30.0


class _Session(AiohttpSession):
    """Aiogram's, through the proxy that all providers are reached by."""

    async def create_session(self) -> ClientSession:
        """The session that is open, or one that is made now."""
        if self._session is None or self._session.closed:
            self._session = provider_session(connector=self._connector_type(**self._connector_init))
        return self._session


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncIterator[Bot]:
    """The Bot API's client, until the block ends."""
    api = TelegramAPIServer.from_base(settings.telegram_api_url)
    bot = Bot(settings.telegram_bot_token, session=_Session(api=api, timeout=_CALL_SECONDS))
    try:
        yield bot
    finally:
        await bot.session.close()


def build_desk(settings: Settings, bot: Bot, channels: Mapping[str, Channel], jobs: Jobs) -> TelegramDesk:
    """The loops of one process."""
    catalogs, replies = Catalogs.load(), Replies(bot)
    panel = Panel(bot, settings.miniapp_url) if settings.miniapp_url else None
    notifier = Notifier(PostQueue(bot.id), Announcements(), Drawing(bot, catalogs, panel))
    services, menus = _services(settings, channels, jobs), MenuButtons(panel, catalogs)
    dispatcher = build_dispatcher(services, catalogs, replies, menus, panel)
    processor = Processor(UpdateInbox(bot.id, lease=LEASE_SECONDS), bot, dispatcher, done=notifier.wake)
    return TelegramDesk(processor, notifier, Registration(bot, catalogs, webhook_address(settings), panel))


def _services(settings: Settings, channels: Mapping[str, Channel], jobs: Jobs) -> Services:
    sealer = Sealer(settings.secret_keys)
    accounts = Accounts(sealer, time.monotonic)
    return Services(
        assignments=Assignments(jobs),
        attendance=Attendance(channels, jobs),
        channels=ChannelDesk(Connections(sealer), accounts, channels),
        failures=Failures(DeadLetters(jobs)),
        erasures=Erasures(tombstone_journal(settings)),
        operators=settings.operator_ids,
        windows={name: channel.capabilities.window for name, channel in channels.items()},
    )


def webhook_address(settings: Settings) -> WebhookAddress | None:
    """Where updates are to be brought; ``None`` when they are asked for."""
    if not settings.telegram_webhook_url:
        return None
    return WebhookAddress(settings.telegram_webhook_url, settings.telegram_webhook_secrets[0])
