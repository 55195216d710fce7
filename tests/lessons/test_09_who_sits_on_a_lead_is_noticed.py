"""A lead whose attendant goes silent is told of after the tenant's time, and then handed on as the tenant chose."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.ids import uuid7
from core.services.silences import Silences
from tests.integration.chats import buttons
from tests.integration.sandbox.telegram_cast import ANA, BIA
from tests.integration.services.desk import SETTINGS, Desk
from tests.integration.services.test_announcements import Team, told
from tests.integration.team.office import Office


@pytest.fixture
def team(desk: Desk) -> Team:
    """Nobody yet."""
    return Team(desk)


async def choose(desk: Desk, **rules: object) -> None:
    """What the tenant sets for its hand-offs."""
    hours = rules.pop("hours", {})
    settings = {**SETTINGS, "hand_off": rules, "hours": {"spans": hours}}
    await desk.run("UPDATE tenants SET settings = $1::text::jsonb", json.dumps(settings))


async def passes(desk: Desk, minutes: float) -> None:
    """Time passes: all that has happened lies further back, and so do the looks that are due."""
    back = timedelta(minutes=minutes)
    await desk.run("UPDATE messages SET created_at = created_at - $1::interval", back)
    await desk.run("UPDATE hand_offs SET claimed_at = claimed_at - $1::interval", back)
    await desk.run(
        "UPDATE conversations SET silent_due_at = silent_due_at - $1::interval, silent_told_at = silent_told_at - $1::interval",
        back,
    )
    await desk.run("ALTER TABLE conversations DISABLE TRIGGER USER")
    await desk.run("UPDATE conversations SET last_inbound_at = last_inbound_at - $1::interval", back)
    await desk.run("ALTER TABLE conversations ENABLE TRIGGER USER")


async def look(desk: Desk) -> int:
    """What the worker does every few seconds."""
    return await Silences(desk.jobs).look_overdue()


async def alerts(desk: Desk) -> int:
    """How often the team is told."""
    return sum(kind == "silent_attendant" for kind in await desk.notified())


async def taken(team: Team, name: str = "Ana") -> tuple[Actor, UUID]:
    """A member has the lead's conversation."""
    actor, chat = await team.member(name)
    await team.hand_off()
    await told()
    await team.assignments.take(actor, team.desk.ref.conversation_id)
    return actor, chat


async def test_two_hours_of_silence_are_told_once(desk: Desk, team: Team) -> None:
    """Not a minute before the tenant's time, and then once, however often somebody looks."""
    await taken(team)
    await desk.hears("Alguém aí?")
    await passes(desk, 119)
    assert (await look(desk), await alerts(desk)) == (0, 0)
    await passes(desk, 2)
    assert (await look(desk), await look(desk), await alerts(desk)) == (1, 0, 1)
    await passes(desk, 600)
    assert (await look(desk), await alerts(desk), await desk.conversation("status")) == (0, 1, "human")
    await desk.hears("Ainda espero")
    assert (await look(desk), await alerts(desk)) == (0, 1)  # it is the same silence


async def test_an_answer_ends_the_silence_and_the_next_one_is_another(desk: Desk, team: Team) -> None:
    """Who answers is not told of; when he goes silent again he is."""
    actor, _ = await taken(team)
    await desk.hears("Alguém aí?")
    await passes(desk, 90)
    await team.attendance.say(actor, desk.ref.conversation_id, "Oi!", message_id=uuid7())
    await passes(desk, 90)
    assert (await look(desk), await alerts(desk)) == (0, 0)
    for expected in (1, 2):
        await desk.hears("E então?")
        await passes(desk, 121)
        await look(desk)
        assert await alerts(desk) == expected
        await team.attendance.say(actor, desk.ref.conversation_id, "Já vejo", message_id=uuid7())
        await passes(desk, 1)


async def test_an_answer_that_never_left_is_no_answer(desk: Desk, team: Team) -> None:
    """Nor is a note: the lead has read neither."""
    actor, _ = await taken(team)
    await desk.hears("Alguém aí?")
    await team.attendance.note(actor, desk.ref.conversation_id, "chato", message_id=uuid7())
    await team.attendance.say(actor, desk.ref.conversation_id, "Oi!", message_id=uuid7())
    await desk.run("UPDATE messages SET status = 'failed', next_attempt_at = NULL WHERE text = 'Oi!'")
    await passes(desk, 121)
    assert await look(desk) == 1


async def test_who_has_just_taken_it_gets_his_time(desk: Desk, team: Team) -> None:
    """What the lead waited before counts for nobody; passed on, it is the colleague's time that begins."""
    actor, _ = await team.member("Ana")
    colleague, _ = await team.member("Bia")
    await team.hand_off()
    await passes(desk, 300)
    await team.assignments.take(actor, desk.ref.conversation_id)
    assert await look(desk) == 0
    await passes(desk, 121)
    assert await look(desk) == 1
    await team.assignments.transfer(actor, desk.ref.conversation_id, colleague.member_id)
    await passes(desk, 119)
    assert await look(desk) == 0
    await passes(desk, 2)
    assert (await look(desk), await alerts(desk)) == (1, 2)


async def test_a_lead_who_writes_again_and_again_is_not_put_off_for_ever(desk: Desk, team: Team) -> None:
    """The time counts from his last word, and twice that from his first."""
    await taken(team)
    for _ in range(3):
        await desk.hears("Oi?")
        assert await look(desk) == 0
        await passes(desk, 70)
    assert await look(desk) == 0  # since the last word only 70 minutes
    await desk.hears("Oi??")
    await passes(desk, 31)
    assert await look(desk) == 1  # four hours after the first


