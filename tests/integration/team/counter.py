"""The team's side of the counter: members tap and write as in their own Telegram, the bot takes it from there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.telegram import build_desk
from tests.integration.bot.stage import poller_of, running, settings_of
from tests.integration.conftest import Database
from tests.integration.sandbox.telegram_cast import BOT
from tests.integration.team.office import Office
from tests.patience import PATIENCE


@dataclass(slots=True)
class Counter:
    """What members do."""

    office: Office

    async def tap(self, user_id: int, chat_id: int, message: dict[str, Any], button: str) -> str:
        """Tap a button; what pops up."""
        return await self.office.chats.tap(user_id, chat_id, message["message_id"], button)

    async def write(self, user_id: int, chat_id: int, text: str, **more: Any) -> int:
        """Write in a chat; the message's number."""
        return await self.office.chats.write(user_id, text, chat_id=chat_id, **more)

    async def reaction(self, chat_id: int, number: int) -> str:
        """What the bot has put on a message."""
        for message in (await self.office.chat(chat_id))["messages"]:
            if message["message_id"] == number:
                return next((one["emoji"] for one in message["reactions"] if one["user_id"] == BOT.id), "")
        return ""

    async def reacted(self, chat_id: int, number: int, emoji: str) -> None:
        """Wait until the bot has put that on a message."""
        async with asyncio.timeout(PATIENCE):
            while await self.reaction(chat_id, number) != emoji:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def at_the_counter(office: Office, database: Database, telegram_url: str) -> AsyncIterator[Counter]:
    """Updates are asked for, stored and processed while the block runs."""
    channels = {office.desk.channel.name: office.desk.channel}
    work = build_desk(settings_of(database, telegram_url), office.bot, channels, office.desk.jobs)
    async with running(work.processor, poller_of(office.bot, database, work.processor.wake)):
        office.polled = True
        yield Counter(office)
        office.polled = False
