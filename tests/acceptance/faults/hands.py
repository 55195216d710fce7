"""Members at work in the emulated Telegram: they find buttons, tap them, and write."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from bot.taps import ConversationTap, Verb
from tests.acceptance.faults.emulator import RefusedError
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS
from tests.acceptance.faults.team import BOT_ID, Mate
from tests.patience import PATIENCE

_ANSWER_MS: Final = 15_000
_CONVERSATION: Final = """
SELECT c.id, c.tenant_id, c.status FROM conversations c JOIN leads l ON l.id = c.lead_id
JOIN channel_accounts a ON a.id = c.channel_account_id WHERE l.phone = $1 AND a.external_id = $2"""
_SPOTS: Final = """
SELECT c.chat_id, k.number, p.thread_id FROM telegram_messages k JOIN telegram_chats c ON c.id = k.chat_ref
LEFT JOIN telegram_posts p ON p.chat_ref = k.chat_ref AND p.number = k.number AND p.kind <> 'tick'
WHERE k.conversation_id = $1 AND k.purpose = $2 ORDER BY c.chat_id, k.number"""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Talk:
    """A lead's conversation."""

    id: UUID
    tenant_id: UUID
    status: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A message of the bot's about a conversation."""

    chat_id: int
    number: int
    thread_id: int | None


@dataclass(frozen=True, slots=True)
class Hands:
    """What any member does in one run."""

    run: Run

    async def talk(self, who: Who) -> Talk:
        """The conversation, once it is there."""

        async def found() -> Talk | None:
            row = await self.run.row(_CONVERSATION, who.phone, SHOPS[who.tenant].number_id)
            return Talk(**row) if row else None

        return await until(found, f"a conversation with {who.token(0)}")

    async def spots(self, talk: Talk, purpose: str) -> list[Spot]:
        """The bot's messages about it, oldest first in each chat."""
        return [Spot(**row) for row in await self.run.rows(_SPOTS, talk.id, purpose)]

    async def spot(self, talk: Talk, mate: Mate, purpose: str) -> Spot:
        """The latest of those that this member can see, once there is one, and it is known in which topic of a group.

        What a message means is kept before the rest of what is known of it: who reads the database may come between.
        """

        async def found() -> Spot | None:
            seen = [spot for spot in await self.spots(talk, purpose) if spot.thread_id or spot.chat_id == mate.id]
            return seen[-1] if seen else None

        return await until(found, f"a {purpose} of {talk.id} for {mate.name}")

    async def tap(self, mate: Mate, spot: Spot, talk: Talk, verb: Verb, *, wait: bool = True) -> str:
        """Tap that button once it is there; what pops up, where it is waited for."""

        async def tapped() -> str | None:
            return await self.try_tap(mate, spot, talk, verb, wait=wait)

        return await until(tapped, f"the button {verb} for {talk.id}")

    async def try_tap(self, mate: Mate, spot: Spot, talk: Talk, verb: Verb, *, wait: bool = True) -> str | None:
        """Tap that button if it is there; what pops up, or nothing where there is no such button."""
        data = ConversationTap.about(verb, talk.tenant_id, talk.id).pack()
        body = {"user_id": mate.id, "chat_id": spot.chat_id, "bot_id": BOT_ID, "message_id": spot.number}
        try:
            told = await self.run.emulator.telegram.post(
                "tap", {**body, "button": data, "wait_ms": _ANSWER_MS if wait else 0}
            )
        except RefusedError:
            return None
        return str(told["answer"]["text"]) if told["answer"] else ""

    async def write(self, mate: Mate, spot: Spot, text: str, *, reply: bool = False) -> int:
        """Write in the lead's topic, or in the private chat; the number of the message."""
        body: dict[str, object] = {"user_id": mate.id, "chat_id": spot.chat_id, "bot_id": BOT_ID, "text": text}
        if spot.chat_id < 0:
            body["thread_id"] = spot.thread_id
        if reply:
            body["reply_to"] = spot.number
        return int((await self.run.emulator.telegram.post("write", body))["message_id"])


async def until(found: Callable[[], Awaitable[_T | None]], what: str, seconds: float = PATIENCE) -> _T:
    """Look until there is something."""
    deadline = asyncio.get_running_loop().time() + seconds
    while (thing := await found()) is None:
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        await asyncio.sleep(0.15)
    return thing
