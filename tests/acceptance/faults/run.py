"""One run: load, what is injected meanwhile, healing, draining, judging."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
from redis.asyncio import Redis

from pipeline.connection import queue_client
from tests.acceptance.faults.checker import Verdict, check
from tests.acceptance.faults.dump import Dump, dump
from tests.acceptance.faults.emulator import Emulator, open_emulator
from tests.acceptance.faults.history import History, read_history
from tests.acceptance.faults.load import SPAM, Say, Who, plan, play
from tests.acceptance.faults.servers import SHOPS
from tests.acceptance.faults.stage import Stage, number_of
from tests.acceptance.faults.team import BOT_ID

DRAIN_SECONDS: Final = 75.0
_QUIET_LOOKS: Final = 3
"""So often nothing may be left: a receipt on its way is seen nowhere until it comes, and then is shown."""
_BUSY: Final = """
SELECT (SELECT count(*) FROM conversations WHERE status = 'ai' AND turn_due_at IS NOT NULL) AS turns,
       (SELECT count(*) FROM messages WHERE status IN ('queued', 'sending', 'unknown') OR settle_by IS NOT NULL) AS sends"""


_TEAM_BUSY: Final = """
SELECT (SELECT count(*) FROM telegram_updates WHERE done_at IS NULL) AS updates,
       (SELECT count(*) FROM notifications WHERE status = 'queued' AND due_at <= now()) AS news,
       (SELECT count(*) FROM telegram_posts p JOIN telegram_chats c ON c.tenant_id = p.tenant_id AND c.id = p.chat_ref
        WHERE p.due_at IS NOT NULL AND c.status = 'active') AS posts"""


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
    """How long the log was before the run, in bytes."""
    extra: int = 0
    """Leads beside the plan so far."""
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """The connection to the database answers one question at a time."""

    @property
    def phones(self) -> str:
        """How the numbers of this run's leads begin."""
        return f"55119{self.number:02d}"

    def some_leads(self, count: int, *, tenant: int | None = None) -> list[Who]:
        """Leads of the plan who will be answered, at random; the same ones for the same seed."""
        spammers = {say.who for say in self.says if say.text.startswith(SPAM)}
        known = sorted(
            {(say.who.tenant, say.who.lead) for say in self.says if tenant in (None, say.who.tenant)}
            - {(who.tenant, who.lead) for who in spammers}
        )
        return [Who(self.number, *one) for one in self.chance.sample(known, count)]

    async def pause(self, low: float, high: float) -> None:
        """Wait for a moment that the seed chose."""
        await asyncio.sleep(self.chance.uniform(low, high))

    def history(self) -> History:
        """This run's part of the log so far."""
        return read_history(self.emulator.events(self.before), self.phones, self.stage.systems)

    async def dump(self) -> Dump:
        """This run's rows as they are now."""
        return await dump(self.database, self.phones)

    async def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """What a superuser sees; several injections may ask at the same time."""
        async with self.looking:
            return [dict(row) for row in await self.database.fetch(statement, *values)]

    async def row(self, statement: str, *values: object) -> dict[str, Any] | None:
        """The first of them."""
        found = await self.rows(statement, *values)
        return found[0] if found else None

    async def reconnect(self) -> None:
        """Look at the database again after it went away."""
        await self.database.close(timeout=5)
        self.database = await asyncpg.connect(self.stage.database_url)

    async def heal(self) -> None:
        """Everything that was broken works again, whatever an injection left behind."""
        self.stage.servers.revive()
        self.stage.revive()
        await self.emulator.calm()
        for shop in SHOPS:
            await self.emulator.meta.post("numbers", number_of(shop.index))

    async def drain(self, seconds: float = DRAIN_SECONDS) -> None:
        """Wait until every message is acknowledged and nothing is under way any more."""
        deadline = asyncio.get_running_loop().time() + seconds
        quiet = 0
        while quiet < _QUIET_LOOKS:
            left = await self._left()
            quiet = 0 if left else quiet + 1
            if left and asyncio.get_running_loop().time() > deadline:
                raise NotDrainedError(f"seed {self.seed}: not drained after {seconds} s: {left}")
            await asyncio.sleep(0.25)

    async def judge(self, *, one_at_a_time: bool = False) -> Verdict:
        """The checker's verdict on the run."""
        history, rows = self.history(), await self.dump()
        return check(history, rows, one_at_a_time=one_at_a_time, send_lease=self.stage.cast.send_lease)

    async def _left(self) -> str:
        busy = await self.database.fetchrow(_BUSY)
        if busy["turns"] or busy["sends"]:
            return f"{busy['turns']} turns, {busy['sends']} sends"
        if self.stage.cast.telegram and (left := await self._left_in_telegram()):
            return left
        history = self.history()
        open_deliveries = (history.wrote.keys() | history.echoes.keys()) - history.acked.keys()
        return f"{len(open_deliveries)} deliveries" if open_deliveries else ""

    async def _left_in_telegram(self) -> str:
        pending = await self.emulator.telegram.get("updates", bot_id=BOT_ID)
        if pending["updates"]:
            return f"{len(pending['updates'])} updates at Telegram"
        busy = await self.database.fetchrow(_TEAM_BUSY)
        left = [f"{count} {name}" for name, count in busy.items() if count]
        # What was done last may have made something due of which nothing was to be seen before.
        return ", ".join(left) if left else await self._left_by_words()

    async def _left_by_words(self) -> str:
        busy = await self.database.fetchrow(_BUSY)
        return f"{busy['sends']} sends" if busy["sends"] else ""


