"""Who waits is told of again, then to those who lead, then the tenant's choice happens: once each, whoever looks."""

import asyncio
import json
from datetime import timedelta

import pytest

from core.domain.conversation import Role
from core.domain.errors import Conflict
from core.services.waiting import WaitingRoom
from tests.integration.services.desk import SETTINGS, Desk
from tests.integration.services.test_announcements import Team, told


@pytest.fixture
def team(desk: Desk) -> Team:
    """Nobody yet."""
    return Team(desk)


async def choose(desk: Desk, **rules: object) -> None:
    """What the tenant sets for its hand-offs."""
    hours = rules.pop("hours", {})
    messages = {**SETTINGS["messages"], "still_waiting": "Não esquecemos de você."}  # type: ignore[dict-item] # a mapping
    settings = {**SETTINGS, "messages": messages, "hand_off": rules, "hours": {"spans": hours}}
    await desk.run("UPDATE tenants SET settings = $1::text::jsonb", json.dumps(settings))


async def passes(desk: Desk, minutes: float) -> None:
    """Time passes: the wait began further back, and what is due is due sooner."""
    back = timedelta(minutes=minutes)
    await desk.run("ALTER TABLE conversations DISABLE TRIGGER USER")
    await desk.run(
        "UPDATE conversations SET waiting_since = waiting_since - $1::interval, waiting_until = waiting_until - $1::interval,"
        " waiting_due_at = waiting_due_at - $1::interval",
        back,
    )
    await desk.run("ALTER TABLE conversations ENABLE TRIGGER USER")


async def look(desk: Desk) -> int:
    """What every worker does every few seconds."""
    return await WaitingRoom(desk.jobs, desk.fitting).look_overdue()


async def rungs(desk: Desk) -> list[str]:
    """What the team is told of the wait, in order."""
    return [
        row[0] for row in await desk.rows("SELECT kind FROM notifications WHERE kind LIKE 'waiting_%' ORDER BY due_at")
    ]


async def test_each_rung_comes_at_its_time_and_once(desk: Desk, team: Team) -> None:
    """Nine minutes nothing, ten a reminder, twenty the leaders, thirty the AI: however often somebody looks."""
    await team.hand_off()
    seen = []
    for minutes in (0, 9, 1.1, 9, 1, 9, 1):
        await passes(desk, minutes)
        await look(desk)
        await look(desk)
        seen.append((len(await rungs(desk)), await desk.conversation("status")))
    waits = "waiting_human"
    assert seen == [(0, waits), (0, waits), (1, waits), (1, waits), (2, waits), (2, waits), (2, "ai")]
    assert await rungs(desk) == ["waiting_reminder", "waiting_escalated"]


async def test_two_workers_at_once_tell_once(desk: Desk, team: Team) -> None:
    """Eight looks at the same moment are one."""
    await team.hand_off()
    await passes(desk, 11)
    looked = await asyncio.gather(*(look(desk) for _ in range(8)))
    assert (sum(looked), await rungs(desk)) == (1, ["waiting_reminder"])


async def test_a_message_to_the_lead_is_said_once_and_he_goes_on_waiting(desk: Desk, team: Team) -> None:
    """Two workers at once say it once; from then on nothing more happens."""
    await choose(desk, waiting_action="message")
    await team.hand_off()
    await passes(desk, 31)
    await asyncio.gather(*(look(desk) for _ in range(4)))
    await passes(desk, 3000)
    assert await look(desk) == 0
    assert [said[2] for said in await desk.said()].count("Não esquecemos de você.") == 1
    assert [await desk.conversation(one) for one in ("status", "waiting_until")] == ["waiting_human", None]
    assert await rungs(desk) == ["waiting_reminder", "waiting_escalated"]


async def test_nothing_is_a_choice_too(desk: Desk, team: Team) -> None:
    """He goes on waiting, and hears nothing."""
    await choose(desk, waiting_action="nothing")
    await team.hand_off()
    before = await desk.said()
    await passes(desk, 31)
    await look(desk)
    assert (await desk.said(), await desk.conversation("status")) == (before, "waiting_human")


