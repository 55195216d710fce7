"""A message that kills whoever reads it, clocks that jump by an hour, and a tenant that writes a hundred times as much."""

import asyncio
import random
from pathlib import Path
from typing import Final

from tests.acceptance.faults.checker import Verdict
from tests.acceptance.faults.load import Say, Who, play
from tests.acceptance.faults.run import Run
from tests.acceptance.faults.servers import SHOPS

CLOCK: Final = "clock"
SHIM: Final = Path(__file__).parent / "clockshift"
ATTEMPTS: Final = 3
_POISONED: Final = 9900
_NEIGHBOUR: Final = 9500
_NEIGHBOURS: Final = 6
_FLOOD_LEADS: Final = 120
_BOUND: Final = 15.0
_TURN: Final = 1.25
"""A neighbour of the flood waits at most ``_BOUND`` seconds or, where the machine is slower than that, about as long
as whoever waits longest in the flood: his turn comes, but not before everybody's. One who starved would wait a
multiple of it."""


async def poison_flood_and_clocks(run: Run) -> None:
    """First the poison, then flood and jumping clocks together."""
    await _poison(run)
    await asyncio.gather(_flood(run), _jump(run))


async def _poison(run: Run) -> None:
    who = Who(run.number, 1, _POISONED)
    rule = await run.emulator.claude.arm("hold", {"lead_text_contains": who.token(1)}, times=None)
    text = f"Qual é o endereço da empresa? {who.token(1)}"
    await run.emulator.write(SHOPS[who.tenant].number_id, who.phone, text)
    for _ in range(ATTEMPTS):
        assert await run.emulator.claude.held(1, 30), "the poison was not picked up"
        # Every worker is killed, since nobody outside can tell which one has it; what else they had is done by then.
        await run.pause(0.8, 1.2)
        for worker in run.stage.workers:
            worker.restart()
        while await run.emulator.claude.held(0, 0):
            await asyncio.sleep(0.02)
    await run.emulator.claude.disarm(rule)


async def _flood(run: Run) -> None:
    """The first tenant gets a hundred messages for each that a neighbour gets."""
    chance = random.Random(f"flood-{run.seed}")
    says = [
        Say(chance.uniform(0.0, 2.0), who, f"Qual é o endereço da empresa? {who.token(number)}")
        for lead in range(_FLOOD_LEADS)
        for who in [Who(run.number, 0, 8000 + lead)]
        for number in range(1, 6)
    ]
    for place in range(_NEIGHBOURS):
        who = Who(run.number, 1 + place % 2, _NEIGHBOUR + place)
        says.append(Say(chance.uniform(0.5, 2.0), who, f"Qual é o endereço da empresa? {who.token(1)}"))
    await play(run.emulator, sorted(says, key=lambda say: say.at), run.stage.web_urls, chance)


async def _jump(run: Run) -> None:
    clock = run.stage.folder / CLOCK
    for seconds in (3600.0, -3600.0, 0.0):
        await run.pause(0.4, 1.0)
        clock.write_text(str(seconds))


async def only_the_poison_died(run: Run, _verdict: Verdict) -> None:
    """The poison is a dead letter and its lead with a person; no timer ran early; neighbours waited a bounded time."""
    rows = await run.dump()
    poisoned = Who(run.number, 1, _POISONED)
    conversation = next(one for one in rows.conversations.values() if one.phone == poisoned.phone)
    assert ("turn", conversation.id) in rows.dead_letters
    assert (conversation.status, conversation.hand_offs) == ("waiting_human", ("turn_failed",))
    assert [row for row in rows.messages if row.purpose == "apology"] == []
    neighbours = {Who(run.number, 1, _NEIGHBOUR + place).phone for place in range(_NEIGHBOURS)}
    flood = {Who(run.number, 0, 8000 + lead).phone for lead in range(_FLOOD_LEADS)}
    assert max(_waits(run, neighbours)) < max(_BOUND, _TURN * max(_waits(run, flood)))


def _waits(run: Run, leads: set[str]) -> list[float]:
    history = run.history()
    wrote = {one.lead: one.at for one in history.wrote.values() if one.lead in leads}
    answered: dict[str, float] = {}
    for send in history.accepted:
        answered.setdefault(send.lead, send.at)
    return [answered[lead] - at for lead, at in wrote.items()]
