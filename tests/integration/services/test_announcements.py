"""Who is told what: notifications as posts in the team's chats."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.ids import uuid7
from core.services import scenes
from core.services.announcements import Announcements
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from db.tenancy import tenant_scope
from tests.integration.conftest import Database
from tests.integration.services.desk import Desk
from tests.patience import PATIENCE

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


async def _notify(desk: Desk, kind: str, *, seconds_ago: float = 0.0, **more: object) -> UUID:
    """Something to be told, due for so long."""
    due_at = await desk.value("SELECT now() - make_interval(secs => $1)", seconds_ago)
    row = {"tenant_id": desk.ref.tenant_id, "subject_id": uuid7(), **more}
    return await desk.seed.insert("notifications", kind=kind, due_at=due_at, **row)


async def test_what_nobody_can_be_told_is_tried_less_and_less_often(desk: Desk) -> None:
    """A team that is never reachable costs a look an hour at last, not one every half minute."""
    await _notify(desk, "dead_letter")
    pauses = []
    for _ in range(9):
        await told()
        pauses.append(await desk.value("SELECT extract(epoch FROM due_at - now())::int FROM notifications"))
        await desk.run("UPDATE notifications SET due_at = now()")
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


async def test_a_notification_that_breaks_is_put_off_and_harms_no_other(desk: Desk, team: Team) -> None:
    """It names nobody to whom the conversation was passed on: what comes behind it is told all the same."""
    _, boss = await team.member("Rui", role=Role.ADMIN)
    broken = await _notify(desk, "transferred", seconds_ago=60.0)
    await _notify(desk, "dead_letter")
    await told()
    assert await team.posts() == {("notice", boss)}
    assert await desk.rows("SELECT attempts, due_at > now() FROM notifications WHERE id = $1", broken) == [(1, True)]


async def test_one_tenants_backlog_is_not_told_before_another_tenants_news(desk: Desk, team: Team) -> None:
    """Of each tenant one, then of each the next."""
    _, boss = await team.member("Rui", role=Role.ADMIN)
    crowd = await desk.seed.business("crowd")
    for age in range(5):
        await _notify(desk, "dead_letter", seconds_ago=100.0 + age, tenant_id=crowd.tenant_id)
    await _notify(desk, "dead_letter")
    assert await Announcements().tell_due(2) == 2
    assert await team.posts() == {("notice", boss)}


async def test_what_was_tried_waits_behind_what_was_not(desk: Desk, team: Team) -> None:
    """Of one tenant too: what could not be told holds up nothing new."""
    _, boss = await team.member("Rui", role=Role.ADMIN)
    tried = await _notify(desk, "dead_letter", seconds_ago=100.0, attempts=1)
    await _notify(desk, "dead_letter")
    assert await Announcements().tell_due(1) == 1
    assert await team.posts() == {("notice", boss)}
    assert await desk.value("SELECT status FROM notifications WHERE id = $1", tried) == "queued"


async def test_whoever_comes_is_told_at_once_what_nobody_could_be_told(desk: Desk, team: Team) -> None:
    """What was put off for an hour is due as soon as somebody can be reached; a hand-off is not told of twice for it."""
    await team.hand_off()
    await _notify(desk, "dead_letter")
    await told()
    await desk.run("UPDATE notifications SET due_at = now() + interval '1 hour'")
    _, boss = await team.member("Rui", role=Role.ADMIN)
    await _announce(desk)
    assert await desk.value("SELECT count(*) FROM notifications") == 2
    await told()
    assert await team.posts() == {("notice", boss), ("card", boss)}


async def _announce(desk: Desk) -> None:
    """Other chats than before can be reached."""
    async with tenant_scope(desk.ref.tenant_id) as scope:
        await scope.rows("announce_open_hand_offs", desk.ref.tenant_id)


async def test_announcing_again_edits_no_card_that_is_there(desk: Desk, team: Team) -> None:
    """Whoever comes has a card; the others' cards show what they showed, and are not sent to Telegram again."""
    _, ana = await team.member("Ana")
    await team.hand_off()
    await told()
    await team.shown()
    version = await desk.value("SELECT version FROM telegram_posts WHERE chat_ref = $1", ana)
    _, bia = await team.member("Bia")
    await _announce(desk)
    await told()
    assert await team.posts() == {("card", bia)}
    assert await desk.value("SELECT version FROM telegram_posts WHERE chat_ref = $1", ana) == version