async def test_who_takes_it_ends_the_ladder(desk: Desk, team: Team) -> None:
    """In between, and for good: nothing of the wait is told or done any more."""
    ana, _ = await team.member("Ana")
    await team.hand_off()
    await passes(desk, 11)
    await look(desk)
    await team.assignments.take(ana, desk.ref.conversation_id)
    assert [await desk.conversation(one) for one in ("waiting_due_at", "waiting_step")] == [None, 0]
    assert (await look(desk), await rungs(desk)) == (0, ["waiting_reminder"])


@pytest.mark.parametrize("_", range(5))
async def test_of_a_taker_and_the_clock_one_wins(desk: Desk, team: Team, _: int) -> None:
    """At the same moment: either the lead has a person and no apology, or he had one and the person took it after."""
    ana, _chat = await team.member("Ana")
    await team.hand_off()
    await passes(desk, 31)
    taken, _looked = await asyncio.gather(
        team.assignments.take(ana, desk.ref.conversation_id), look(desk), return_exceptions=True
    )
    assert not isinstance(taken, BaseException) or isinstance(taken, Conflict)
    apologies = [status for purpose, status, _text in await desk.said() if purpose == "apology"]
    assert await desk.conversation("status") == "human"
    assert apologies in ([], ["cancelled"])


async def test_another_wait_begins_anew(desk: Desk, team: Team) -> None:
    """Given back and asked for again: its own ladder, from the first rung."""
    ana, _ = await team.member("Ana")
    await team.hand_off()
    await passes(desk, 11)
    await look(desk)
    await team.assignments.take(ana, desk.ref.conversation_id)
    await team.assignments.give_back(ana, desk.ref.conversation_id)
    await team.hand_off()
    assert await look(desk) == 0
    await passes(desk, 11)
    assert (await look(desk), await rungs(desk)) == (1, ["waiting_reminder", "waiting_reminder"])


async def test_closed_hours_do_not_count(desk: Desk, team: Team) -> None:
    """A business that does not open within the looks ahead is reminded of nobody, and gives nobody back."""
    weekday = (await desk.value("SELECT now() AT TIME ZONE 'America/Sao_Paulo'")).weekday()
    await choose(desk, hours={str((weekday + 3) % 7): ["09:00-18:00"]})
    await team.hand_off()
    await passes(desk, 24 * 60)
    assert (await look(desk), await desk.conversation("status")) == (0, "waiting_human")


async def test_a_reminder_goes_where_cards_go_and_an_alert_to_those_who_lead(desk: Desk, team: Team) -> None:
    """The group is reminded; the manager is told in his own chat; the group names whoever has none."""
    group = await team.group()
    _, mara = await team.member("Mara", role=Role.MANAGER)
    boss = desk.business.member_id
    await team.hand_off()
    await told()
    await team.shown()
    await passes(desk, 11)
    await look(desk)
    await told()
    assert await team.posts() == {("notice", group)}
    await team.shown()
    await passes(desk, 10)
    await look(desk)
    await told()
    assert await team.posts() == {("notice", mara), ("notice", group)}
    named = await desk.value("SELECT payload ->> 'named' FROM telegram_posts WHERE due_at IS NOT NULL LIMIT 1")
    assert json.loads(named) == [str(boss)]


async def test_who_was_taken_meanwhile_is_not_told_of(desk: Desk, team: Team) -> None:
    """The reminder was written, and before anybody was told somebody came."""
    ana, _ = await team.member("Ana")
    await team.hand_off()
    await told()
    await team.shown()
    await passes(desk, 11)
    await look(desk)
    await team.assignments.take(ana, desk.ref.conversation_id)
    await told()
    assert not any(kind == "notice" for kind, _ in await team.posts())


async def test_days_without_a_worker_are_made_up_for_in_order(desk: Desk, team: Team) -> None:
    """The first look finds all three due: the team is told twice, and the lead has the AI again."""
    await team.hand_off()
    await passes(desk, 3 * 24 * 60)
    assert (await look(desk), await look(desk)) == (1, 0)
    assert (await rungs(desk), await desk.conversation("status")) == (["waiting_reminder", "waiting_escalated"], "ai")
