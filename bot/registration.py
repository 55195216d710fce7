"""What Telegram is told about the bot at the start: its commands, where its panel is, and where updates are brought."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramRetryAfter
from aiogram.types import BotCommand

from bot.arrivals import KINDS
from bot.commands import menus
from bot.menu_button import WORDS
from bot.panel import Panel
from bot.texts import DEFAULT, Catalogs
from core.domain.backoff import backoff

log = structlog.get_logger(__name__)

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_LOOK_AGAIN_SECONDS: Final = 300.0
"""Somebody may take the webhook away: it is looked after for as long as the process runs."""
_CONNECTIONS: Final = 40


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """Where Telegram brings updates, and what it proves itself with."""

    base: str
    secret: str

    def url(self, bot_id: int) -> str:
        """The address. Telegram does not tell which secret it has; this does, by the number at its end."""
        mark = hashlib.sha256(self.secret.encode()).hexdigest()[:8]
        return f"{self.base}/telegram/{bot_id}?secret={mark}"


class Registration:
    """Tells Telegram what is not as it should be; several processes may do so at once."""

    def __init__(
        self, bot: Bot, catalogs: Catalogs, webhook: WebhookAddress | None, panel: Panel | None = None
    ) -> None:
        self._bot = bot
        self._panel = panel
        self._catalogs = catalogs
        self._webhook = webhook

    async def run(self, finish: asyncio.Event) -> None:
        """Until it is told, then now and again, until ``finish`` is set."""
        failures = 0
        while not finish.is_set():
            try:
                await self.tell()
            except AiogramError as error:
                log.warning("registration.failed", error=type(error).__name__)
                failures += 1
                pause = backoff(_FIRST_PAUSE, _LONGEST_PAUSE, failures)
                if isinstance(error, TelegramRetryAfter):
                    pause = float(error.retry_after)
            else:
                failures, pause = 0, _LOOK_AGAIN_SECONDS
            await _rest(finish, pause)

    async def tell(self) -> None:
        """Everything, once. Raises what Telegram answers."""
        if self._webhook is not None:
            await self._tell_webhook(self._webhook)
        for menu in menus(self._catalogs):
            known = await self._bot.get_my_commands(scope=menu.scope, language_code=menu.language)
            if _pairs(known) != _pairs(menu.commands):
                await self._bot.set_my_commands(list(menu.commands), scope=menu.scope, language_code=menu.language)
        if self._panel is not None:
            # One for everybody who has not written yet: its words are in the language of most.
            await self._panel.tell_menu(self._catalogs.of(DEFAULT).plain(WORDS))

    async def _tell_webhook(self, webhook: WebhookAddress) -> None:
        url = webhook.url(self._bot.id)
        known = await self._bot.get_webhook_info()
        if known.url == url and set(known.allowed_updates or ()) == set(KINDS):
            return
        await self._bot.set_webhook(
            url, secret_token=webhook.secret, allowed_updates=list(KINDS), max_connections=_CONNECTIONS
        )
        log.info("telegram.webhook_set")


def _pairs(commands: Sequence[BotCommand]) -> list[tuple[str, str]]:
    return [(one.command, one.description) for one in commands]


async def _rest(finish: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await finish.wait()
    except TimeoutError:
        return
