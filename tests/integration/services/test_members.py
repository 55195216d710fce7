"""The people of a business."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import asyncpg
import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import Conflict, Forbidden, InviteInvalid, NotFound
from core.domain.ids import uuid7
from core.services import members
from core.services.assignments import Assignments
from core.services.members import Membership, Person
from core.services.post_queue import PostQueue
from tests.integration.conftest import Database
from tests.integration.services.desk import Desk

BIA = Person(5_000_000_001, "Bia")
CAIO = Person(5_000_000_002, "Caio")
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture(autouse=True)
async def nobody_yet(desk: Desk) -> None:
    """The desk's business has no people but those of the test."""
    await desk.run("UPDATE members SET removed_at = now()")


@dataclass(frozen=True, slots=True)
class PrivateChat:
    """A member's own chat with the bot."""

    BOT: ClassVar[int] = 77
    desk: Desk

    async def has_a_card(self, member: Membership) -> None:
        """Of the desk's conversation, due to be shown."""
        chat = {"bot_id": self.BOT, "chat_id": 4242, "kind": "private", "member_id": member.member_id}
        chat_ref = await self.desk.seed.insert("telegram_chats", tenant_id=member.tenant_id, **chat)
        about = {"tenant_id": member.tenant_id, "chat_ref": chat_ref, "conversation_id": self.desk.ref.conversation_id}
        now = await self.desk.value("SELECT now()")
        await self.desk.seed.insert("telegram_posts", **about, kind="card", subject_id=uuid7(), due_at=now)
        await self.desk.seed.insert("telegram_messages", **about, number=1, purpose="card")


@pytest.fixture
def private_chat(desk: Desk) -> PrivateChat:
    """A chat for whoever the test says."""
    return PrivateChat(desk)


async def joined(desk: Desk, person: Person = BIA, role: Role = Role.ADMIN) -> Membership:
    """Somebody who came in by the operator's invitation."""
    invitation = await members.invite(desk.business.tenant_id, role, by=None)
    return await members.join(invitation.token, person)


async def test_comes_in_by_an_invitation(desk: Desk) -> None:
    """The person has the invitation's role in the invitation's tenant."""
    found = await joined(desk, role=Role.MANAGER)
    assert (found.tenant_id, found.role) == (desk.business.tenant_id, Role.MANAGER)
    assert [one.member_id for one in await members.memberships(BIA.telegram_user_id)] == [found.member_id]


async def test_an_invitation_works_once(desk: Desk) -> None:
    """Of ten who use it at once one gets in."""
    invitation = await members.invite(desk.business.tenant_id, Role.ATTENDANT, by=None)
    people = [Person(6_000_000_000 + number, f"P{number}") for number in range(10)]
    results = await asyncio.gather(*(members.join(invitation.token, one) for one in people), return_exceptions=True)
    assert [type(result) for result in results].count(Membership) == 1
    assert [type(result) for result in results].count(InviteInvalid) == 9


async def test_an_invitation_ends(desk: Desk) -> None:
    """After its time nobody gets in."""
    invitation = await members.invite(desk.business.tenant_id, Role.ATTENDANT, by=None, valid=timedelta(seconds=-1))
    with pytest.raises(InviteInvalid):
        await members.join(invitation.token, BIA)


@pytest.mark.parametrize("token", ["", "guess", "x" * 65, "ç\x00"])
async def test_a_guess_gets_nobody_in(token: str) -> None:
    """What is no token of ours is answered like one that was used."""
    with pytest.raises(InviteInvalid):
        await members.join(token, BIA)


async def test_only_the_hash_is_kept(desk: Desk) -> None:
    """Whoever reads the table cannot come in."""
    invitation = await members.invite(desk.business.tenant_id, Role.ATTENDANT, by=None)
    assert invitation.token not in str(await desk.rows("SELECT * FROM invites"))


