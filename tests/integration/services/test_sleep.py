"""A conversation sleeps until its time, or until something happens in it: its clocks stand still, and it comes back once."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import NotOwner
from core.services.queue_view import queue_of
from core.services.restoration import Restoration
from core.services.silences import Silences
from core.services.sleep import Alarms, put_to_sleep, wake
from core.services.stale_conversations import StaleConversations
from core.services.waiting import WaitingRoom
from tests.integration.services.desk import Desk
from tests.integration.services.test_announcements import Team, told

OVER = "UPDATE conversations SET asleep_until = now()"


@pytest.fixture
def team(desk: Desk) -> Team:
    """Nobody yet."""
    return Team(desk)


async def taken(team: Team) -> tuple[Actor, UUID]:
    """Ana has the lead's conversation."""
    ana, chat = await team.member("Ana")
    await team.hand_off()
    await told()
    await team.shown()
    await team.assignments.take(ana, team.desk.ref.conversation_id)
    return ana, chat


async def clocks(desk: Desk) -> tuple[bool, bool]:
    """Whether somebody is to look for silence, and for waiting."""
    return await desk.conversation("silent_due_at") is not None, await desk.conversation("waiting_due_at") is not None


async def test_it_wakes_at_its_time_once_and_its_holder_is_told(desk: Desk, team: Team) -> None:
    """Eight look at the same moment: it wakes once, and its holder hears of it in his own chat."""
    ana, chat = await taken(team)
    until = await put_to_sleep(ana, desk.ref.conversation_id, "em 1 h")
    assert until - datetime.now(UTC) > timedelta(minutes=59)
    assert await Alarms().ring_due() == 0
    await desk.run(OVER)
    assert sum(await asyncio.gather(*(Alarms().ring_due() for _ in range(8)))) == 1
    assert (await desk.notified()).count("woken") == 1
    await told()
    assert ("notice", chat) in await team.posts()
    assert await desk.conversation("asleep_until") is None


async def test_while_it_sleeps_its_clocks_stand_still(desk: Desk, team: Team) -> None:
    """Nobody looks whether its holder is silent; once it wakes his time begins anew."""
    ana, _ = await taken(team)
    await desk.hears("Alguém aí?")
    await put_to_sleep(ana, desk.ref.conversation_id, "amanhã às 9")
    assert await clocks(desk) == (False, False)
    assert await Silences(desk.jobs).look_overdue() == 0
    await desk.run("UPDATE messages SET created_at = created_at - interval '1 day'")
    await desk.run(OVER)
    await Alarms().ring_due()
    assert await clocks(desk) == (True, False)
    assert await Silences(desk.jobs).look_overdue() == 0  # not two hours after he woke


async def test_a_lead_who_waits_may_sleep_too_and_his_ladder_begins_anew(desk: Desk, team: Team) -> None:
    """A manager puts it off; no reminder comes meanwhile, and the AI does not take it back the moment it wakes."""
    mara, _ = await team.member("Mara", role=Role.MANAGER)
    await team.hand_off()
    await put_to_sleep(mara, desk.ref.conversation_id, "em 2 h")
    await desk.run("UPDATE conversations SET waiting_until = now() - interval '1 minute'")
    assert await clocks(desk) == (False, False)
    assert await WaitingRoom(desk.jobs, desk.fitting).look_overdue() == 0
    await desk.run(OVER)
    await Alarms().ring_due()
    assert await WaitingRoom(desk.jobs, desk.fitting).look_overdue() == 0
    ahead = await desk.value("SELECT waiting_due_at > now() + interval '9 min' FROM conversations")
    assert (ahead, await desk.conversation("status")) == (True, "waiting_human")


async def test_the_leads_next_word_wakes_it_at_once(desk: Desk, team: Team) -> None:
    """By the webhook's own statement; nobody is told of a time that never came."""
    ana, _ = await taken(team)
    await put_to_sleep(ana, desk.ref.conversation_id, "em 2 dias")
    await desk.hears("Mudei de ideia")
    assert await desk.conversation("asleep_until") is None
    assert (await Alarms().ring_due(), await clocks(desk)) == (0, (True, False))


