"""Members who write without pause while whatever carries their words dies."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from bot.taps import Verb
from tests.acceptance.faults.chats import word_token
from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.hands import Hands, Spot
from tests.acceptance.faults.load import Who
from tests.acceptance.faults.processes import Program
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS
from tests.acceptance.faults.team import MATES, Mate
from tests.patience import PATIENCE

_FIRST: Final = 7000
_LEADS: Final = 12
_FEWEST: Final = 8
"""So many words each lead is told at least."""
_PERSON: Final = "Quero falar com um atendente"
_STORING: Final = "%INSERT INTO telegram_updates%"
_SAYING: Final = '%INSERT INTO "messages"%'
_FINISHING: Final = "%UPDATE telegram_updates SET done_at%"
_WAITING: Final = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1"""

_LEADING: Final = re.compile(r'"poller\.leads".*"timestamp": "([^"]+)"')

Strike = Callable[[Run], Coroutine[Any, Any, None]]
"""Something dies at a moment of its own."""


@dataclass(frozen=True, slots=True)
class Writer:
    """A member and the lead he has; ``replies``: he says whom he means by replying to the card."""

    run: Run
    who: Who

    @property
    def mate(self) -> Mate:
        """Each lead of a team has somebody else, as long as there are enough."""
        return Mate(self.who.tenant, self._place % MATES)

    @property
    def replies(self) -> bool:
        """Who has two leads in his private chat, or took his lead in the group, says whom he means."""
        return self._place % MATES == 0 or self.mate.has_group

    @property
    def _place(self) -> int:
        return (self.who.lead - _FIRST) // len(SHOPS)

    async def takes(self) -> None:
        """The lead asks for a person and gets this one."""
        text = f"{_PERSON} {self.who.token(1)}"
        await self.run.emulator.write(SHOPS[self.who.tenant].number_id, self.who.phone, text)
        hands = Hands(self.run)
        talk = await hands.talk(self.who)
        await hands.tap(self.mate, await hands.spot(talk, self.mate, "card"), talk, Verb.TAKE)

    async def writes_until(self, over: asyncio.Event) -> None:
        """Words without pause, each of which can be told from all others."""
        hands = Hands(self.run)
        card = await hands.spot(await hands.talk(self.who), self.mate, "card")
        number = 0
        while number < _FEWEST or not over.is_set():
            number += 1
            await self._write(hands, card, number)
            await self.run.pause(0.3, 1.2 if number < _FEWEST else 4.0)

    async def _write(self, hands: Hands, card: Spot, number: int) -> None:
        text = f"Segue a parte {number}: {word_token(self.who, number)}"
        await hands.write(self.mate, card, text, reply=self.replies and card.chat_id > 0)


async def take_all(run: Run) -> None:
    """Every writer has his lead."""
    async with asyncio.TaskGroup() as group:
        for writer in _writers(run):
            group.create_task(writer.takes())


async def write_while_the_bot_dies(run: Run) -> None:
    """Updates are asked for: the bot dies with what it was given, and between a word and its record."""
    await _write_while(run, (_bot_dies_unconfirmed, _bot_dies_in_the_answer, _dies_between_word_and_record))


async def write_while_the_web_dies(run: Run) -> None:
    """Updates are brought: the web process dies with them in its hands, a worker between a word and its record."""
    await run.emulator.telegram.arm("duplicate_webhook", {}, times=6)
    await _write_while(run, (_web_dies_with_the_delivery, _dies_between_word_and_record, _anybody_dies))
    await run.emulator.telegram.bitten()


async def _write_while(run: Run, strikes: Sequence[Strike]) -> None:
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for writer in _writers(run):
            group.create_task(writer.writes_until(over))
        for strike in (*strikes, _worker_dies_in_the_send, _anybody_dies):
            await run.pause(0.3, 1.0)
            await strike(run)
            await _all_back(run)
        over.set()


async def _bot_dies_unconfirmed(run: Run) -> None:
    """What it was given is stored, and at work; Telegram has not been told, and gives it once more."""
    telegram = run.emulator.telegram
    await telegram.arm("hold_before", {"method": "getUpdates"})
    await telegram.caught(lambda call: call.get("method") == "getUpdates")
    await run.pause(0.0, 0.3)
    _leader(run).restart()


