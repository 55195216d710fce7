"""A hand-off that is over neither calls for the next one nor keeps the AI from answering."""

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.ids import uuid7
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from core.services.waiting import WaitingRoom
from tests.integration.services.desk import Desk


async def _served_by_a_person(desk: Desk) -> Actor:
    """He asked for a person, had one, and was given back."""
    member = await desk.seed.member(desk.ref.tenant_id, name="Ana")
    actor = Actor(desk.ref.tenant_id, member, Role.ATTENDANT)
    await desk.hears("Quero falar com um atendente")
    await desk.answers()
    await Assignments(desk.jobs).take(actor, desk.ref.conversation_id)
    attendance = Attendance({desk.channel.name: desk.channel}, desk.jobs)
    await attendance.say(actor, desk.ref.conversation_id, "Oi, sou a Ana. É R$ 120,00.", message_id=uuid7())
    await Assignments(desk.jobs).give_back(actor, desk.ref.conversation_id)
    return actor


async def test_given_back_with_nothing_open_the_ai_says_nothing(desk: Desk) -> None:
    """The person had the last word: no turn is due."""
    await _served_by_a_person(desk)
    assert (await desk.conversation("status"), await desk.conversation("turn_due_at")) == ("ai", None)


async def test_the_next_words_are_answered_by_the_ai(desk: Desk) -> None:
    """What he asked for last week is no wish of today: no second hand-off, and an answer."""
    await _served_by_a_person(desk)
    for words in ("Obrigado! E aos sábados?", "Tem estacionamento?", "Certo"):
        await desk.hears(words)
        committed = await desk.answers()
        assert (committed.hand_off_id, await desk.conversation("status")) == (None, "ai")
    assert await desk.hand_offs() == ["lead_asked"]
    assert [text for purpose, _, text in await desk.said() if purpose == "answer"] == ["Claro!"] * 4


async def test_who_asks_again_is_handed_off_again(desk: Desk) -> None:
    """Nor does the old hand-off stand in the way of a new one."""
    await _served_by_a_person(desk)
    await desk.hears("Quero falar com um humano de novo")
    committed = await desk.answers()
    assert committed.hand_off_id is not None
    assert (await desk.hand_offs(), await desk.conversation("status")) == (["lead_asked"] * 2, "waiting_human")


async def test_the_counters_that_led_to_it_begin_anew(desk: Desk) -> None:
    """Fifteen turns without progress hand off once, and not with every turn after."""
    await desk.run("UPDATE conversations SET idle_turns = 14")
    await desk.hears("hm")
    await desk.answers()
    assert await desk.hand_offs() == ["no_progress"]
    await desk.run("UPDATE conversations SET waiting_until = now()")
    await WaitingRoom(desk.jobs, desk.fitting).look_overdue()
    for _ in range(3):
        await desk.hears("hm")
        assert (await desk.answers()).hand_off_id is None
    assert await desk.conversation("idle_turns") == 3


async def test_closed_and_written_to_again_it_is_the_ais(desk: Desk) -> None:
    """Reopened, nothing of the person's stay is left but his words."""
    actor = await _served_by_a_person(desk)
    await Assignments(desk.jobs).take(actor, desk.ref.conversation_id)
    await Assignments(desk.jobs).close(actor, desk.ref.conversation_id)
    await desk.hears("Bom dia!")
    committed = await desk.answers()
    assert (committed.hand_off_id, await desk.conversation("status")) == (None, "ai")
    assert await desk.conversation("assignee_id") is None
