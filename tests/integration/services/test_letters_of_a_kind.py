"""Dead letters by their kind: in pages, counted, and dealt with all at once."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import Forbidden
from core.domain.ids import uuid7
from core.services import dead_letters
from core.services.dead_letters import DeadLetters, Dealt
from core.services.failures import Failures
from tests.integration.services.desk import Desk


async def _letters(desk: Desk, count: int, kind: str = "send") -> Sequence[UUID]:
    """About messages that failed, oldest first."""
    made = []
    for _ in range(count):
        message = await desk.queued(status="failed", next_attempt_at=None)
        made.append(await _letter(desk, message, kind))
    return made


async def _letter(desk: Desk, subject: UUID, kind: str = "send") -> UUID:
    return await desk.seed.insert(
        "dead_letters", tenant_id=desk.business.tenant_id, kind=kind, subject_id=subject, error="refused"
    )


async def _statuses(desk: Desk) -> list[tuple[str, int]]:
    return await desk.rows("SELECT status, count(*)::int FROM dead_letters GROUP BY status ORDER BY status")


async def test_all_of_a_kind_are_tried_again(desk: Desk) -> None:
    """The messages are queued and nudged for; letters of other kinds are left; each deed is in the audit log."""
    await _letters(desk, 3)
    await _letter(desk, uuid7(), "fetch")
    letters = DeadLetters(desk.jobs)
    assert await letters.retry_all(desk.business.tenant_id, "send", actor="operator") == Dealt(3, 0, None)
    assert await desk.rows("SELECT DISTINCT status FROM messages") == [("queued",)]
    assert (await _statuses(desk), len(desk.jobs.sends)) == ([("open", 1), ("retried", 3)], 3)
    assert await desk.value("SELECT count(*) FROM audit_log WHERE action = 'dead_letter.retried'") == 3


async def test_one_that_cannot_be_tried_does_not_stop_the_rest(desk: Desk) -> None:
    """It is counted, and is still there."""
    await _letter(desk, uuid7())
    await _letters(desk, 2)
    dealt = await DeadLetters(desk.jobs).retry_all(desk.business.tenant_id, "send", actor="operator")
    assert (dealt, await _statuses(desk)) == (Dealt(2, 1, None), [("open", 1), ("retried", 2)])


async def test_many_are_dealt_with_a_few_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call says where the next goes on; what was refused on the way is not tried again and again."""
    monkeypatch.setattr(dead_letters, "AT_ONCE", 2)
    await _letter(desk, uuid7())
    await _letters(desk, 4)
    letters, after = DeadLetters(desk.jobs), None
    found: list[tuple[int, int]] = []
    while not found or after is not None:
        dealt = await letters.retry_all(desk.business.tenant_id, "send", actor="operator", after=after)
        after = dealt.following
        found.append((dealt.done, dealt.refused))
    assert found == [(1, 1), (2, 0), (1, 0)]


async def test_all_of_a_kind_are_dropped(desk: Desk) -> None:
    """Nothing is sent; another tenant's are not touched."""
    await _letters(desk, 2)
    other = await desk.seed.business("other")
    await desk.seed.insert("dead_letters", tenant_id=other.tenant_id, kind="send", subject_id=uuid7(), error="refused")
    dealt = await DeadLetters(desk.jobs).drop_all(desk.business.tenant_id, "send", actor="operator")
    assert (dealt, await _statuses(desk), desk.jobs.sends) == (Dealt(2, 0, None), [("dropped", 2), ("open", 1)], [])


async def test_they_are_listed_by_kind_and_in_pages(desk: Desk) -> None:
    """The oldest first, each once."""
    first, second, third = await _letters(desk, 3)
    fetch = await _letter(desk, uuid7(), "fetch")
    letters, tenant = DeadLetters(desk.jobs), desk.business.tenant_id
    page = await letters.open_letters(tenant, 2, kind="send")
    following = await letters.open_letters(tenant, 2, kind="send", after=page[-1].id)
    assert ([one.id for one in page], [one.id for one in following]) == ([first, second], [third])
    assert [one.id for one in await letters.open_letters(tenant)] == [first, second, third, fetch]
    assert await letters.kinds(tenant) == {"fetch": 1, "send": 3}


async def test_attendants_deal_with_none(desk: Desk) -> None:
    """Neither with all of a kind, nor are they told how many there are."""
    failures = Failures(DeadLetters(desk.jobs))
    actor = Actor(desk.business.tenant_id, desk.business.member_id, Role.ATTENDANT)
    for refused in (failures.kinds(actor), failures.retry_all(actor, "send"), failures.drop_all(actor, "send")):
        with pytest.raises(Forbidden):
            await refused