async def _bot_dies_in_the_answer(run: Run) -> None:
    """Updates are on their way to it."""
    telegram = run.emulator.telegram
    await telegram.arm("hold", {"method": "getUpdates"})
    await telegram.caught(lambda call: call.get("method") == "getUpdates")
    _leader(run).restart()


async def _dies_between_word_and_record(run: Run) -> None:
    """The word is queued for its lead, and nobody has written down that its update was processed."""
    speakers = run.stage.bots or run.stage.workers
    async with _locked(run, "telegram_updates", "EXCLUSIVE", after=_words_wait(run)) as lock:
        waiting = await _waiting(run, _FINISHING)
        for program in speakers:
            program.kill()
        await _ended(lock, waiting)
    for program in speakers:
        program.start()


@asynccontextmanager
async def _words_wait(run: Run) -> AsyncIterator[None]:
    """While the block runs words that are being said wait for the messages' table; there is at least one."""
    async with _locked(run, "messages", "SHARE"):
        await _waiting(run, _SAYING)
        yield


async def _web_dies_with_the_delivery(run: Run) -> None:
    """It has an update and has neither stored nor answered it: Telegram brings it again."""
    web = run.stage.webs[0]
    async with _locked(run, "telegram_updates", "EXCLUSIVE") as lock:
        waiting = await _waiting(run, _STORING)
        web.kill()
        await _ended(lock, waiting)
    web.start()


async def _worker_dies_in_the_send(run: Run) -> None:
    """The provider has the word, the worker has not been told; of half of them no receipt tells either."""
    meta = run.emulator.meta
    for place, writer in enumerate(run.chance.sample(_writers(run), 6)):
        match = {"phone_number_id": SHOPS[writer.who.tenant].number_id, "to": writer.who.phone}
        await meta.arm("hold", match)
        if place % 2:
            await meta.arm("statuses", match, mode="none")
    assert len(await meta.held(3)) >= 3, "too little was being sent"
    _restart(run.stage.workers)
    await run.pause(1.0, 2.0)
    await meta.release()


async def _anybody_dies(run: Run) -> None:
    for _ in range(2):
        await run.pause(0.5, 2.0)
        run.chance.choice([*run.stage.bots, *run.stage.workers, *run.stage.webs]).restart()


@asynccontextmanager
async def _locked(run: Run, table: str, mode: str, *, after: Any = None) -> AsyncIterator[asyncpg.Connection]:
    """A table lock for as long as the block lasts; it is taken while ``after`` holds something else up."""
    blocker = await asyncpg.connect(run.stage.database_url)
    try:
        async with blocker.transaction():
            if after is None:
                await blocker.execute(f"LOCK TABLE {table} IN {mode} MODE")
            else:
                async with after:
                    await blocker.execute(f"LOCK TABLE {table} IN {mode} MODE")
            yield blocker
    finally:
        await blocker.close()


async def _waiting(run: Run, query: str) -> list[int]:
    """Who waits for a lock with that statement, once there is somebody; a transaction would see the same ones for ever."""
    async with asyncio.timeout(PATIENCE):
        while not (rows := await run.rows(_WAITING, query)):
            await asyncio.sleep(0.02)
    return [row["pid"] for row in rows]


async def _ended(lock: asyncpg.Connection, pids: Sequence[int]) -> None:
    """What a dead process had asked for must not be committed after all."""
    for pid in pids:
        await lock.execute("SELECT pg_terminate_backend($1)", pid)


def _leader(run: Run) -> Program:
    """The bot that asks Telegram for updates: the one that said so last."""
    return max(run.stage.bots, key=lambda bot: max(_LEADING.findall(bot.said()), default=""))


async def _all_back(run: Run) -> None:
    """Everybody who was killed is at work again."""
    lines = {"bot.started": run.stage.bots, "worker.listening": run.stage.workers, "web.started": run.stage.webs}
    async with asyncio.timeout(PATIENCE):
        for line, programs in lines.items():
            for program in programs:
                while line not in program.said():
                    await asyncio.sleep(0.1)


def _restart(programs: Sequence[Program]) -> None:
    for program in programs:
        program.restart()


def _writers(run: Run) -> list[Writer]:
    return [Writer(run, Who(run.number, place % len(SHOPS), _FIRST + place)) for place in range(_LEADS)]


async def words_were_many(_run: Run, verdict: Verdict) -> None:
    """The experiment met what it is about, and what nobody can know stayed rare."""
    assert verdict.words >= _LEADS * _FEWEST
    assert verdict.words_in_doubt <= _LEADS