@pytest.mark.parametrize("deed", ["take", "give_back", "close", "transfer"])
async def test_whoever_moves_it_wakes_it(desk: Desk, team: Team, deed: str) -> None:
    """Taken, given back, closed or passed on: it sleeps no more, and does not come back by itself."""
    mara, _ = await team.member("Mara", role=Role.MANAGER)
    ana, _chat = await taken(team)
    ref = desk.ref.conversation_id
    if deed == "take":
        await desk.run("UPDATE conversations SET status = 'waiting_human', assignee_id = NULL, waiting_since = now()")
        await put_to_sleep(mara, ref, "em 1 h")
        await team.assignments.take(ana, ref)
    else:
        await put_to_sleep(ana, ref, "em 1 h")
        more = (mara.member_id,) if deed == "transfer" else ()
        await getattr(team.assignments, deed)(ana, ref, *more)
    assert (await desk.conversation("asleep_until"), await Alarms().ring_due()) == (None, 0)


async def test_of_an_alarm_and_the_leads_word_nothing_is_lost(desk: Desk, team: Team) -> None:
    """At the same moment: it is awake, and it woke once at most by the clock."""
    ana, _ = await taken(team)
    await put_to_sleep(ana, desk.ref.conversation_id, "em 1 h")
    await desk.run(OVER)
    rung, _stored = await asyncio.gather(Alarms().ring_due(), desk.hears("Oi?"))
    assert await desk.conversation("asleep_until") is None
    assert (await desk.notified()).count("woken") == rung


async def test_only_its_holder_or_who_leads_puts_it_to_sleep(desk: Desk, team: Team) -> None:
    """A colleague does not, nor an attendant a lead who waits for anybody; whoever leads may, and may wake it."""
    bia, _ = await team.member("Bia")
    mara, _ = await team.member("Mara", role=Role.MANAGER)
    await team.hand_off()
    with pytest.raises(NotOwner):
        await put_to_sleep(bia, desk.ref.conversation_id, "em 1 h")
    await put_to_sleep(mara, desk.ref.conversation_id, "em 1 h")
    assert [await wake(mara, desk.ref.conversation_id) for _ in range(2)] == [True, False]


async def test_it_is_not_among_those_who_wait(desk: Desk, team: Team) -> None:
    """The queue lists it apart, with its time."""
    mara, _ = await team.member("Mara", role=Role.MANAGER)
    await team.hand_off()
    await put_to_sleep(mara, desk.ref.conversation_id, "em 1 h")
    queue = await queue_of(mara)
    assert (len(queue.waiting), len(queue.held), len(queue.asleep)) == (0, 0, 1)


async def test_it_is_not_closed_while_it_sleeps_but_a_week_after(desk: Desk, team: Team) -> None:
    """The job passes it by, and finds it again once it has been awake for so long."""
    ana, _ = await taken(team)
    await put_to_sleep(ana, desk.ref.conversation_id, "em 30 dias")
    await desk.run("UPDATE conversations SET last_activity_at = now() - interval '10 days'")
    now = await desk.value("SELECT now()")
    job = StaleConversations()
    await job.batch(desk.ref.tenant_id, now, dry=False)
    assert await desk.conversation("status") == "human"
    await desk.run(OVER)
    await Alarms().ring_due()
    await job.batch(desk.ref.tenant_id, now + timedelta(days=8), dry=False)
    assert await desk.conversation("status") == "closed"


async def test_what_slept_in_a_past_that_is_back_sleeps_on_and_wakes(desk: Desk, team: Team) -> None:
    """Its alarm only tells the team: nothing is said to the lead for it."""
    ana, _ = await taken(team)
    await put_to_sleep(ana, desk.ref.conversation_id, "em 1 h")
    await Restoration(120.0).settle()
    assert await desk.conversation("asleep_until") is not None
    await desk.run(OVER)
    assert await Alarms().ring_due() == 1
