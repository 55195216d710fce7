"""The team's side of the counter: members tap and write as in their own Telegram, the bot takes it from there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiogram import Bot, Dispatcher

from bot.arrivals import KINDS, RawUpdates, new_update
from bot.handlers.taps import ConversationButtons
from bot.handlers.words import MembersWords
from bot.middlewares import Acting
from bot.processor import Processor
from bot.refused import Refused
from bot.replies import Replies
from bot.texts import Catalogs
from core.services.update_inbox import UpdateInbox
from tests.integration.sandbox.telegram_cast import BOT
from tests.integration.team.office import Office


@dataclass(slots=True)
class Counter:
    """What members do."""

    office: Office

    async def tap(self, user_id: int, chat_id: int, message: dict[str, Any], button: str) -> str:
        """Tap a button; what pops up."""
        body = {"user_id": user_id, "chat_id": chat_id, "bot_id": BOT.id, "message_id": message["message_id"]}
        tapped = await self.office.telegram.post("tap", **body, button=button, wait_ms=8000)
        return str((tapped["answer"] or {}).get("text", ""))

    async def write(self, user_id: int, chat_id: int, text: str, **more: Any) -> int:
        """Write in a chat; the message's number."""
        wrote = await self.office.telegram.post(
            "write", user_id=user_id, chat_id=chat_id, bot_id=BOT.id, text=text, **more
        )
        return int(wrote["message_id"])

    async def reaction(self, chat_id: int, number: int) -> str:
        """What the bot has put on a message."""
        for message in (await self.office.chat(chat_id))["messages"]:
            if message["message_id"] == number:
                return next((one["emoji"] for one in message["reactions"] if one["user_id"] == BOT.id), "")
        return ""

    async def reacted(self, chat_id: int, number: int, emoji: str) -> None:
        """Wait until the bot has put that on a message."""
        async with asyncio.timeout(10):
            while await self.reaction(chat_id, number) != emoji:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def at_the_counter(office: Office) -> AsyncIterator[Counter]:
    """Updates are stored and processed while the block runs."""
    catalogs, replies = Catalogs.load(), Replies(office.bot)
    dispatcher = Dispatcher()
    dispatcher.update.outer_middleware(Acting(catalogs, Refused(replies)))
    dispatcher.include_router(ConversationButtons(office.assignments, office.attendance, replies).router())
    dispatcher.include_router(MembersWords(office.attendance, replies).router())
    inbox = UpdateInbox(BOT.id)
    processor = Processor(inbox, office.bot, dispatcher, done=office.notifier.wake)
    tasks = [
        asyncio.create_task(_poll(office.bot, inbox, processor)),
        asyncio.create_task(processor.run(office.finish)),
    ]
    try:
        yield Counter(office)
    finally:
        office.finish.set()
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _poll(bot: Bot, inbox: UpdateInbox, processor: Processor) -> None:
    offset = None
    while True:
        raw = await bot(RawUpdates(offset=offset, timeout=2, allowed_updates=list(KINDS)))
        if raw:
            await inbox.store([new_update(one) for one in raw])
            processor.wake()
            offset = raw[-1]["update_id"] + 1