async def test_the_clock_stands_while_the_business_is_closed(desk: Desk, team: Team) -> None:
    """Nobody is blamed for a night."""
    closed_now = await desk.value(
        "SELECT to_char(now() AT TIME ZONE 'America/Sao_Paulo' + interval '3 hours', 'HH24:MI')"
    )
    later = await desk.value("SELECT to_char(now() AT TIME ZONE 'America/Sao_Paulo' + interval '4 hours', 'HH24:MI')")
    await choose(desk, hours={str(day): [f"{closed_now}-{later}"] for day in range(7)})
    await taken(team)
    await desk.hears("Alguém aí?")
    await passes(desk, 150)
    assert await look(desk) == 0
    due = await desk.value("SELECT silent_due_at - now() FROM conversations WHERE silent_due_at IS NOT NULL")
    assert due > timedelta(hours=20)  # an hour a day is open: the second of the two comes tomorrow


async def test_the_owners_phone_is_watched_too(desk: Desk, team: Team) -> None:
    """Taken by the phone nobody is named; who leads the team is told."""
    _, boss = await team.member("Rui", role=Role.MANAGER)
    await team.member("Ana")
    await desk.phone_writes("Oi, aqui é o dono")
    await desk.hears("Quanto custa?")
    await passes(desk, 121)
    await look(desk)
    await told()
    assert ("notice", boss) in await team.posts()
    assert sum(kind == "notice" for kind, _ in await team.posts()) == 1


async def test_the_holder_and_who_leads_are_told(desk: Desk, team: Team) -> None:
    """Nobody else is."""
    _, boss = await team.member("Rui", role=Role.MANAGER)
    await team.member("Bia")
    _, ana = await taken(team)
    await desk.hears("Alguém aí?")
    await passes(desk, 121)
    await look(desk)
    await told()
    assert {chat for kind, chat in await team.posts() if kind == "notice"} == {ana, boss}


async def test_released_it_waits_for_anybody(desk: Desk, team: Team) -> None:
    """After twice the time nobody has it: a new round of cards, and the old holder may be quicker this time."""
    await choose(desk, silent_action="release", silent_minutes=60)
    actor, _ = await taken(team)
    await desk.hears("Alguém aí?")
    await passes(desk, 61)
    assert (await look(desk), await desk.conversation("status")) == (1, "human")
    await passes(desk, 59)
    assert await look(desk) == 0
    await passes(desk, 2)
    assert await look(desk) == 1
    assert (await desk.conversation("status"), await desk.conversation("assignee_id")) == ("waiting_human", None)
    assert (await desk.hand_offs(), (await desk.notified()).count("hand_off_card")) == (["lead_asked", "silent"], 2)
    assert await desk.conversation("waiting_until") is not None
    await team.assignments.take(actor, desk.ref.conversation_id)
    assert await desk.conversation("status") == "human"


async def test_back_with_the_ai_the_lead_is_answered(desk: Desk, team: Team) -> None:
    """The AI answers what he said last, and not what the person had answered."""
    await choose(desk, silent_action="ai", silent_minutes=60)
    actor, _ = await taken(team)
    await desk.hears("Abre sábado?")
    await team.attendance.say(actor, desk.ref.conversation_id, "Abre sim", message_id=uuid7())
    await desk.hears("E domingo?")
    for _ in range(2):
        await passes(desk, 61)
        await look(desk)
    assert [turn.conversation_id for turn in desk.jobs.turns] == [desk.ref.conversation_id]
    await desk.answers()
    new = desk.model.prompts[-1].variable.partition("</history>")[2]
    assert ("E domingo?" in new, "Abre sábado?" in new) == (True, False)


async def test_an_ai_that_is_off_gets_nobody(desk: Desk, team: Team) -> None:
    """Given back to a paused AI the lead would have nobody at all: he waits for the team."""
    await choose(desk, silent_action="ai", silent_minutes=60)
    await taken(team)
    await desk.hears("Alguém aí?")
    await desk.run("UPDATE tenants SET ai_paused = true")
    for _ in range(2):
        await passes(desk, 61)
        await look(desk)
    assert await desk.conversation("status") == "waiting_human"


async def test_nobody_is_watched_where_the_tenant_does_not_want_it(desk: Desk, team: Team) -> None:
    """Zero minutes: for ever."""
    await choose(desk, silent_minutes=0)
    await taken(team)
    await desk.hears("Alguém aí?")
    await passes(desk, 10_000)
    assert (await look(desk), await desk.conversation("silent_due_at")) == (0, None)


async def test_the_holder_reads_it_in_telegram_and_the_card_goes_round_again(office: Office) -> None:
    """The whole way to the eyes of the team: the notice, then the card that anybody may take."""
    desk = office.desk
    await choose(desk, silent_action="release")
    ana = await office.member(ANA, "Ana")
    await office.member(BIA, "Bia")
    await office.hand_off()
    await office.assignments.take(ana, desk.ref.conversation_id)
    await office.shows(BIA, "Com Ana")
    await desk.hears("Alguém aí?")
    await passes(desk, 121)
    await look(desk)
    await office.shows(ANA, "espera uma resposta da equipe há muito tempo")
    await passes(desk, 121)
    await look(desk)
    await office.shows(ANA, "voltou para a fila")
    card = await office.shows(BIA, "quem atendia não respondeu")
    assert "🙋 Assumir" in buttons(card)
