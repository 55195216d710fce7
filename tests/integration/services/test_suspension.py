"""A business that is stopped, and what becomes of those who wrote meanwhile."""

from datetime import timedelta

import pytest

from core.services.suspension import Returned, resume, suspend
from core.services.turn_state import Claim
from tests.factories import Thread
from tests.integration.services.desk import Desk

WINDOWS = {"meta_whatsapp": timedelta(hours=24), "zapi": None}
DUE = "SELECT count(*) FROM conversations WHERE turn_due_at IS NOT NULL"


async def _notices(desk: Desk) -> list[str]:
    found = await desk.rows("SELECT kind FROM notifications WHERE kind LIKE 'tenant%' ORDER BY created_at, id")
    return [kind for (kind,) in found]


async def _wrote(desk: Desk, ago: str) -> Thread:
    """Somebody who wrote so long ago, while the business was stopped."""
    thread = await desk.seed.thread(desk.business)
    await desk.hears(thread=thread)
    await desk.run(
        f"UPDATE conversations SET last_inbound_at = now() - interval '{ago}' WHERE id = $1", thread.conversation_id
    )
    return thread


async def test_who_writes_to_a_stopped_business_is_heard_and_not_answered(desk: Desk) -> None:
    """His words are stored; no turn is due."""
    assert await suspend(desk.business.tenant_id)
    await desk.hears("Oi")
    assert (await desk.value("SELECT count(*) FROM messages WHERE direction = 'in'"), await desk.value(DUE)) == (1, 0)


async def test_stopping_and_going_on_is_done_and_told_once(desk: Desk) -> None:
    """The second of each finds nothing to do; admins are told and it is written down."""
    tenant = desk.business.tenant_id
    assert [await suspend(tenant), await suspend(tenant)] == [True, False]
    assert [await resume(tenant, WINDOWS), await resume(tenant, WINDOWS)] == [Returned(0, 0), None]
    assert await _notices(desk) == ["tenant_suspended", "tenant_resumed"]
    assert await desk.rows(
        "SELECT actor, action FROM audit_log WHERE action LIKE 'tenant.%ed' ORDER BY created_at, id"
    ) == [("operator", "tenant.suspended"), ("operator", "tenant.resumed")]


async def test_a_turn_under_way_says_nothing(desk: Desk) -> None:
    """It began before; when it comes to its end nothing is written, and it is answered afterwards, once."""
    await desk.hears("Oi")
    claim = await desk.claimed()
    await suspend(desk.business.tenant_id)
    committed = await desk.runner.run(claim)
    assert await desk.said() == []
    assert committed is None or not committed.sends
    assert await resume(desk.business.tenant_id, WINDOWS) == Returned(1, 0)
    await desk.answers()
    assert [purpose for purpose, _, _ in await desk.said()] == ["answer"]


async def test_what_the_ai_was_about_to_say_is_said_anew(desk: Desk) -> None:
    """An answer that had not left is not sent to a lead of a stopped business; back, he is answered from where he stands."""
    await desk.hears("Oi")
    await desk.answers()
    await suspend(desk.business.tenant_id)
    assert [status for _, status, _ in await desk.said()] == ["cancelled"]
    assert await resume(desk.business.tenant_id, WINDOWS) == Returned(1, 0)
    await desk.answers()
    assert [status for _, status, _ in await desk.said()] == ["cancelled", "queued"]


async def test_who_was_answered_is_not_answered_again(desk: Desk) -> None:
    """Neither one whose answer has left, nor one of whose answer a part has."""
    await desk.hears("Oi")
    await desk.answers()
    await desk.run("UPDATE messages SET status = 'sent', next_attempt_at = NULL WHERE direction = 'out'")
    await suspend(desk.business.tenant_id)
    assert await resume(desk.business.tenant_id, WINDOWS) == Returned(0, 0)
    assert not isinstance(await desk.turns.claim(desk.ref), Claim)


async def test_who_waits_too_long_is_left_to_people(desk: Desk) -> None:
    """Where his channel takes no free words any more; who wrote over a week ago is left alone."""
    tenant = desk.business.tenant_id
    await suspend(tenant)
    fresh, late, old = await _wrote(desk, "1 hour"), await _wrote(desk, "30 hours"), await _wrote(desk, "8 days")
    assert await resume(tenant, WINDOWS) == Returned(1, 1)
    stands = dict(await desk.rows("SELECT id, status FROM conversations"))
    assert [stands[one.conversation_id] for one in (fresh, late, old)] == ["ai", "waiting_human", "ai"]
    assert await desk.value("SELECT reason FROM hand_offs") == "suspended"
    due = await desk.rows("SELECT id FROM conversations WHERE turn_due_at IS NOT NULL")
    assert due == [(fresh.conversation_id,)]


async def test_without_a_window_nobody_is_too_late_within_a_week(desk: Desk) -> None:
    """Some channels take free words for ever."""
    await suspend(desk.business.tenant_id)
    await _wrote(desk, "30 hours")
    assert await resume(desk.business.tenant_id, {"meta_whatsapp": None}) == Returned(1, 0)


@pytest.mark.parametrize("ago", ["1 hour", "30 hours"])
async def test_an_ai_that_its_business_paused_stays_paused(desk: Desk, ago: str) -> None:
    """The operator's stop is over; the business's own is not."""
    await desk.run("UPDATE tenants SET ai_paused = true")
    await suspend(desk.business.tenant_id)
    await _wrote(desk, ago)
    assert await resume(desk.business.tenant_id, WINDOWS) == Returned(0, 0)
    assert await desk.value(DUE) == 0
