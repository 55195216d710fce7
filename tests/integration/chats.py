"""What people see and do in the emulated Telegram, and when there is nothing left to be done for them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.integration.sandbox.conftest import Control
from tests.integration.sandbox.telegram_cast import BOT
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE

Message = dict[str, Any]
_TAP_MS: Final = 30_000
_LEFT: Final = """
SELECT EXISTS (SELECT 1 FROM telegram_updates WHERE done_at IS NULL)
    OR EXISTS (SELECT 1 FROM notifications WHERE status = 'queued' AND due_at <= now())
    OR EXISTS (SELECT 1 FROM telegram_posts p JOIN telegram_chats c ON c.id = p.chat_ref
               WHERE p.due_at IS NOT NULL AND c.status = 'active')"""


@dataclass(frozen=True, slots=True)
class Chats:
    """The chats of everybody; ``desk`` is whose database the bot works with."""

    telegram: Control
    desk: Desk

    async def chat(self, chat_id: int) -> dict[str, Any]:
        """What a chat shows."""
        chats = (await self.telegram.get("chats", after=-1, chat_id=chat_id, bot_id=BOT.id))["chats"]
        return next((one for one in chats if one["id"] == chat_id), {"messages": [], "topics": []})

    async def messages(self, chat_id: int) -> list[Message]:
        """The bot's own messages in a chat, oldest first."""
        shown = (await self.chat(chat_id))["messages"]
        return [one for one in shown if one.get("from", {}).get("id") == BOT.id and "text" in one]

    async def shown(self, chat_id: int, fits: Callable[[Message], bool]) -> Sequence[Message]:
        """Those that fit, once there are any."""
        async with asyncio.timeout(PATIENCE):
            while not (found := [message for message in await self.messages(chat_id) if fits(message)]):
                await asyncio.sleep(0.02)
        return found

    async def write(self, user_id: int, text: str, **more: Any) -> int:
        """Write in a chat; the message's number."""
        wrote = await self.telegram.post("write", user_id=user_id, bot_id=BOT.id, text=text, **more)
        return int(wrote["message_id"])

    async def tap(self, user_id: int, chat_id: int, number: int, button: str) -> str:
        """Tap a button of a message; what pops up."""
        where = {"user_id": user_id, "chat_id": chat_id, "bot_id": BOT.id, "message_id": number}
        tapped = await self.telegram.post("tap", **where, button=button, wait_ms=_TAP_MS)
        return str((tapped["answer"] or {}).get("text", ""))

    async def are_served(self, *, polled: bool) -> bool:
        """Whether everybody has been told, and all is shown and processed; ``polled``: what waits at Telegram counts too."""
        # In this order: an update leaves Telegram's queue when it stands in the database.
        if polled and (await self.telegram.get("updates", bot_id=BOT.id))["updates"]:
            return False
        return not await self.desk.value(_LEFT)


def buttons(message: Message) -> list[str]:
    """The words on a message's buttons."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]
