"""One business with one lead on a real database, and everything that answers him, with nothing real at either end."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from core.domain.ids import uuid7
from core.domain.ports import ConversationRef
from core.services.fitting import Fitting
from core.services.sealing import Sealer
from core.services.sends import Sends, SendTimes
from core.services.turn_state import Claim, Committed
from core.services.turns import Turns
from db.ingest import Ingested, IngestRow, IngestStore, open_ingest_store
from pipeline.deliver import Deliverer
from pipeline.prompt import PromptBuilder
from pipeline.turn import TurnRunner
from tests.factories import Business, Seeder, Thread
from tests.fakes import ManualClock, RecordedJobs, RecordedLive, ScriptedChannel, ScriptedModel
from tests.watched_rows import untold

ATTEMPTS = 5
SETTINGS: Mapping[str, object] = {
    "business": "A avaliação custa R$ 120,00.",
    "messages": {"transition_open": "Já chamei a equipe.", "generic": "Vou confirmar.", "apology": "Desculpe!"},
}
TIMES = SendTimes(lease=30.0, settle=120.0, attempts=3)


@dataclass(slots=True)
class Desk:
    """What a test needs to let a lead write and to see what became of it."""

    seed: Seeder
    superuser: asyncpg.Connection
    sealer: Sealer
    business: Business
    thread: Thread
    store: IngestStore
    live: RecordedLive
    model: ScriptedModel = field(default_factory=ScriptedModel)
    jobs: RecordedJobs = field(default_factory=RecordedJobs)
    channel: ScriptedChannel = field(default_factory=ScriptedChannel)
    clock: ManualClock = field(default_factory=ManualClock)
    times: SendTimes = TIMES

    @property
    def ref(self) -> ConversationRef:
        """The lead's conversation."""
        return ConversationRef(self.thread.tenant_id, self.thread.conversation_id)

    @property
    def fitting(self) -> Fitting:
        """The measure of the scripted channel, as it is now."""
        return Fitting({self.channel.name: self.channel.capabilities})

    @property
    def turns(self) -> Turns:
        """The AI's turns."""
        return Turns(15.0, self.fitting)

    @property
    def runner(self) -> TurnRunner:
        """Runs turns with the scripted model."""
        prompts = PromptBuilder(b"canary key", bytes)
        return TurnRunner(self.turns, self.model, prompts, self.jobs, self.clock, attempts=ATTEMPTS)

    @property
    def sends(self) -> Sends:
        """Sending, with little patience."""
        return Sends(self.sealer, self.times)

    @property
    def deliverer(self) -> Deliverer:
        """Sends through the scripted channel."""
        channels = {self.channel.name: self.channel}
        return Deliverer(self.sends, channels, self.clock, lambda: 0.5)

    async def hears(self, text: str | None = "Oi", thread: Thread | None = None, **more: Any) -> list[Ingested]:
        """The lead writes, by the webhooks' way in."""
        return await self._ingest(thread or self.thread, part="message", content=text, **{"type": "text", **more})

    async def phone_writes(self, text: str = "Deixa comigo", **more: Any) -> list[Ingested]:
        """The owner writes on his phone: a take-over."""
        return await self._ingest(self.thread, part="echo", content=text, type="text", **more)

    async def told(
        self, message_id: UUID | None, status: str, external_id: str = "wamid.told", **more: Any
    ) -> list[Ingested]:
        """The provider tells how far a message has come, with the id we gave it."""
        told = {"status": status, "status_message_id": message_id, "ref_id": external_id, "variant": status}
        return await self._ingest(self.thread, part="status", external_id=external_id, **{**told, **more})

    async def _ingest(self, thread: Thread, *, part: str, **more: Any) -> list[Ingested]:
        row = {
            "ord": 0,
            "part": part,
            "id": uuid7(),
            "tenant_id": thread.tenant_id,
            "account_id": thread.account_id,
            "kind": part,
            "external_id": f"wamid.{uuid7()}",
            "variant": "",
            "body": b"{}",
            "anchor_kind": "phone",
            "anchor_scope": "",
            "anchor_key": thread.address,
            "anchor_address": thread.address,
        }
        return await self.store.write([IngestRow(**{**row, **more})])

    async def claimed(self) -> Claim:
        """The due turn, taken."""
        claim = await self.turns.claim(self.ref)
        assert isinstance(claim, Claim)
        return claim

    async def answers(self) -> Committed:
        """The due turn, run to its end."""
        committed = await self.runner.run(await self.claimed())
        assert committed is not None
        return committed

    async def queued(self, text: str = "Olá", **more: object) -> UUID:
        """A message of the AI that is due to be sent."""
        now = await self.value("SELECT now()")
        row = {"author": "ai", "purpose": "answer", "turn_id": uuid7(), "next_attempt_at": now, **more}
        return await self.seed.message(self.thread, text, **row)

    async def run(self, statement: str, *values: object) -> None:
        """Change something as nobody in the product does."""
        await self.superuser.execute(statement, *values)

    async def value(self, statement: str, *values: object) -> Any:
        """Look at one value."""
        return await self.superuser.fetchval(statement, *values)

    async def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Look at rows."""
        return [tuple(row) for row in await self.superuser.fetch(statement, *values)]

    async def conversation(self, column: str) -> Any:
        """One column of the conversation."""
        return await self.value(f"SELECT {column} FROM conversations WHERE id = $1", self.thread.conversation_id)

    async def lead(self, column: str) -> Any:
        """One column of the lead."""
        return await self.value(f"SELECT {column} FROM leads WHERE id = $1", self.thread.lead_id)

    async def said(self) -> list[tuple[str, str, str]]:
        """What went out, or stayed inside, in order: purpose, status, text."""
        return await self.rows(
            "SELECT purpose, status, text FROM messages WHERE conversation_id = $1 AND direction = 'out' ORDER BY seq",
            self.thread.conversation_id,
        )

    async def status(self, message_id: UUID) -> str:
        """How far a message has come."""
        return str(await self.value("SELECT status FROM messages WHERE id = $1", message_id))

    async def hand_offs(self) -> list[str]:
        """Why the conversation was handed off, each time."""
        return [row[0] for row in await self.rows("SELECT reason FROM hand_offs ORDER BY created_at")]

    async def notified(self) -> list[str]:
        """What the team is to be told, by kind."""
        return [row[0] for row in await self.rows("SELECT kind FROM notifications ORDER BY created_at, kind")]

    async def letters(self) -> list[tuple[str, str]]:
        """Dead letters: kind and status."""
        return await self.rows("SELECT kind, status FROM dead_letters ORDER BY created_at")


@asynccontextmanager
async def open_desk(
    seed: Seeder, superuser: asyncpg.Connection, sealer: Sealer, ingest_url: str, live: RecordedLive
) -> AsyncIterator[Desk]:
    """A desk whose lead has not written yet; nothing is waited for before a turn is due.

    At its end nothing may have changed of what screens show without their being told.
    """
    business = await seed.business("acme", settings=SETTINGS, debounce_seconds=0.0)
    thread = await seed.thread(business)
    async with open_ingest_store(ingest_url, size=2) as store:
        yield Desk(seed, superuser, sealer, business, thread, store, live)
    assert await untold(superuser, live.calls) == set()
