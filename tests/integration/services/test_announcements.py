"""Who is told what: notifications as posts in the team's chats."""

from uuid import UUID

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.ids import uuid7
from core.services import scenes
from core.services.announcements import Announcements
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from tests.integration.services.desk import Desk

GROUP = -1001


async def _no_pause(_seconds: float) -> None:
    return


class Team:
    """The business's people and where they can be reached."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.assignments = Assignments(desk.jobs, pause=_no_pause)
        self.attendance = Attendance({desk.channel.name: desk.channel}, desk.jobs)

    async def group(self) -> UUID:
        """A group with topics."""
        return await self.desk.seed.insert(
            "telegram_chats", tenant_id=self.desk.ref.tenant_id, bot_id=1, chat_id=GROUP, kind="group"
        )

    async def member(self, name: str, *, role: Role = Role.ATTENDANT, on_duty: bool = True) -> tuple[Actor, UUID]:
        """Somebody with a private chat."""
        tenant_id = self.desk.ref.tenant_id
        member_id = await self.desk.seed.member(tenant_id, name=name, role=role, on_duty=on_duty)
        number = await self.desk.value("SELECT telegram_user_id FROM members WHERE id = $1", member_id)
        chat = await self.desk.seed.insert(
            "telegram_chats", tenant_id=tenant_id, bot_id=1, chat_id=number, kind="private", member_id=member_id
        )
        return Actor(tenant_id, member_id, role), chat

    async def hand_off(self) -> UUID:
        """The lead asks for a person."""
        await self.desk.hears("Quero um humano")
        committed = await self.desk.answers()
        assert committed.hand_off_id is not None
        return committed.hand_off_id

    async def posts(self) -> set[tuple[str, UUID]]:
        """What is due, as kind and chat."""
        rows = await self.desk.rows("SELECT kind, chat_ref FROM telegram_posts WHERE due_at IS NOT NULL")
        return {(row[0], row[1]) for row in rows}

    async def shown(self) -> None:
        """Everything was shown."""
        await self.desk.run("UPDATE telegram_posts SET due_at = NULL, shown = 'open'")


@pytest.fixture
def team(desk: Desk) -> Team:
    """Nobody yet."""
    return Team(desk)


async def told() -> int:
    """Tell what is due."""
    return await Announcements().tell_due()


async def test_a_hand_off_is_shown_once_in_each_chat(desk: Desk, team: Team) -> None:
    """Every member on duty has its card, once, however often it is told of; who is off duty has none."""
    _, ana = await team.member("Ana")
    _, bia = await team.member("Bia")
    await team.member("Caio", on_duty=False)
    await team.hand_off()
    await told()
    await desk.run("UPDATE notifications SET status = 'queued', due_at = now()")
    await told()
    assert await team.posts() == {("card", ana), ("card", bia)}


async def test_nobody_reachable_is_told_when_somebody_comes(desk: Desk, team: Team) -> None:
    """With no chat at all the notification waits; the first who can be reached gets it."""
    await team.hand_off()
    assert await told() == 1
    assert await desk.rows("SELECT status, due_at > now() FROM notifications") == [("queued", True)]
    _, ana = await team.member("Ana")
    await desk.run("UPDATE notifications SET due_at = now()")
    await told()
    assert await team.posts() == {("card", ana)}


async def test_taking_makes_every_card_due(desk: Desk, team: Team) -> None:
    """All copies show who has it, without anybody being told to change them."""
    actor, ana = await team.member("Ana")
    _, bia = await team.member("Bia")
    await team.hand_off()
    await told()
    await team.shown()
    await team.assignments.take(actor, desk.ref.conversation_id)
    assert await team.posts() == {("card", ana), ("card", bia)}


async def test_the_phone_makes_every_card_due(desk: Desk, team: Team) -> None:
    """The owner's words on his phone change the cards too."""
    _, ana = await team.member("Ana")
    await team.hand_off()
    await told()
    await team.shown()
    await desk.phone_writes()
    assert ("card", ana) in await team.posts()


async def test_an_ended_card_stays_as_it_is(desk: Desk, team: Team) -> None:
    """What happens to the conversation afterwards is other cards' to show."""
    actor, _ = await team.member("Ana")
    await team.hand_off()
    await told()
    await team.shown()
    await team.assignments.take(actor, desk.ref.conversation_id)
    await team.assignments.give_back(actor, desk.ref.conversation_id)
    await desk.run("UPDATE telegram_posts SET due_at = NULL, shown = 'ended' WHERE kind = 'card'")
    await team.assignments.take(actor, desk.ref.conversation_id)
    assert await team.posts() == set()


async def test_the_leads_words_go_to_the_topic_and_stay_out_of_other_chats(desk: Desk, team: Team) -> None:
    """In a team that works in a group, its topic shows what the lead says from the hand-off on."""
    group = await team.group()
    await team.member("Ana")
    await team.hand_off()
    await told()
    await team.shown()
    await desk.hears("Alguém aí?")
    await told()
    assert await team.posts() == {("relay", group)}


async def test_words_told_of_in_any_order_are_all_shown(desk: Desk, team: Team) -> None:
    """Of several messages the first that is not in the chat yet counts, whichever is told of first."""
    actor, ana = await team.member("Ana")
    await team.hand_off()
    await told()
    await team.assignments.take(actor, desk.ref.conversation_id)
    for words in ("um", "dois", "três"):
        await desk.hears(words)
    await desk.run(
        "UPDATE notifications n SET due_at = now() - make_interval(secs => m.seq) FROM messages m WHERE m.id = n.subject_id"
    )
    await told()
    seq = await desk.value("SELECT shown_seq FROM telegram_posts WHERE kind = 'relay' AND chat_ref = $1", ana)
    lines = await scenes.unrelayed(desk.ref.tenant_id, desk.ref.conversation_id, after_seq=seq, chat_ref=ana)
    assert [line.text for line in lines] == ["um", "dois", "três"]


async def test_what_a_member_says_elsewhere_is_shown_in_the_group(desk: Desk, team: Team) -> None:
    """The topic is the inbox: words from a private chat or the phone are seen there too."""
    group = await team.group()
    actor, _ = await team.member("Ana")
    await team.hand_off()
    await told()
    await team.shown()
    await team.assignments.take(actor, desk.ref.conversation_id)
    await team.shown()
    await team.attendance.say(actor, desk.ref.conversation_id, "Oi, sou a Ana", message_id=uuid7())
    await told()
    assert ("relay", group) in await team.posts()


async def test_notes_are_told_to_nobody(desk: Desk, team: Team) -> None:
    """A note stays where it was written."""
    await team.group()
    actor, _ = await team.member("Ana")
    await team.attendance.note(actor, desk.ref.conversation_id, "VIP", message_id=uuid7())
    assert await told() == 0


async def test_what_admins_mend_is_told_to_them(desk: Desk, team: Team) -> None:
    """A dead letter is no attendant's business."""
    await team.member("Ana")
    _, boss = await team.member("Rui", role=Role.ADMIN)
    await desk.seed.insert(
        "notifications", tenant_id=desk.ref.tenant_id, kind="dead_letter", subject_id=uuid7(),
        due_at=await desk.value("SELECT now()"),
    )  # fmt: skip
    await told()
    assert await team.posts() == {("notice", boss)}