async def test_who_is_in_keeps_the_role_and_the_invitation_stays_good(desk: Desk) -> None:
    """A colleague's link opened by an admin makes him no attendant, and uses nothing up."""
    bia = await joined(desk)
    invitation = await members.invite(desk.business.tenant_id, Role.ATTENDANT, by=bia.actor)
    again = await members.join(invitation.token, BIA)
    assert (again.member_id, again.role) == (bia.member_id, Role.ADMIN)
    assert (await members.join(invitation.token, CAIO)).role is Role.ATTENDANT


async def test_who_left_comes_back_with_the_new_role(desk: Desk) -> None:
    """Removed and invited again: the same member, the new invitation's role."""
    bia = await joined(desk)
    caio = await joined(desk, CAIO, Role.MANAGER)
    await members.remove(bia.actor, caio.member_id)
    assert await members.memberships(CAIO.telegram_user_id) == []
    back = await joined(desk, CAIO, Role.ATTENDANT)
    assert (back.member_id, back.role) == (caio.member_id, Role.ATTENDANT)


async def test_one_person_in_two_businesses(desk: Desk) -> None:
    """He is somebody in each, and each by its own role."""
    other = await desk.seed.business("other")
    await joined(desk)
    invitation = await members.invite(other.tenant_id, Role.ATTENDANT, by=None)
    await members.join(invitation.token, BIA)
    assert {one.tenant_id: one.role for one in await members.memberships(BIA.telegram_user_id)} == {
        desk.business.tenant_id: Role.ADMIN,
        other.tenant_id: Role.ATTENDANT,
    }


