"""A take-over at every step of a running turn: after it is confirmed nothing of the AI's leaves."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.services.assignments import Assignments, TakenOver
from core.services.sends import Sends, SendTimes
from core.services.turn_state import Claim
from core.services.turns import Turns
from pipeline.dispatch import Dispatch
from tests.fakes import decided
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE

_LOOK_SECONDS = 0.01
WORDS = ("Custa R$ 120,00.", "Posso ajudar em mais algo?")
TAKES: tuple[tuple[str, str, str], ...] = tuple(
    (owner, method, place)
    for owner, methods in {
        "turns": ("claim", "context", "commit"),
        "sends": ("claim", "sent"),
        "channel": ("send_message",),
    }.items()
    for method in methods
    for place in ("before", "after")
)
"""Where the member taps: before and after each step of the turn and of its send."""
DRAFTED = {("claim", "after"), ("context", "before"), ("context", "after"), ("commit", "before")}
"""Taken there, a turn ends as a suggestion: it had begun, and was not written yet."""


@dataclass(slots=True)
class _Member:
    """Somebody who taps once, at the chosen step, while that step waits."""

    desk: Desk
    actor: Actor
    taking: asyncio.Task[TakenOver] | None = None
    sent_at_confirmation: list[str] = field(default_factory=list)

    async def tap(self) -> None:
        """Take it; the step goes on when the conversation is his, be it that his answer waits for that very step."""
        if self.taking is None:
            self.taking = asyncio.create_task(self._take())
            async with asyncio.timeout(PATIENCE):
                while await self.desk.conversation("status") != "human":
                    await asyncio.sleep(0.005)

    async def _take(self) -> TakenOver:
        async def pause(_seconds: float) -> None:
            await asyncio.sleep(_LOOK_SECONDS)

        taken = await Assignments(self.desk.jobs, pause).take(self.actor, self.desk.ref.conversation_id)
        self.sent_at_confirmation = list(self.desk.channel.sent)
        return taken


@pytest.mark.parametrize(("owner", "method", "place"), TAKES, ids=[" ".join(take) for take in TAKES])
@pytest.mark.parametrize("bubbles", [1, 2])
async def test_nothing_of_the_ais_leaves_after_the_confirmation(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, owner: str, method: str, place: str, bubbles: int
) -> None:
    """Whatever the step, what the lead has at the confirmation is all he gets of the AI, and the draft is kept."""
    member_id = await desk.seed.member(desk.business.tenant_id, name="Bia")
    member = _Member(desk, Actor(desk.business.tenant_id, member_id, Role.ATTENDANT))
    await desk.run("UPDATE tenants SET settings = settings || jsonb_build_object('max_bubbles', $1::int)", bubbles)
    desk.model.answers = [decided(*WORDS[:bubbles])]
    owners: dict[str, type] = {"turns": Turns, "sends": Sends, "channel": type(desk.channel)}
    monkeypatch.setattr(owners[owner], method, _stepped(getattr(owners[owner], method), place, member))
    await desk.hears("Quanto custa?")
    await _answer(desk)
    assert member.taking is not None, "the step was never taken"
    taken = await member.taking
    await desk.deliverer.run(desk.ref)
    assert taken.settled
    assert desk.channel.sent == member.sent_at_confirmation
    assert await desk.conversation("status") == "human"
    said = await desk.said()
    assert {row[1] for row in said if row[0] == "answer"} <= {"sent", "cancelled"}
    drafted = owner == "turns" and (method, place) in DRAFTED
    assert [text for purpose, _, text in said if purpose == "suggestion"] == list(WORDS[:bubbles] if drafted else ())


async def test_a_renewal_after_a_take_over_keeps_the_draft(desk: Desk) -> None:
    """The model takes longer than a lease is renewed: what it was about to say is still the member's suggestion."""
    member_id = await desk.seed.member(desk.business.tenant_id, name="Bia")
    bia = Actor(desk.business.tenant_id, member_id, Role.ATTENDANT)
    dispatch = Dispatch(desk.turns, desk.runner, desk.deliverer, places=1, lease=30.0)

    async def taken_and_renewed() -> None:
        await Assignments(desk.jobs).take(bia, desk.ref.conversation_id)
        await dispatch.renew_leases()
        await asyncio.sleep(0)  # a turn that is stopped is stopped here

    desk.model.answers = [decided(WORDS[0])]
    desk.model.meanwhile = [taken_and_renewed]
    await desk.hears("Quanto custa?")
    dispatch.turn(desk.ref, 0.0)
    async with asyncio.timeout(PATIENCE):
        while await desk.value("SELECT count(*) FROM turns") == 0:
            await asyncio.sleep(_LOOK_SECONDS)
    await dispatch.stop(PATIENCE)
    assert [(purpose, text) for purpose, _, text in await desk.said()] == [("suggestion", WORDS[0])]
    assert desk.channel.sent == []


def _stepped(step: Callable[..., Awaitable[Any]], place: str, member: _Member) -> Callable[..., Awaitable[Any]]:
    async def stepped(*values: Any, **named: Any) -> Any:
        if place == "before":
            await member.tap()
        result = await step(*values, **named)
        if place == "after":
            await member.tap()
        return result

    return stepped


async def _answer(desk: Desk) -> None:
    """The due turn, if it can still be had, and what is to be sent."""
    claim = await desk.turns.claim(desk.ref)
    if isinstance(claim, Claim):
        await desk.runner.run(claim)
    await desk.deliverer.run(desk.ref)


async def _never(_callback: str) -> None:
    await asyncio.Event().wait()


async def test_no_call_outlives_its_lease_unseen_by_a_take_over(desk: Desk) -> None:
    """A provider that holds its answer is given up before the lease ends, and whoever takes over is told what may come."""
    desk.times = SendTimes(lease=1.0, settle=120.0, attempts=3)
    message = await desk.queued("Custa R$ 120,00.")
    desk.channel.meanwhile = [_never]
    async with asyncio.timeout(desk.times.lease):
        await desk.deliverer.run(desk.ref)
    assert await desk.status(message) == "unknown"
    member_id = await desk.seed.member(desk.business.tenant_id, name="Bia")
    bia = Actor(desk.business.tenant_id, member_id, Role.ATTENDANT)
    assert not (await Assignments(desk.jobs).take(bia, desk.ref.conversation_id)).settled


async def test_words_of_a_sender_that_died_may_still_come(desk: Desk) -> None:
    """Past its lease nobody is calling any more, and nobody knows whether the provider has the message."""
    await desk.queued("Custa R$ 120,00.")
    await desk.sends.claim(desk.ref)
    await desk.run("UPDATE messages SET send_lease_until = now() - interval '1 s'")
    member_id = await desk.seed.member(desk.business.tenant_id, name="Bia")
    bia = Actor(desk.business.tenant_id, member_id, Role.ATTENDANT)

    async def pause(_seconds: float) -> None:
        await desk.sends.mark_abandoned()

    assert not (await Assignments(desk.jobs, pause).take(bia, desk.ref.conversation_id)).settled
