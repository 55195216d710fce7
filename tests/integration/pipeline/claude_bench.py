"""The adapter against the emulated Messages API, over HTTP, with little patience."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import anthropic

from core.domain.decision import Decision, decision_schema, parse_decision
from core.domain.ports import Clock
from core.domain.prompt import ModelReply, Prompt
from pipeline.claude import Claude, Patience
from sandbox.config import SandboxConfig
from sandbox.eventlog import EventLog
from sandbox.server import Listen, Sandbox

SONNET, HAIKU = "claude-sonnet-5-5", "claude-haiku-5-5"
PATIENCE = Patience(tries=3, request=2.0, first_wait=0.02, longest_wait=0.3, breaker_failures=100, breaker_seconds=0.3)
FACTS = "<business>\nClínica\n</business>\n<knowledge>\n- Pergunta: Quanto custa a avaliação?\n  Resposta: A avaliação custa R$ 120,00.\n</knowledge>"
LONG = "\n".join(f"- Fato {number}: a sala {number} fica no corredor {number}." for number in range(200))


def prompt(said: str = "Quanto custa a avaliação?", *, facts: str = FACTS, **changes: Any) -> Prompt:
    """A prompt as the builder makes it, in short."""
    fenced = f"<context>\n</context>\n\n<history>\n</history>\n\n<lead_message_{'ab' * 16}>\n{said}\n</lead_message_{'ab' * 16}>"
    known = {"model": SONNET, "fallback_model": HAIKU, "effort": "low", "max_tokens": 1024}
    return Prompt(**{"stable": ("You are the attendant.", facts), "variable": fenced, **known, **changes})


class RealClock:
    """The machine's own."""

    def now(self) -> datetime:
        """The wall clock."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()


@dataclass(slots=True)
class ClaudeBench:
    """The adapter, and a hand on the emulator."""

    url: str
    http: aiohttp.ClientSession
    client: anthropic.AsyncAnthropic
    claude: Claude = field(init=False)

    def __post_init__(self) -> None:
        """Start with the common patience."""
        self.patient(PATIENCE)

    def patient(self, patience: Patience, clock: Clock | None = None) -> None:
        """Build the adapter anew."""
        self.claude = Claude(self.client, clock or RealClock(), lambda: 0.5, patience)

    async def fault(self, action: str, **rule: Any) -> None:
        """Arm a fault."""
        async with self.http.post(f"{self.url}/_sandbox/faults", json={"action": action, **rule}) as response:
            assert response.ok, await response.text()

    async def no_faults(self) -> None:
        """Disarm what is left."""
        async with self.http.delete(f"{self.url}/_sandbox/faults") as response:
            assert response.ok

    async def asked(self) -> int:
        """How many calls reached the API."""
        async with self.http.get(f"{self.url}/_sandbox/log") as response:
            return (await response.text()).count('"claude_request"')

    async def ask(self, asked: Prompt | None = None) -> ModelReply[Decision]:
        """One decision."""
        return await self.claude.ask(asked or prompt(), decision_schema(), parse_decision)

    async def ask_for(self, schema: Mapping[str, object]) -> ModelReply[Mapping[str, Any]]:
        """Anything else, unread."""
        return await self.claude.ask(prompt(), schema, lambda value: value)


@asynccontextmanager
async def open_claude(log: Path) -> AsyncIterator[ClaudeBench]:
    """An emulator of this test's own, and the SDK as the worker builds it."""
    sandbox = Sandbox(SandboxConfig(), Listen(), EventLog(log))
    await sandbox.start()
    try:
        async with (
            aiohttp.ClientSession() as http,
            anthropic.AsyncAnthropic(
                api_key="sk-ant-x", base_url=sandbox.claude_url, http_client=anthropic.DefaultAioHttpClient()
            ) as client,
        ):
            yield ClaudeBench(sandbox.claude_url, http, client)
    finally:
        await sandbox.stop()
