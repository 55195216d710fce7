"""A business whose team sits in Telegram: a lead, an attending AI, members, and the notifier that shows them everything."""

import asyncio
from collections.abc import Callable
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
from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import BOT, FORUM
from tests.integration.services.desk import Desk

PATIENCE = 10.0


@dataclass(slots=True)
class Office:
    """What a test needs to let the team work and to see what it sees."""

    desk: Desk
    bot: Bot
    telegram: Control
    notifier: Notifier
    finish: asyncio.Event = field(default_factory=asyncio.Event)

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
        chats = (await self.telegram.get("chats", after=-1, chat_id=chat_id, bot_id=BOT.id))["chats"]
        return next((one for one in chats if one["id"] == chat_id), {"messages": [], "topics": []})

    async def messages(self, chat_id: int) -> list[dict[str, Any]]:
        """The bot's own messages in a chat."""
        return [
            message
            for message in (await self.chat(chat_id))["messages"]
            if message.get("from", {}).get("id") == BOT.id and "text" in message
        ]

    async def shows(self, chat_id: int, holds: Callable[[dict[str, Any]], bool] | str) -> dict[str, Any]:
        """Wait until a message of the bot's in that chat holds the words, or fits."""
        fits = (lambda message: holds in message["text"]) if isinstance(holds, str) else holds
        async with asyncio.timeout(PATIENCE):
            while True:
                found = [message for message in await self.messages(chat_id) if fits(message)]
                if found:
                    return found[-1]
                await asyncio.sleep(0.02)

    async def quiet(self) -> None:
        """Wait until everybody has been told and nothing is due to be shown."""
        async with asyncio.timeout(PATIENCE):
            while await self.desk.value(
                "SELECT EXISTS (SELECT 1 FROM notifications WHERE status = 'queued' AND due_at <= now())"
                " OR EXISTS (SELECT 1 FROM telegram_posts p JOIN telegram_chats c ON c.id = p.chat_ref"
                " WHERE p.due_at IS NOT NULL AND c.status = 'active')"
            ):
                await asyncio.sleep(0.02)


def buttons(message: dict[str, Any]) -> list[str]:
    """The words on a message's buttons."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def notifier_of(bot: Bot) -> Notifier:
    """What one process shows."""
    return Notifier(PostQueue(bot.id, lease=5.0), Announcements(), Drawing(bot, Catalogs.load()))
