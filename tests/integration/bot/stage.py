"""The bot as a process runs it, over a real database and the emulated Bot API; and people who use it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from aiogram import Bot

from app.settings import Settings
from app.telegram import build_desk
from bot.desk import TelegramDesk
from bot.poller import Poller
from core.domain.conversation import Role
from core.services import members
from core.services.update_inbox import UpdateInbox
from db.advisory_lock import AdvisoryLock
from tests.integration.chats import Chats
from tests.integration.conftest import Database
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import BOT
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE

SECRET_KEY = "dGVzdHMgb25seSwgMzIgYnl0ZXMgb2YgYSBrZXkuLi4="
"""The key of the tests' own sealer."""
NAMES = {5_300_000_001: "Ana", 5_300_000_002: "Bia", 903: "Caio"}


def settings_of(database: Database, telegram_url: str, *, webhook_url: str = "") -> Settings:
    """A process's settings as far as the bot looks at them."""
    return Settings(
        secret_key=SECRET_KEY,
        database_url=database.owner,
        redis_url="redis://nobody",
        telegram_bot_token=BOT.token,
        telegram_api_url=telegram_url,
        telegram_webhook_url=webhook_url,
    )


def poller_of(bot: Bot, database: Database, stored: Callable[[], None] = lambda: None, **more: Any) -> Poller:
    """One process's poller, with short breaths."""

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(database.platform, timeout=PATIENCE)

    times = {"poll_seconds": 2, "standby_seconds": 0.05, **more}
    return Poller(bot, UpdateInbox(bot.id), AdvisoryLock(connect, "poller"), stored=stored, **times)


@asynccontextmanager
async def running(*loops: Any) -> AsyncIterator[asyncio.Event]:
    """Everything that has a ``run(finish)`` runs while the block does."""
    finish = asyncio.Event()
    tasks = [asyncio.create_task(loop.run(finish)) for loop in loops]
    try:
        yield finish
    finally:
        finish.set()
        await asyncio.gather(*tasks)


@dataclass(slots=True)
class Stage:
    """What a test needs to let people use the bot and to see what they see."""

    desk: Desk
    telegram: Control
    bot: Bot
    database: Database
    work: TelegramDesk
    told: dict[int, int] = field(default_factory=dict)
    """By chat, up to which message a test has looked."""

    @property
    def chats(self) -> Chats:
        """What people see and do."""
        return Chats(self.telegram, self.desk)

    @property
    def tenant_id(self) -> UUID:
        """The desk's business."""
        return self.desk.business.tenant_id

    async def member(
        self, user_id: int, role: Role = Role.ATTENDANT, *, language: str = "pt-BR", tenant_id: UUID | None = None
    ) -> UUID:
        """A person is in the team, and has opened the bot."""
        member_id = await self.desk.seed.member(
            tenant_id or self.tenant_id, role=role, telegram_user_id=user_id, name=NAMES[user_id], language=language
        )
        await self.starts(user_id)
        return member_id

    async def starts(self, user_id: int, payload: str = "") -> dict[str, Any]:
        """Open the bot by a link; what it says."""
        started = await self.telegram.post("start", user_id=user_id, bot_id=BOT.id, payload=payload)
        return await self._answer(user_id, started["message_id"])

    async def asks(self, user_id: int, text: str, chat_id: int | None = None, **more: Any) -> dict[str, Any]:
        """Write to the bot; what it answers."""
        wrote = await self.says(user_id, text, chat_id, **more)
        return await self._answer(chat_id or user_id, wrote)

    async def says(self, user_id: int, text: str, chat_id: int | None = None, **more: Any) -> int:
        """Write; the message's number."""
        where = {"chat_id": chat_id} if chat_id else {}
        return await self.chats.write(user_id, text, **where, **more)

    async def taps(self, user_id: int, message: dict[str, Any], button: str) -> str:
        """Tap a button of a message; what pops up."""
        chat_id = message["chat"]["id"]
        await self._unpaced()
        self.told[chat_id] = max(self.told.get(chat_id, 0), *(one["message_id"] for one in await self._own(chat_id)))
        return await self.chats.tap(user_id, chat_id, message["message_id"], button)

    async def next(self, chat_id: int) -> dict[str, Any]:
        """What the bot says after what was tapped."""
        return await self._answer(chat_id, self.told.get(chat_id, 0))

    async def shows(self, chat_id: int, words: str) -> dict[str, Any]:
        """Wait until a message of the bot's holds these words."""
        return await self._wait(chat_id, lambda message: words in message["text"])

    async def said(self, chat_id: int) -> list[str]:
        """Everything that the bot has said there."""
        return [message["text"] for message in await self._own(chat_id)]

    async def quiet(self) -> None:
        """Wait until everything that came is processed, and what is due is shown."""
        async with asyncio.timeout(PATIENCE):
            while not await self.chats.are_served(polled=True):
                await self._unpaced()
                await asyncio.sleep(0.02)

    async def audited(self) -> list[tuple[str, str]]:
        """The audit log of the business: who did what."""
        return await self.desk.rows(
            "SELECT actor, action FROM audit_log WHERE tenant_id = $1 ORDER BY created_at, id", self.tenant_id
        )

    async def _answer(self, chat_id: int, after: int) -> dict[str, Any]:
        await self._unpaced()
        return await self._wait(chat_id, lambda message: message["message_id"] > after)

    async def _wait(self, chat_id: int, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        return (await self.chats.shown(chat_id, fits))[0]

    async def _own(self, chat_id: int) -> list[dict[str, Any]]:
        return await self.chats.messages(chat_id)

    async def _unpaced(self) -> None:
        """The pace of chats is the notifier's matter: here nobody waits for it."""
        await self.desk.run("UPDATE telegram_chats SET next_at = NULL, tokens = 20")


@asynccontextmanager
async def on_stage(
    desk: Desk, telegram: Control, bot: Bot, database: Database, tombstones: Path | None = None
) -> AsyncIterator[Stage]:
    """The whole bot runs: asks for updates, processes them, shows what is due."""
    channels = {desk.channel.name: desk.channel}
    settings = settings_of(database, telegram.url).model_copy(update={"tombstones": tombstones})
    work = build_desk(settings, bot, channels, desk.jobs)
    async with running(work, poller_of(bot, database, work.processor.wake)):
        yield Stage(desk, telegram, bot, database, work)


async def invitation(stage: Stage, role: Role = Role.ATTENDANT, **more: Any) -> str:
    """A way in, made by the operator; its token."""
    return (await members.invite(stage.tenant_id, role, by=None, **more)).token
