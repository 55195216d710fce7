"""A business that is to be deleted: its people are told at once, again before, and when that is taken back."""

import pytest

from core.domain.conversation import Role
from core.services.suspension import resume
from core.services.tenant_deletion import announce_deletion
from tests.integration.services.desk import Desk
from tests.integration.services.test_announcements import Team, told

TOLD = "SELECT kind FROM notifications WHERE status = 'told' AND kind LIKE 'tenant_%' ORDER BY kind"


@pytest.fixture
def team(desk: Desk) -> Team:
    """Nobody yet."""
    return Team(desk)


async def _kinds(desk: Desk) -> list[str]:
    return [row[0] for row in await desk.rows(TOLD)]


async def _notices(desk: Desk) -> list[tuple[str, object]]:
    return await desk.rows(
        "SELECT payload ->> 'kind', chat_ref FROM telegram_posts WHERE kind = 'notice' AND payload ->> 'kind' LIKE 'tenant_d%' ORDER BY 1"
    )


async def _later(desk: Desk, days: int) -> None:
    """So many days before the end; whatever waits is looked at."""
    moved = "UPDATE tenants SET deletion_due_at = now() + make_interval(days => $1)"
    await desk.run(moved, days)
    near = "UPDATE notifications SET payload = payload || jsonb_build_object('due', (SELECT deletion_due_at FROM tenants)), due_at = now()"
    await desk.run(f"{near} WHERE kind = 'tenant_deletion_near'")


async def test_admins_are_told_when_it_is_ordered_and_before(desk: Desk, team: Team) -> None:
    """In their own chats, each once: at once, and again three days before."""
    _, admin = await team.member("Ada", role=Role.ADMIN)
    await team.member("Ana")
    await announce_deletion(desk.ref.tenant_id)
    await told()
    assert await _notices(desk) == [("tenant_deletion", admin)]
    await _later(desk, 3)
    await told()
    await told()
    assert await _notices(desk) == [("tenant_deletion", admin), ("tenant_deletion_near", admin)]


async def test_nobody_is_told_of_its_end_before_the_time(desk: Desk, team: Team) -> None:
    """Somebody who comes has all told that waits, but for what has a time of its own."""
    await team.member("Ada", role=Role.ADMIN)
    await announce_deletion(desk.ref.tenant_id)
    await desk.run("UPDATE notifications SET due_at = now()")
    await told()
    assert await _kinds(desk) == ["tenant_deletion", "tenant_suspended"]
    ahead = "SELECT due_at > now() + interval '26 days' FROM notifications WHERE kind = 'tenant_deletion_near'"
    assert await desk.value(ahead)


async def test_an_end_that_is_near_from_the_start_is_told_of_once(desk: Desk, team: Team) -> None:
    """Who orders it for the day after tomorrow has it told at once alone."""
    await team.member("Ada", role=Role.ADMIN)
    await announce_deletion(desk.ref.tenant_id, days=2)
    assert "tenant_deletion_near" not in await desk.notified()


async def test_what_is_taken_back_is_told_and_not_spoken_of_again(desk: Desk, team: Team) -> None:
    """Neither the end, nor an order that nobody could be told of before it was taken back."""
    await announce_deletion(desk.ref.tenant_id)
    await resume(desk.ref.tenant_id, {})
    await team.member("Ada", role=Role.ADMIN)
    await desk.run("UPDATE notifications SET due_at = now()")
    await told()
    assert await _notices(desk) == []
    assert "tenant_kept" in await _kinds(desk)


async def test_a_suspension_that_ends_is_no_deletion_taken_back(desk: Desk, team: Team) -> None:
    """Who was only suspended is told that the business goes on, and of nothing else."""
    await team.member("Ada", role=Role.ADMIN)
    await desk.run("UPDATE tenants SET status = 'suspended'")
    await resume(desk.ref.tenant_id, {})
    assert await desk.notified() == ["tenant_resumed"]


async def test_another_date_replaces_the_first(desk: Desk, team: Team) -> None:
    """Of two orders the later one stands: the end is told of once."""
    _, admin = await team.member("Ada", role=Role.ADMIN)
    await announce_deletion(desk.ref.tenant_id, days=30)
    await announce_deletion(desk.ref.tenant_id, days=5)
    await desk.run("UPDATE tenants SET deletion_due_at = deletion_due_at - interval '2 days'")
    await desk.run(
        "UPDATE notifications SET due_at = now(), payload = payload || jsonb_build_object('due', (SELECT deletion_due_at FROM tenants))"
        " WHERE kind = 'tenant_deletion_near' AND due_at < now() + interval '10 days'"
    )
    await desk.run("UPDATE notifications SET due_at = now() WHERE kind = 'tenant_deletion_near'")
    await told()
    near = [one for one in await _notices(desk) if one[0] == "tenant_deletion_near"]
    assert near == [("tenant_deletion_near", admin)]
