"""Somebody of the team stops a follow-up: before it is written, while it is, and while it waits to leave; never after."""

import asyncio
from uuid import UUID, uuid4

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import NotFound
from core.services.follow_up_preview import FollowUpPreviews
from core.services.follow_ups import FollowUps
from core.services.lead_follow_ups import FollowUpGone, FollowUpsOfLead, stop_follow_up
from tests.integration.follow_ups.clockwork import Clockwork

STOPPED = (1, "cancelled", "stopped")


def _actor(clock: Clockwork, role: Role = Role.MANAGER) -> Actor:
    return Actor(clock.desk.business.tenant_id, clock.desk.business.member_id, role)


async def _first(clock: Clockwork) -> UUID:
    return UUID(str(await clock.desk.value("SELECT id FROM follow_ups ORDER BY created_at, step LIMIT 1")))


async def _planned(clock: Clockwork) -> UUID:
    await clock.set()
    await clock.talks()
    await clock.plans()
    return await _first(clock)


async def test_what_is_planned_is_not_said(clock: Clockwork) -> None:
    """Nor planned again in this silence; who stopped it is on record, once however often he does."""
    follow_up = await _planned(clock)
    for _ in range(2):
        await stop_follow_up(_actor(clock), follow_up)
    await clock.passes(hours=4)
    assert (await clock.runs(), await clock.steps()) == (0, [STOPPED])
    audited = "SELECT actor FROM audit_log WHERE action = 'follow_up.stopped' AND subject = $1"
    assert await clock.desk.rows(audited, str(clock.desk.thread.lead_id)) == [(f"member:{_actor(clock).member_id}",)]


async def test_the_next_silence_is_followed_up_again(clock: Clockwork) -> None:
    """It was stopped for this one alone."""
    await stop_follow_up(_actor(clock), await _planned(clock))
    await clock.talks()
    await clock.passes(hours=4)
    assert await clock.runs() == 1


async def test_what_waits_to_leave_is_taken_back(clock: Clockwork) -> None:
    """And what is planned after it with it."""
    await clock.due()
    await stop_follow_up(_actor(clock), await _first(clock))
    assert await clock.sends() is None
    assert (await clock.desk.said())[-1][:2] == ("follow_up", "cancelled")
    assert await clock.steps() == [STOPPED, (2, "cancelled", "stopped")]


async def test_what_is_being_written_is_not_written(clock: Clockwork) -> None:
    """Whoever writes it finds it gone."""
    follow_up = await _planned(clock)
    await clock.passes(hours=4)
    await clock.desk.run("UPDATE follow_ups SET leave_at = now()")
    follow_ups = FollowUps(clock.desk.fitting, {}, clock.desk.jobs)
    taken = await follow_ups.take(clock.desk.ref.tenant_id, follow_up)
    assert taken is not None
    await stop_follow_up(_actor(clock), follow_up)
    assert not await follow_ups.write(taken, taken.words)
    assert await clock.steps() == [STOPPED]


async def test_what_has_left_is_told_to_have(clock: Clockwork) -> None:
    """What follows stays planned: it can be stopped itself."""
    await clock.due()
    await clock.desk.deliverer.run(clock.desk.ref)
    with pytest.raises(FollowUpGone):
        await stop_follow_up(_actor(clock), await _first(clock))
    assert [state for _, state, _ in await clock.steps()] == ["sent", "planned"]


async def test_it_is_stopped_or_it_leaves(clock: Clockwork) -> None:
    """Never both, and never neither, when the sender takes it up in the same moment."""
    await clock.due()
    stopped, job = await asyncio.gather(
        stop_follow_up(_actor(clock), await _first(clock)), clock.sends(), return_exceptions=True
    )
    assert not isinstance(job, BaseException)
    assert isinstance(stopped, FollowUpGone) is (job is not None)
    assert (await clock.steps())[0] == ((1, "sent", None) if job is not None else STOPPED)


async def test_a_colleagues_leads_are_not_there(clock: Clockwork) -> None:
    """To an attendant who neither has him nor could."""
    follow_up = await _planned(clock)
    colleague = await clock.desk.seed.member(clock.desk.business.tenant_id, role=Role.ATTENDANT)
    await clock.desk.run("UPDATE conversations SET status = 'human', assignee_id = $1", colleague)
    actor = _actor(clock, Role.ATTENDANT)
    for wanted in (follow_up, uuid4()):
        with pytest.raises(NotFound):
            await stop_follow_up(actor, wanted)
    with pytest.raises(NotFound):
        await FollowUpsOfLead(FollowUpPreviews({})).of_lead(actor, clock.desk.thread.lead_id)


async def test_a_lead_shows_what_is_next_and_what_was(clock: Clockwork) -> None:
    """The one that leaves before the one that is planned; the latest of the others first, each with its reason."""
    page = FollowUpsOfLead(FollowUpPreviews({}))
    lead_id = clock.desk.thread.lead_id
    await clock.due()
    leaving = await page.of_lead(_actor(clock, Role.ATTENDANT), lead_id)
    assert leaving.coming is not None
    assert (leaving.coming.step, leaving.coming.is_leaving, leaving.past) == (1, True, [])
    await clock.desk.deliverer.run(clock.desk.ref)
    planned = await page.of_lead(_actor(clock), lead_id)
    assert planned.coming is not None
    assert (planned.coming.step, planned.coming.is_leaving) == (2, False)
    assert planned.coming.id is not None
    await stop_follow_up(_actor(clock), planned.coming.id)
    ended = await page.of_lead(_actor(clock), lead_id)
    assert ended.coming is None
    assert [(one.step, one.state, one.reason) for one in ended.past] == [(2, "cancelled", "stopped"), (1, "sent", None)]
