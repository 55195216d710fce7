"""Sessions of the Mini App."""

import asyncio
from collections.abc import Mapping

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import NotFound
from core.domain.ids import uuid7
from core.services import members
from core.services.members import Membership, Person
from core.services.session_tokens import SessionTokens, TokenInvalid
from core.services.sessions import GRACE_SECONDS, IDLE_DAYS, EndReason, LaunchUsed, Sessions, TokenPair
from tests.integration.services.desk import Desk

ANA = Person(5_000_000_101, "Ana")
BIA = Person(5_000_000_102, "Bia")
PHONE = "Mozilla/5.0 (Android) Telegram"


@pytest.fixture
def sessions() -> Sessions:
    """Sessions whose tokens are made with a key of the test's."""
    return Sessions(SessionTokens([b"t" * 32]))


async def joined(desk: Desk, person: Person = ANA, role: Role = Role.MANAGER) -> Membership:
    """Somebody of the desk's business."""
    invitation = await members.invite(desk.business.tenant_id, role, by=None)
    return await members.join(invitation.token, person)


async def opened(sessions: Sessions, member: Membership) -> TokenPair:
    """A session by a launch of its own."""
    return await sessions.open(member, uuid7().bytes, PHONE)


async def back_dated(desk: Desk, pair: TokenPair, seconds: float) -> None:
    """The session was last renewed so long ago."""
    await desk.run(
        "UPDATE app_sessions SET renewed_at = renewed_at - make_interval(secs => $2) WHERE id = $1",
        pair.ref.session_id,
        seconds,
    )


async def audited(desk: Desk) -> Mapping[str, int]:
    """How often each thing about sessions was written down."""
    rows = await desk.rows(
        "SELECT action, count(*) AS times FROM audit_log WHERE action LIKE 'session.%' GROUP BY action"
    )
    return dict(rows)


async def test_who_signed_in(desk: Desk, sessions: Sessions) -> None:
    """The member in his tenant, by the access token."""
    member = await joined(desk)
    pair = await opened(sessions, member)
    found = await sessions.signed_in(pair.access)
    assert (found.actor, found.name, found.session_id) == (member.actor, "Ana", pair.ref.session_id)


async def test_a_launch_opens_one_session(desk: Desk, sessions: Sessions) -> None:
    """Of ten who use the same launch at once one gets in; and nobody later, nor in another tenant of the person's."""
    member = await joined(desk)
    launch = uuid7().bytes
    results = await asyncio.gather(*(sessions.open(member, launch, PHONE) for _ in range(10)), return_exceptions=True)
    assert [type(result) for result in results].count(TokenPair) == 1
    assert [type(result) for result in results].count(LaunchUsed) == 9


async def test_a_removed_member_opens_none(desk: Desk, sessions: Sessions) -> None:
    """Who was shown the list of his tenants and removed before he chose."""
    member = await joined(desk)
    await desk.run("UPDATE members SET removed_at = now() WHERE id = $1", member.member_id)
    with pytest.raises(LaunchUsed):
        await opened(sessions, member)


async def test_renewing_gives_the_next_pair(desk: Desk, sessions: Sessions) -> None:
    """Again and again, and each pair opens the session."""
    pair = await opened(sessions, await joined(desk))
    for _ in range(3):
        before, pair = pair, await sessions.renew(pair.refresh, PHONE)
        assert pair.refresh != before.refresh
        assert (await sessions.signed_in(pair.access)).session_id == before.ref.session_id


async def test_two_who_renew_at_once_get_the_same(desk: Desk, sessions: Sessions) -> None:
    """Two tabs with one token: one lineage goes on, and both are in it."""
    pair = await opened(sessions, await joined(desk))
    both = await asyncio.gather(*(sessions.renew(pair.refresh, PHONE) for _ in range(8)))
    assert len({one.refresh for one in both}) == 1
    assert (await sessions.renew(both[0].refresh, PHONE)).access


