"""A business whose team sits in Telegram: a lead, an attending AI, members, and the notifier that shows them everything."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiogram import Bot

from bot.drawing import Drawing
from bot.notifier import Notifier
from bot.texts import Catalogs
from core.domain.actor import Actor
from core.domain.conversation import Role
from core.services.announcements import Announcements
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from core.services.post_queue import PostQueue
from tests.integration.chats import Chats
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import BOT, FORUM
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE


@dataclass(slots=True)
class Office:
    """What a test needs to let the team work and to see what it sees."""

    desk: Desk
    bot: Bot
    telegram: Control
    notifier: Notifier
    finish: asyncio.Event = field(default_factory=asyncio.Event)
    polled: bool = False
    """Whether somebody asks Telegram for what members do."""

    @property
    def chats(self) -> Chats:
        """What members see and do."""
        return Chats(self.telegram, self.desk)

    @property
    def assignments(self) -> Assignments:
        """Taking turns."""
        return Assignments(self.desk.jobs)

    @property
    def attendance(self) -> Attendance:
        """Answering by hand."""
        return Attendance({self.desk.channel.name: self.desk.channel}, self.desk.jobs)

    async def group(self) -> UUID:
        """The team works in the forum."""
        return await self._chat(chat_id=FORUM, kind="group", title="Equipe")

    async def member(self, user_id: int, name: str, *, role: Role = Role.ATTENDANT, private: bool = True) -> Actor:
        """Somebody who has opened the bot."""
        tenant_id = self.desk.ref.tenant_id
        member_id = await self.desk.seed.member(tenant_id, telegram_user_id=user_id, name=name, role=role)
        if private:
            await self.telegram.post("start", user_id=user_id, bot_id=BOT.id)
            await self._chat(chat_id=user_id, kind="private", member_id=member_id)
        return Actor(tenant_id, member_id, role)

    async def _chat(self, **row: object) -> UUID:
        return await self.desk.seed.insert(
            "telegram_chats", tenant_id=self.desk.ref.tenant_id, bot_id=BOT.id, **{"kind": "private", **row}
        )

    async def hand_off(self, words: str = "Quero falar com um atendente") -> UUID:
        """The lead asks for a person, and the AI hands over."""
        await self.desk.hears(words)
        committed = await self.desk.answers()
        assert committed.hand_off_id is not None
        return committed.hand_off_id

    async def chat(self, chat_id: int) -> dict[str, Any]:
        """What a chat shows."""
        return await self.chats.chat(chat_id)

    async def messages(self, chat_id: int) -> list[dict[str, Any]]:
        """The bot's own messages in a chat."""
        return await self.chats.messages(chat_id)

    async def shows(self, chat_id: int, holds: Callable[[dict[str, Any]], bool] | str) -> dict[str, Any]:
        """Wait until a message of the bot's in that chat holds the words, or fits; the latest of them."""
        fits = (lambda message: holds in message["text"]) if isinstance(holds, str) else holds
        return (await self.chats.shown(chat_id, fits))[-1]

    async def settles(self, statement: str, *values: object) -> None:
        """Wait until the database says yes."""
        async with asyncio.timeout(PATIENCE):
            while not await self.desk.value(statement, *values):
                await asyncio.sleep(0.02)

    async def quiet(self) -> None:
        """Wait until everybody has been told, and nothing is due to be shown or processed."""
        async with asyncio.timeout(PATIENCE):
            while not await self.chats.are_served(polled=self.polled):
                await asyncio.sleep(0.02)


@asynccontextmanager
async def telling(office: Office) -> AsyncIterator[None]:
    """A process of its own tells the team what is due, until the block ends."""
    finish = asyncio.Event()
    running = asyncio.create_task(notifier_of(office.bot).run(finish))
    yield
    finish.set()
    await running


def notifier_of(bot: Bot) -> Notifier:
    """What one process shows."""
    return Notifier(PostQueue(bot.id, lease=5.0), Announcements(), Drawing(bot, Catalogs.load()))
