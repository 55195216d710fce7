"""One lead and what he gets: for tests that follow a single conversation through real processes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from tests.acceptance.faults.dump import MessageRow, TurnRow
from tests.acceptance.faults.history import Accepted, Asked
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS
from tests.patience import PATIENCE_WITH_PROCESSES

QUESTION: Final = "Qual é o endereço da empresa?"


@dataclass(slots=True)
class Dialogue:
    """A lead of the first shop, who is new in every test."""

    run: Run
    who: Who = field(init=False)
    said: int = 0

    def __post_init__(self) -> None:
        self.who = Who(self.run.number, 0, 1)

    async def say(self, text: str = QUESTION, *, copies: int = 1) -> str:
        """Write one message and wait until it is acknowledged; its token."""
        self.said += 1
        token = self.who.token(self.said)
        await self.run.emulator.write(
            SHOPS[0].number_id,
            self.who.phone,
            f"{text} {token}",
            copies=copies,
            urls=self.run.stage.web_urls,
            wait=True,
        )
        return token

    async def answers(self, count: int) -> list[Accepted]:
        """What the provider took for the lead, once there are so many."""

        async def enough() -> bool:
            return len(self.run.history().accepted) >= count

        await until(enough, f"{count} answers")
        return self.run.history().accepted

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        await self.run.drain()

    async def conversation(self) -> asyncpg.Record:
        """The lead's newest conversation."""
        rows = await self.run.database.fetch(
            "SELECT c.* FROM conversations c JOIN leads l ON l.id = c.lead_id WHERE l.phone = $1 ORDER BY c.created_at DESC",
            self.who.phone,
        )
        return rows[0]

    async def change(self, assignments: str) -> None:
        """Change the lead's newest conversation behind everybody's back."""
        conversation = await self.conversation()
        await self.run.database.execute(f"UPDATE conversations SET {assignments} WHERE id = $1", conversation["id"])

    async def messages(self) -> tuple[MessageRow, ...]:
        """The lead's stored messages, in order."""
        return (await self.run.dump()).messages

    async def turns(self) -> tuple[TurnRow, ...]:
        """The lead's turns, in order."""
        return (await self.run.dump()).turns

    def asked(self) -> list[Asked]:
        """What the model was asked about turns, in order."""
        return [ask for ask in self.run.history().asked if ask.decision]

    async def hold_model(self, token: str, times: int = 1) -> None:
        """Let the model's next calls about that message wait for their release."""
        await self.run.emulator.claude.arm("hold", {"lead_text_contains": token}, times=times)

    async def held(self) -> None:
        """Wait until such a call is there."""
        assert await self.run.emulator.claude.held(1, PATIENCE_WITH_PROCESSES), "the model was not asked"

    async def let_go(self) -> None:
        """Release it and wait until it has left."""
        held = await self.run.emulator.claude.held(0, 0)
        for call in held:
            await self.run.emulator.claude.release(call["id"])


async def until(holds: Callable[[], Awaitable[bool]], what: str, seconds: float = PATIENCE_WITH_PROCESSES) -> None:
    """Wait until ``holds`` says so."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"waited {seconds} s for {what}")
        await asyncio.sleep(0.05)
