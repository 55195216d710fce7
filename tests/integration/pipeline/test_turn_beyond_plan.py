"""Who answers a lead whom the month counts beyond the plan."""

from core.domain.plans import Plan
from core.services.plans import add_plan, put_on_plan
from core.services.waiting import WaitingRoom
from tests.factories import Thread
from tests.integration.services.desk import Desk

PEOPLE = """UPDATE tenants SET settings = settings || '{"beyond_plan": "people"}'"""


async def _full(desk: Desk) -> Thread:
    """A plan of one lead, who has been counted; another one who writes after him."""
    await add_plan(Plan("tiny", "Tiny", 1, 3))
    await put_on_plan(desk.business.tenant_id, "tiny")
    await desk.hears("Oi")
    late = await desk.seed.thread(desk.business)
    await desk.hears("Oi também", thread=late)
    return late


async def _answered(desk: Desk, thread: Thread) -> None:
    held, desk.thread = desk.thread, thread
    try:
        await desk.answers()
    finally:
        desk.thread = held


async def _outcome(desk: Desk, thread: Thread) -> tuple[str, str | None, list[tuple[str, str]]]:
    """Whose the conversation is, why people have it, and what the lead is told."""
    said = await desk.rows(
        "SELECT purpose, text FROM messages WHERE conversation_id = $1 AND direction = 'out' ORDER BY seq",
        thread.conversation_id,
    )
    reason = await desk.value("SELECT reason FROM hand_offs WHERE conversation_id = $1", thread.conversation_id)
    status = await desk.value("SELECT status FROM conversations WHERE id = $1", thread.conversation_id)
    return status, reason, [(purpose, text) for purpose, text in said]


async def test_the_ai_answers_beyond_the_plan(desk: Desk) -> None:
    """Unless the business says otherwise nobody is treated differently: he only counts as excess."""
    late = await _full(desk)
    await _answered(desk, late)
    status, reason, said = await _outcome(desk, late)
    assert (status, reason, [purpose for purpose, _ in said]) == ("ai", None, ["answer"])


async def test_people_answer_beyond_the_plan(desk: Desk) -> None:
    """Where the business chose so, he is told that a person comes, and the model is not asked; whom the plan holds has the AI."""
    await desk.run(PEOPLE)
    late = await _full(desk)
    await _answered(desk, late)
    assert await _outcome(desk, late) == ("waiting_human", "beyond_plan", [("generic", "Já chamei a equipe.")])
    assert desk.model.prompts == []
    await desk.answers()
    status, reason, said = await _outcome(desk, desk.thread)
    assert (status, reason, [purpose for purpose, _ in said]) == ("ai", None, ["answer"])
    assert "hand_off_card" in await desk.notified()


async def test_he_waits_for_people_for_as_long_as_it_takes(desk: Desk) -> None:
    """The AI does not take him back when nobody came in time."""
    await desk.run(PEOPLE)
    late = await _full(desk)
    await _answered(desk, late)
    await desk.run("UPDATE conversations SET waiting_since = now() - interval '1 day'")
    await WaitingRoom(desk.jobs, desk.fitting).look_overdue()
    status, _, said = await _outcome(desk, late)
    assert (status, [purpose for purpose, _ in said]) == ("waiting_human", ["generic"])


async def test_a_larger_plan_gives_him_to_the_ai(desk: Desk) -> None:
    """From now on, though he was beyond it a moment ago."""
    await desk.run(PEOPLE)
    late = await _full(desk)
    await put_on_plan(desk.business.tenant_id, "pro")
    await _answered(desk, late)
    assert (await _outcome(desk, late))[0] == "ai"