async def test_announcing_again_waits_for_nobody_who_changes_a_card(desk: Desk, team: Team) -> None:
    """Cards that are there are not locked: a take-over under way and an announcement cannot wait for each other."""
    await team.member("Ana")
    await team.hand_off()
    await told()
    await _announce(desk)
    async with desk.superuser.transaction():
        await desk.run("SELECT FROM telegram_posts WHERE kind = 'card' FOR UPDATE")
        async with asyncio.timeout(PATIENCE):
            assert await told() == 1


@pytest.mark.parametrize("how", ["taken", "said"])
async def test_cards_are_locked_in_one_order(desk: Desk, team: Team, database: Database, how: str) -> None:
    """Whoever makes a conversation's cards due locks the first before the others, wherever the rows lie."""
    actor, ana = await team.member("Ana")
    _, bia = await team.member("Bia")
    await team.hand_off()
    await told()
    await team.shown()
    first, second = UUID(int=1), UUID(int=2)
    # The row that is second by its id lies before the first.
    await desk.run("UPDATE telegram_posts SET id = $1 WHERE chat_ref = $2", second, bia)
    await desk.run("UPDATE telegram_posts SET id = $1 WHERE chat_ref = $2", first, ana)
    await desk.hears("Alguém aí?")
    look = await asyncpg.connect(database.superuser)
    async with desk.superuser.transaction():
        await desk.run("SELECT FROM telegram_posts WHERE id = $1 FOR UPDATE", first)
        work = team.assignments.take(actor, desk.ref.conversation_id) if how == "taken" else told()
        working = asyncio.create_task(work)
        async with asyncio.timeout(PATIENCE):
            while not await look.fetchval("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)"):
                await asyncio.sleep(0.01)
        free = await look.fetch("SELECT id FROM telegram_posts WHERE kind = 'card' FOR UPDATE SKIP LOCKED")
    await working
    await look.close()
    assert [row["id"] for row in free] == [second]


async def _letters(desk: Desk, kind: str, count: int) -> None:
    """Dead letters of a kind, of which the admins are to be told."""
    for _ in range(count):
        letter = await desk.seed.insert(
            "dead_letters", tenant_id=desk.business.tenant_id, kind=kind, subject_id=uuid7(), error="refused"
        )
        await desk.seed.insert(
            "notifications", tenant_id=desk.business.tenant_id, kind="dead_letter", subject_id=letter,
            due_at=await desk.value("SELECT now()"),
        )  # fmt: skip


_ALERTS = (
    "SELECT payload ->> 'letter_kind', (payload ->> 'count')::int FROM telegram_posts WHERE kind = 'notice' ORDER BY id"
)


async def test_many_dead_letters_make_one_alert_a_kind(desk: Desk, team: Team) -> None:
    """With how many there are; nobody's phone rings two hundred times."""
    await team.member("Ana", role=Role.ADMIN)
    await _letters(desk, "send", 5)
    await _letters(desk, "turn", 2)
    await told()
    assert sorted(await desk.rows(_ALERTS)) == [("send", 5), ("turn", 2)]
    assert await desk.rows("SELECT DISTINCT status FROM notifications") == [("told",)]


async def test_what_follows_within_the_hour_is_told_together(desk: Desk, team: Team) -> None:
    """The first at once; those behind it at the hour's end, in one."""
    await team.member("Ana", role=Role.ADMIN)
    await _letters(desk, "send", 1)
    await told()
    await _letters(desk, "send", 3)
    await told()
    quiet = await desk.rows(_ALERTS)
    assert await desk.value(
        "SELECT bool_and(due_at > now() + interval '50 minutes') FROM notifications WHERE status = 'queued'"
    )
    await desk.run("UPDATE notifications SET told_at = told_at - interval '1 hour', due_at = now()")
    await told()
    assert (quiet, await desk.rows(_ALERTS)) == ([("send", 1)], [("send", 1), ("send", 3)])


async def test_a_dead_letter_that_was_dealt_with_is_told_to_nobody(desk: Desk, team: Team) -> None:
    """It was faster dealt with than told."""
    await team.member("Ana", role=Role.ADMIN)
    await _letters(desk, "send", 1)
    await desk.run("UPDATE dead_letters SET status = 'dropped', resolved_at = now()")
    await told()
    assert await desk.rows(_ALERTS) == []