async def test_an_old_token_ends_the_session(desk: Desk, sessions: Sessions) -> None:
    """Whoever comes with a token that was used a while ago is refused, and so is whoever has its successors."""
    first = await opened(sessions, await joined(desk))
    second = await sessions.renew(first.refresh, PHONE)
    await back_dated(desk, first, GRACE_SECONDS + 1)
    with pytest.raises(TokenInvalid):
        await sessions.renew(first.refresh, PHONE)
    with pytest.raises(TokenInvalid):
        await sessions.renew(second.refresh, PHONE)
    with pytest.raises(TokenInvalid):
        await sessions.signed_in(second.access)
    assert (await audited(desk))["session.reused"] == 1


async def test_the_grace_is_the_last_tokens_alone(desk: Desk, sessions: Sessions) -> None:
    """A token two renewals old is a used one, however quick the renewals were."""
    first = await opened(sessions, await joined(desk))
    second = await sessions.renew(first.refresh, PHONE)
    await sessions.renew(second.refresh, PHONE)
    with pytest.raises(TokenInvalid):
        await sessions.renew(first.refresh, PHONE)
    assert (await audited(desk))["session.reused"] == 1


async def test_a_session_nobody_uses_ends(desk: Desk, sessions: Sessions) -> None:
    """After a month without a renewal, and without it counting as theft."""
    pair = await opened(sessions, await joined(desk))
    await back_dated(desk, pair, IDLE_DAYS * 86_400 + 60)
    with pytest.raises(TokenInvalid):
        await sessions.renew(pair.refresh, PHONE)
    assert "session.reused" not in await audited(desk)
    assert not await sessions.of_team(Actor(pair.ref.tenant_id, uuid7(), Role.ADMIN))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE members SET removed_at = now() WHERE id = $1",
        "UPDATE tenants SET status = 'suspended' WHERE id = (SELECT tenant_id FROM members WHERE id = $1)",
    ],
    ids=["removed", "suspended"],
)
async def test_who_may_no_more_is_out_at_once(desk: Desk, sessions: Sessions, change: str) -> None:
    """Neither of his tokens opens anything from then on."""
    member = await joined(desk)
    pair = await opened(sessions, member)
    await desk.run(change, member.member_id)
    with pytest.raises(TokenInvalid):
        await sessions.signed_in(pair.access)
    with pytest.raises(TokenInvalid):
        await sessions.renew(pair.refresh, PHONE)


async def test_a_new_role_holds_at_once(desk: Desk, sessions: Sessions) -> None:
    """The role is not the token's: it is what it is now."""
    member = await joined(desk, role=Role.ADMIN)
    pair = await opened(sessions, member)
    await desk.run("UPDATE members SET role = 'attendant' WHERE id = $1", member.member_id)
    assert (await sessions.signed_in(pair.access)).actor.role is Role.ATTENDANT


async def test_whose_sessions_one_sees(desk: Desk, sessions: Sessions) -> None:
    """A member his own, an admin everybody's."""
    ana, bia = await joined(desk, ANA, Role.ADMIN), await joined(desk, BIA, Role.MANAGER)
    await opened(sessions, ana)
    await opened(sessions, bia)
    assert {one.member_name for one in await sessions.of_team(ana.actor)} == {"Ana", "Bia"}
    assert {one.member_name for one in await sessions.of_team(bia.actor)} == {"Bia"}


async def test_an_ended_session_is_over(desk: Desk, sessions: Sessions) -> None:
    """An admin ends a colleague's: its tokens open nothing, and ending it again finds none."""
    ana, bia = await joined(desk, ANA, Role.ADMIN), await joined(desk, BIA, Role.MANAGER)
    pair = await opened(sessions, bia)
    await sessions.end(ana.actor, pair.ref.session_id, EndReason.ENDED)
    with pytest.raises(TokenInvalid):
        await sessions.signed_in(pair.access)
    with pytest.raises(TokenInvalid):
        await sessions.renew(pair.refresh, PHONE)
    with pytest.raises(NotFound):
        await sessions.end(ana.actor, pair.ref.session_id, EndReason.ENDED)


async def test_a_colleagues_session_is_not_there(desk: Desk, sessions: Sessions) -> None:
    """Who is no admin ends his own alone."""
    ana, bia = await joined(desk, ANA, Role.ADMIN), await joined(desk, BIA, Role.MANAGER)
    pair = await opened(sessions, ana)
    with pytest.raises(NotFound):
        await sessions.end(bia.actor, pair.ref.session_id, EndReason.ENDED)
    assert (await sessions.signed_in(pair.access)).name == "Ana"
