"""One run: load, what is injected meanwhile, healing, draining, judging."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
from redis.asyncio import Redis

from pipeline.connection import queue_client
from tests.acceptance.faults.checker import Verdict, check
from tests.acceptance.faults.dump import Dump, dump
from tests.acceptance.faults.emulator import Emulator, open_emulator
from tests.acceptance.faults.history import History, read_history
from tests.acceptance.faults.load import Say, Who, plan, play
from tests.acceptance.faults.stage import Stage, number_of

DRAIN_SECONDS: Final = 75.0
_BUSY: Final = """
SELECT (SELECT count(*) FROM conversations WHERE status = 'ai' AND turn_due_at IS NOT NULL) AS turns,
       (SELECT count(*) FROM messages WHERE status IN ('queued', 'sending', 'unknown') OR settle_by IS NOT NULL) AS sends"""


class NotDrainedError(AssertionError):
    """Something is still under way long after everything was healed."""


@dataclass(slots=True)
class Run:
    """What an experiment works with while it is running."""

    stage: Stage
    seed: int
    number: int
    chance: random.Random
    emulator: Emulator
    database: asyncpg.Connection
    redis: Redis
    says: list[Say]
    before: int
    """The number of the log's last event before the run."""
    take_overs: dict[UUID, float] = field(default_factory=dict)

    @property
    def phones(self) -> str:
        """How the numbers of this run's leads begin."""
        return f"55119{self.number:02d}"

    def some_leads(self, count: int, *, tenant: int | None = None) -> list[Who]:
        """Leads of the plan, at random; the same ones for the same seed."""
        known = sorted({(say.who.tenant, say.who.lead) for say in self.says if tenant in (None, say.who.tenant)})
        return [Who(self.number, *one) for one in self.chance.sample(known, count)]

    async def pause(self, low: float, high: float) -> None:
        """Wait for a moment that the seed chose."""
        await asyncio.sleep(self.chance.uniform(low, high))

    def history(self) -> History:
        """This run's part of the log so far."""
        return read_history(self.emulator.events(self.before), self.phones)

    async def dump(self) -> Dump:
        """This run's rows as they are now."""
        return await dump(self.database, self.phones)

    async def reconnect(self) -> None:
        """Look at the database again after it went away."""
        await self.database.close(timeout=5)
        self.database = await asyncpg.connect(self.stage.database_url)

    async def heal(self) -> None:
        """Everything that was broken works again."""
        await self.emulator.calm()
        for program in [*self.stage.webs, *self.stage.workers, *self.stage.others]:
            program.thaw()
            if program.pid is None:
                program.start()

    async def drain(self, seconds: float = DRAIN_SECONDS) -> None:
        """Wait until every message is acknowledged and nothing is under way any more."""
        deadline = asyncio.get_running_loop().time() + seconds
        while left := await self._left():
            if asyncio.get_running_loop().time() > deadline:
                raise NotDrainedError(f"seed {self.seed}: not drained after {seconds} s: {left}")
            await asyncio.sleep(0.25)

    async def judge(self, *, one_at_a_time: bool = False) -> Verdict:
        """The checker's verdict on the run."""
        return check(self.history(), await self.dump(), one_at_a_time=one_at_a_time, take_overs=self.take_overs)

    async def _left(self) -> str:
        busy = await self.database.fetchrow(_BUSY)
        if busy["turns"] or busy["sends"]:
            return f"{busy['turns']} turns, {busy['sends']} sends"
        history = self.history()
        open_deliveries = history.wrote.keys() - history.acked.keys()
        return f"{len(open_deliveries)} deliveries" if open_deliveries else ""


@asynccontextmanager
async def opened(stage: Stage, seed: int, **load: float) -> AsyncIterator[Run]:
    """A run on a standing stage; ``load`` is what ``plan`` takes."""
    stage.runs += 1
    number = stage.runs
    async with open_emulator(stage.meta_url, stage.claude_url, stage.log) as emulator:
        await emulator.calm()
        before = max((event["seq"] for event in emulator.events()), default=0)
        redis = queue_client(stage.servers.valkey.url, name="faults")
        run = Run(
            stage=stage,
            seed=seed,
            number=number,
            chance=random.Random(f"inject-{seed}"),
            emulator=emulator,
            database=await asyncpg.connect(stage.database_url),
            redis=redis,
            says=plan(seed, number, **load),  # type: ignore[arg-type] - conversations is a whole number
            before=before,
        )
        try:
            yield run
        finally:
            await redis.aclose()
            await run.database.close(timeout=5)
            await emulator.calm()
            await emulator.meta.post("settings", {"sent_ms": 5, "delivered_ms": 20})
            for shop in range(3):
                await emulator.meta.post("numbers", number_of(shop))


async def play_out(run: Run, inject: Callable[[Run], Awaitable[None]], *, drain: float = DRAIN_SECONDS) -> None:
    """Load and fault at the same time, then healing, then quiet."""
    async with asyncio.TaskGroup() as group:
        group.create_task(play(run.emulator, run.says, run.stage.web_urls, random.Random(f"urls-{run.seed}")))
        group.create_task(_injected(run, inject))
    await run.heal()
    await run.drain(drain)


async def _injected(run: Run, inject: Callable[[Run], Awaitable[None]]) -> None:
    await inject(run)


def summary(title: str, seeds: Sequence[int], verdicts: Mapping[int, Verdict]) -> str:
    """The one line that an experiment prints."""
    fates = sum((verdict.fates for verdict in verdicts.values()), start=type(next(iter(verdicts.values())).fates)())
    outcomes = ", ".join(f"{name} {count}" for name, count in sorted(fates.items()))
    return (
        f"{title}: seeds {', '.join(map(str, seeds))}; "
        f"{sum(verdict.conversations for verdict in verdicts.values())} conversations, {fates.total()} messages; {outcomes}; "
        f"unknown sends {sum(verdict.unknown_sends for verdict in verdicts.values())}; "
        f"longest delay {max(verdict.longest_delay for verdict in verdicts.values()):.1f} s"
    )


def keep_log(stage: Stage) -> Path:
    """Where the processes of the stage wrote, for the message of a failure."""
    return stage.folder
