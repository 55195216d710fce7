"""What is about to leave unasked, and what makes it unwanted, at the same instant: whoever commits first decides."""

import asyncio
import random
from collections.abc import AsyncIterator

import asyncpg
import pytest

from core.services.sends import NothingToSend, SendJob
from tests.integration.conftest import Database
from tests.integration.follow_ups.at_once import AtOnce, at_once
from tests.integration.follow_ups.clockwork import TEXT, Clockwork

DEEDS = {
    "heard_here": "answered",
    "heard_elsewhere": "answered",
    "taken_here": "taken_back",
    "taken_elsewhere": "person",
    "left_alone": "opted_out",
    "moved": "stage",
}
"""What makes it unwanted, and the reason under which the step then ends."""
AUDIT = "SELECT pg_advisory_xact_lock(1635083369, hashtext(id::text)) FROM tenants"
"""What whoever changes something for the team comes to last: the tenant's audit log."""
ROUNDS = 18


@pytest.fixture
async def both(clock: Clockwork, database: Database) -> AsyncIterator[AtOnce]:
    """A lead to whom a follow-up waits to be sent, and who has a conversation elsewhere too."""
    gate = await asyncpg.connect(database.superuser)
    made = await at_once(clock, gate)
    await clock.due()
    yield made
    await gate.close()


@pytest.mark.parametrize("deed", DEEDS)
async def test_whoever_comes_after_the_senders_look_waits_for_it(both: AtOnce, deed: str) -> None:
    """Between its look and its mark nothing may change what it has seen; then it is on its way, and everything else follows."""
    desk = both.clock.desk
    asked: list[SendJob | NothingToSend] = []

    async def arrive(_seconds: float) -> None:
        """The provider takes it while the member waits."""
        await desk.sends.sent(asked[0], "wamid.follow-up")  # type: ignore[arg-type]  # claimed by then, as asserted below

    both.pause = arrive
    async with both.held("SELECT FROM messages WHERE purpose = 'follow_up' FOR UPDATE"):
        claim = asyncio.create_task(desk.sends.claim(desk.ref))
        assert await both.waits(claim)
        claim.add_done_callback(lambda done: asked.append(done.result()))
        other = asyncio.create_task(getattr(both, deed)())
        assert await both.waits(other, beside=1)
    job = await claim
    await other
    assert isinstance(job, SendJob)
    assert (job.text, (await both.clock.steps())[0]) == ("Ainda posso ajudar?", (1, "sent", None))


@pytest.mark.parametrize(("deed", "reason"), DEEDS.items())
async def test_the_sender_waits_for_whoever_came_before_it(both: AtOnce, deed: str, reason: str) -> None:
    """And then says no: what was written to him stays unsaid."""
    desk = both.clock.desk
    async with both.contested() if deed.startswith("heard") else both.held(AUDIT):
        other = asyncio.create_task(getattr(both, deed)())
        assert await both.waits(other)
        claim = asyncio.create_task(desk.sends.claim(desk.ref))
        assert await both.waits(claim, beside=1)
    await other
    assert isinstance(await claim, NothingToSend)
    assert ((await desk.said())[-1][1], (await both.clock.steps())[0]) == ("cancelled", (1, "cancelled", reason))


@pytest.mark.slow
async def test_however_they_meet_the_end_is_one_of_two(both: AtOnce) -> None:
    """It left and was on its way before, or it never leaves: in many rounds, each begun at a barrier and in any order."""
    clock, desk, choice = both.clock, both.clock.desk, random.Random(11)
    both.pause = _at_once
    await clock.set(steps=[TEXT])
    for number in range(ROUNDS):
        deed, both.word = list(DEEDS)[number % len(DEEDS)], f"wamid.word-{number}"
        async with both.held("SELECT FROM conversations FOR UPDATE"):
            work = [lambda: desk.sends.claim(desk.ref), getattr(both, deed)]
            order = choice.sample(range(2), 2)
            tasks = {}
            for place in order:
                tasks[place] = asyncio.create_task(work[place]())
            await both.waits(tasks[order[0]])
        job, _ = await tasks[0], await tasks[1]
        state = await desk.value(
            "SELECT state FROM follow_ups WHERE message_id IS NOT NULL ORDER BY created_at DESC LIMIT 1"
        )
        ended = (await desk.said())[-1][1], state
        assert ended == (("sending", "sent") if isinstance(job, SendJob) else ("cancelled", "cancelled"))
        if isinstance(job, SendJob):
            await desk.sends.sent(job, f"wamid.{number}")
        await _as_before(both)


async def _at_once(_seconds: float) -> None:
    """Nobody is waited for."""


async def _as_before(both: AtOnce) -> None:
    """A day later the AI has him again, he has said something, and a follow-up waits to be sent."""
    run = both.clock.desk.run
    await run(
        "UPDATE conversations SET status = 'ai', idle_turns = 0, turn_due_at = NULL, answered_seq = inbound_seq, assignee_id = NULL"
    )
    await run("UPDATE leads SET opted_out_at = NULL, stage_key = 'new'")
    await both.clock.passes(hours=24)
    await both.clock.talks()
    await both.clock.passes(hours=4)
    await both.clock.plans()
    assert await both.clock.writes() == 1