@pytest.mark.parametrize("role", [Role.ATTENDANT, Role.MANAGER])
async def test_only_admins_decide_about_people(desk: Desk, role: Role) -> None:
    """Attendants and managers neither invite, nor change roles, nor remove."""
    admin = await joined(desk)
    actor = (await joined(desk, CAIO, role)).actor
    for attempt in (
        members.invite(actor.tenant_id, Role.ADMIN, by=actor),
        members.change_role(actor, actor.member_id, Role.ADMIN),
        members.remove(actor, admin.member_id),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_the_last_admin_stays(desk: Desk) -> None:
    """Neither leaving nor another role leaves a business without an admin."""
    bia = await joined(desk)
    with pytest.raises(Conflict):
        await members.remove(bia.actor, bia.member_id)
    with pytest.raises(Conflict):
        await members.change_role(bia.actor, bia.member_id, Role.MANAGER)


async def test_two_admins_cannot_both_leave_at_once(desk: Desk) -> None:
    """The first to go goes; the other is the last by then."""
    bia, caio = await joined(desk), await joined(desk, CAIO)
    results = await asyncio.gather(
        members.remove(bia.actor, bia.member_id), members.remove(caio.actor, caio.member_id), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["LastAdmin", "NoneType"]


async def test_what_a_leaver_had_waits_for_anybody(desk: Desk) -> None:
    """His conversations go back to the queue, each with a hand-off and a card of its own."""
    bia = await joined(desk)
    caio = await joined(desk, CAIO, Role.ATTENDANT)
    await Assignments(desk.jobs).take(caio.actor, desk.thread.conversation_id)
    await members.remove(bia.actor, caio.member_id)
    assert (await desk.conversation("status"), await desk.conversation("assignee_id")) == ("waiting_human", None)
    assert await desk.rows("SELECT reason, return_reason FROM hand_offs ORDER BY created_at") == [
        ("taken", "left"), ("left", None),
    ]  # fmt: skip
    assert await desk.notified() == ["hand_off_card"]


async def test_a_leaver_is_shown_nothing_any_more(desk: Desk, private_chat: PrivateChat) -> None:
    """Neither what was due in his own chat, nor what comes of it, nor what a reply there would be about."""
    bia, caio = await joined(desk), await joined(desk, CAIO, Role.ATTENDANT)
    await private_chat.has_a_card(caio)
    await members.remove(bia.actor, caio.member_id)
    assert await PostQueue(private_chat.BOT).claim() == []
    assert await desk.rows("SELECT status FROM telegram_chats") == [("unreachable",)]
    assert (await desk.rows("TABLE telegram_posts"), await desk.rows("TABLE telegram_messages")) == ([], [])


async def test_a_card_that_was_due_as_he_left_is_not_read(desk: Desk, private_chat: PrivateChat) -> None:
    """Claimed just before he left: what it is about is not given out."""
    caio = await joined(desk, CAIO, Role.ATTENDANT)
    await private_chat.has_a_card(caio)
    await desk.run("UPDATE members SET removed_at = now() WHERE id = $1", caio.member_id)
    assert await PostQueue(private_chat.BOT).claim() == []


async def test_who_leaves_at_this_moment_takes_nothing(desk: Desk) -> None:
    """A tap of somebody who was in the team until just now."""
    bia, caio = await joined(desk), await joined(desk, CAIO, Role.ATTENDANT)
    await members.remove(bia.actor, caio.member_id)
    with pytest.raises(NotFound):
        await Assignments(desk.jobs).take(caio.actor, desk.thread.conversation_id)


async def test_conversations_of_a_leaver_are_locked_in_the_order_of_webhooks(desk: Desk, opened: Database) -> None:
    """Waiting for the first of them nobody holds the second, wherever they lie in the table."""
    bia, caio = await joined(desk), await joined(desk, CAIO, Role.ATTENDANT)
    first, second = desk.thread, await desk.seed.thread(desk.business)
    for one in (second, first):
        held = "UPDATE conversations SET status = 'human', assignee_id = $2 WHERE id = $1"
        await desk.run(held, one.conversation_id, caio.member_id)
    other = await asyncpg.connect(opened.superuser)
    try:
        async with other.transaction():
            await other.execute("SELECT FROM conversations WHERE id = $1 FOR UPDATE", first.conversation_id)
            leaving = asyncio.create_task(members.remove(bia.actor, caio.member_id))
            while not await desk.value(WAITING):
                await asyncio.sleep(0.01)
            await desk.run("SELECT FROM conversations WHERE id = $1 FOR UPDATE NOWAIT", second.conversation_id)
        await leaving
    finally:
        await other.close()


async def test_the_team_is_shown_with_its_work(desk: Desk) -> None:
    """Who is there, on duty or not, with how many conversations."""
    bia = await joined(desk)
    caio = await joined(desk, CAIO, Role.ATTENDANT)
    await members.change_duty(caio.actor, on_duty=False)
    await desk.run("UPDATE conversations SET status = 'human', assignee_id = $1", caio.member_id)
    assert [(one.name, one.role, one.on_duty, one.conversations) for one in await members.team(bia.actor)] == [
        ("Bia", Role.ADMIN, True, 0),
        ("Caio", Role.ATTENDANT, False, 1),
    ]


async def test_another_tenants_member_does_not_exist(desk: Desk) -> None:
    """An admin decides about his own people only."""
    bia = await joined(desk)
    theirs = await desk.seed.member((await desk.seed.business("other")).tenant_id)
    with pytest.raises(NotFound):
        await members.remove(bia.actor, theirs)
    with pytest.raises(NotFound):
        await members.change_role(bia.actor, theirs, Role.ADMIN)


async def test_who_did_what_is_written_down(desk: Desk) -> None:
    """Every change of the team leaves its line."""
    bia = await joined(desk)
    caio = await joined(desk, CAIO, Role.ATTENDANT)
    await members.change_role(bia.actor, caio.member_id, Role.MANAGER)
    await members.remove(bia.actor, caio.member_id)
    lines = await desk.rows("SELECT actor, action FROM audit_log ORDER BY id")
    assert lines[-2:] == [
        (f"member:{bia.member_id}", "member.role_changed"),
        (f"member:{bia.member_id}", "member.removed"),
    ]


def test_an_actor_is_made_of_a_membership() -> None:
    """What an entry point passes to the services."""
    ids = uuid7(), uuid7()
    found = Membership(ids[0], "Acme", ids[1], Role.MANAGER, "en")
    assert (found.actor, found.actor.leads) == (Actor(*ids, Role.MANAGER), True)
