"""The AI of a business, paused and set going again."""

import pytest

from core.domain.actor import Actor
from core.domain.conversation import ConversationStatus, Role
from core.domain.errors import Forbidden
from core.services.ai_pause import Resumptions, pause_ai, resume_ai
from tests.integration.services.desk import Desk

DUE = (
    "SELECT extract(epoch FROM turn_due_at - now())::float8 FROM conversations WHERE turn_due_at IS NOT NULL ORDER BY 1"
)


def manager(desk: Desk) -> Actor:
    """Somebody who may."""
    return Actor(desk.business.tenant_id, desk.business.member_id, Role.MANAGER)


async def test_what_waited_is_due_one_after_the_other(desk: Desk) -> None:
    """Whoever wrote first is answered first, and not all in one breath."""
    await pause_ai(manager(desk))
    for _ in range(3):
        await desk.hears(thread=await desk.seed.thread(desk.business))
    assert await resume_ai(manager(desk)) == 3
    first, second, third = (row[0] for row in await desk.rows(DUE))
    assert (round(second - first, 1), round(third - second, 1)) == (0.2, 0.2)


async def test_however_many_wait_all_are_due_within_a_minute(desk: Desk) -> None:
    """A long pause is no reason for a long wait."""
    await pause_ai(manager(desk))
    for _ in range(5):
        await desk.hears(thread=await desk.seed.thread(desk.business))
    await desk.run(
        "INSERT INTO leads (id, tenant_id, name) SELECT gen_random_uuid(), $1, 'L' FROM generate_series(1, 400)",
        desk.business.tenant_id,
    )
    await desk.run(
        "INSERT INTO conversations (id, tenant_id, lead_id, channel_account_id, status, reply_kind, reply_address,"
        " last_activity_at, inbound_seq) SELECT gen_random_uuid(), l.tenant_id, l.id, $2, 'ai', 'phone', '55', now(), 1"
        " FROM leads l WHERE l.tenant_id = $1 AND l.name = 'L'",
        desk.business.tenant_id,
        desk.business.account_id,
    )
    assert await resume_ai(manager(desk)) == 405
    assert max(row[0] for row in await desk.rows(DUE)) <= 60.0


async def test_what_the_ai_need_not_answer_stays_as_it_is(desk: Desk) -> None:
    """A lead who was answered, and one whom a person has."""
    await desk.hears("Oi")
    await desk.answers()
    held = await desk.seed.thread(desk.business, status=ConversationStatus.HUMAN)
    await pause_ai(manager(desk))
    await desk.hears(thread=held)
    assert await resume_ai(manager(desk)) == 0
    assert await desk.rows(DUE) == []


async def test_a_resumed_turn_is_answered(desk: Desk) -> None:
    """With what the lead wrote during the pause."""
    await pause_ai(manager(desk))
    await desk.hears("Ainda tem vaga?")
    await resume_ai(manager(desk))
    await desk.answers()
    assert [text for _, _, text in await desk.said()] == ["Claro!"]


async def test_twice_is_once(desk: Desk) -> None:
    """The second who pauses or resumes changes nothing, and is told so."""
    assert [await pause_ai(manager(desk)) for _ in range(2)] == [True, False]
    assert [await resume_ai(manager(desk)) for _ in range(2)] == [0, None]
    assert await desk.value("SELECT count(*) FROM audit_log WHERE action LIKE 'ai.%'") == 2


async def test_attendants_may_not(desk: Desk) -> None:
    """The business's AI is not theirs."""
    attendant = Actor(desk.business.tenant_id, desk.business.member_id, Role.ATTENDANT)
    for act in (pause_ai, resume_ai):
        with pytest.raises(Forbidden):
            await act(attendant)
    assert await desk.value("SELECT ai_paused FROM tenants WHERE id = $1", desk.business.tenant_id) is False


async def test_what_a_webhook_wrote_that_saw_the_pause_is_found(desk: Desk) -> None:
    """It read "paused" and committed just after the return: the second look makes that turn due, once."""
    await pause_ai(manager(desk))
    await resume_ai(manager(desk))
    await desk.run("UPDATE tenants SET ai_paused = true")
    await desk.hears("Ainda tem vaga?")
    await desk.run("UPDATE tenants SET ai_paused = false")
    assert (await Resumptions().catch_up(), await desk.rows(DUE)) == (0, [])
    await desk.run("UPDATE tenants SET ai_resumed_at = ai_resumed_at - interval '20 s'")
    assert (await Resumptions().catch_up(), await Resumptions().catch_up()) == (1, 0)
    await desk.answers()
    assert [text for _, _, text in await desk.said()] == ["Claro!"]


async def test_a_pause_in_between_is_not_overlooked(desk: Desk) -> None:
    """Paused again before the second look: nothing is due."""
    await pause_ai(manager(desk))
    await desk.hears()
    await resume_ai(manager(desk))
    await desk.run("UPDATE conversations SET turn_due_at = NULL")
    await pause_ai(manager(desk))
    assert (await Resumptions().catch_up(), await desk.rows(DUE)) == (0, [])