@asynccontextmanager
async def opened(stage: Stage, seed: int, *, conversations: int = 200, seconds: float = 3.0) -> AsyncIterator[Run]:
    """A run on a standing stage, with the load that ``plan`` makes of the seed."""
    stage.runs += 1
    number = stage.runs
    urls = {"meta_url": stage.meta_url, "claude_url": stage.claude_url, "telegram_url": stage.telegram_url}
    async with open_emulator(stage.log, **urls) as emulator:
        await emulator.calm()
        redis = queue_client(stage.servers.valkey.url, name="faults")
        run = Run(
            stage=stage,
            seed=seed,
            number=number,
            chance=random.Random(f"inject-{seed}"),
            emulator=emulator,
            database=await asyncpg.connect(stage.database_url),
            redis=redis,
            says=plan(seed, number, conversations=conversations, seconds=seconds),
            before=stage.log.stat().st_size,
        )
        try:
            yield run
        finally:
            await redis.aclose()
            await run.database.close(timeout=5)
            await run.heal()


Injection = Callable[[Run], Coroutine[Any, Any, None]]
"""What is done to a running system while the load comes in."""


async def play_out(
    run: Run, inject: Injection, *, prepare: Injection | None = None, drain: float = DRAIN_SECONDS
) -> None:
    """What has to stand before the first word, load and fault at the same time, then healing, then quiet."""
    if prepare is not None:
        await prepare(run)
    async with asyncio.TaskGroup() as group:
        group.create_task(play(run.emulator, run.says, run.stage.web_urls, random.Random(f"urls-{run.seed}")))
        group.create_task(inject(run))
    await run.heal()
    await run.drain(drain)


def summary(title: str, verdicts: Mapping[int, Verdict]) -> str:
    """The one line that an experiment prints; a seed with violations has an exclamation mark."""
    found = list(verdicts.values())
    fates: Counter[str] = Counter()
    for verdict in found:
        fates.update(verdict.fates)
    seeds = " ".join(f"{seed}{'!' if verdict.violations else ''}" for seed, verdict in verdicts.items())
    outcomes = ", ".join(f"{name} {count}" for name, count in sorted(fates.items()))
    return (
        f"{title}: seeds {seeds}; {sum(verdict.conversations for verdict in found)} conversations, {fates.total()} messages: "
        f"{outcomes}; violations {sum(len(verdict.violations) for verdict in found)}; "
        f"unknown sends {sum(verdict.unknown_sends for verdict in found)}; "
        f"{_of_people(found)}longest delay {max(verdict.longest_delay for verdict in found):.1f} s"
    )


def _of_people(found: Sequence[Verdict]) -> str:
    taken: Counter[str] = Counter()
    for verdict in found:
        taken.update(verdict.take_overs)
    told = ""
    if taken:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(taken.items()))
        told += f"taken over: {kinds}; last words {sum(verdict.last_words for verdict in found)}; "
    if words := sum(verdict.words for verdict in found):
        doubts = sum(verdict.words_in_doubt for verdict in found)
        slowest = max(verdict.longest_way for verdict in found)
        told += f"words {words}, in doubt {doubts}, slowest {slowest:.1f} s; "
    return told
