"""Which chats of Telegram are whose."""

import asyncio

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import Forbidden, GroupTaken, NotFound
from core.domain.ids import uuid7
from core.services import members, team_chats
from core.services.members import Membership, Person
from core.services.post_queue import PostQueue
from core.services.posts import put_reply
from core.services.team_chats import Place
from tests.factories import Business
from tests.integration.services.desk import Desk

BOT = 7001
GROUP = -100_42
BIA = Person(5_000_000_001, "Bia")


def admin(business: Business) -> Actor:
    """Somebody who may link groups."""
    return Actor(business.tenant_id, business.member_id, Role.ADMIN)


async def bia(desk: Desk) -> Membership:
    """She is in the team."""
    invitation = await members.invite(desk.business.tenant_id, Role.ATTENDANT, by=None)
    return await members.join(invitation.token, BIA)


async def waits(desk: Desk) -> None:
    """A lead waits for a person, and everybody there is has been told."""
    await desk.hears("Quero falar com um atendente")
    await desk.answers()
    await desk.run("UPDATE notifications SET status = 'told'")


async def told(desk: Desk) -> int:
    """How many cards are to be announced."""
    return int(
        await desk.value("SELECT count(*) FROM notifications WHERE kind = 'hand_off_card' AND status = 'queued'")
    )


async def test_of_two_businesses_at_once_one_has_the_group(desk: Desk) -> None:
    """The other is told, and nothing of it is left there."""
    elsewhere = await desk.seed.business("elsewhere")
    results = await asyncio.gather(
        *(team_chats.link_group(admin(one), BOT, GROUP, "Equipe") for one in (desk.business, elsewhere)),
        return_exceptions=True,
    )
    assert {type(result) for result in results} == {Place, GroupTaken}
    assert len(await team_chats.places_at(BOT, GROUP)) == 1


async def test_linked_twice_is_linked_once(desk: Desk) -> None:
    """And written down once."""
    first, second = [await team_chats.link_group(admin(desk.business), BOT, GROUP, "Equipe") for _ in range(2)]
    assert first == second
    assert await desk.value("SELECT count(*) FROM audit_log WHERE action = 'group.linked'") == 1


async def test_whoever_comes_within_reach_is_told_who_waits(desk: Desk) -> None:
    """When the chat opens, and again when it was lost and comes back; not at every word."""
    member = await bia(desk)
    await waits(desk)
    place = await team_chats.open_private(BOT, member, BIA.telegram_user_id, "Bia")
    await team_chats.open_private(BOT, member, BIA.telegram_user_id, "Bia")
    assert await told(desk) == 1
    await desk.run("UPDATE notifications SET status = 'told'")
    await team_chats.mark_reachable(place)
    assert await told(desk) == 0
    await desk.run("UPDATE telegram_chats SET status = 'unreachable'")
    await team_chats.mark_reachable(place)
    assert await told(desk) == 1


async def test_who_goes_out_of_reach_leaves_it_to_others(desk: Desk) -> None:
    """They are told of whoever waits."""
    place = await team_chats.link_group(admin(desk.business), BOT, GROUP, "Equipe")
    await waits(desk)
    await team_chats.mark_unreachable(place.tenant_id, place.chat_ref)
    assert await told(desk) == 1
    assert [one.reachable for one in await team_chats.places_at(BOT, GROUP)] == [False]


async def test_one_chat_is_private_to_each_of_its_persons_teams(desk: Desk) -> None:
    """Whoever is in two teams has one chat with the bot, and each team reaches him there."""
    elsewhere = await desk.seed.business("elsewhere")
    member = await bia(desk)
    other = await members.join((await members.invite(elsewhere.tenant_id, Role.ATTENDANT, by=None)).token, BIA)
    for one in (member, other):
        await team_chats.open_private(BOT, one, BIA.telegram_user_id, "Bia")
    found = await team_chats.places_at(BOT, BIA.telegram_user_id)
    assert {place.tenant_id for place in found} == {member.tenant_id, other.tenant_id}


async def test_a_group_that_was_linked_under_its_new_number_already(desk: Desk) -> None:
    """The old chat counts as gone; the new one stays."""
    old = await team_chats.link_group(admin(desk.business), BOT, -42, "Equipe")
    await team_chats.link_group(admin(desk.business), BOT, GROUP, "Equipe")
    await team_chats.move_group(old.tenant_id, old.chat_ref, GROUP)
    assert [one.reachable for one in await team_chats.places_at(BOT, -42)] == [False]
    assert [one.reachable for one in await team_chats.places_at(BOT, GROUP)] == [True]


async def test_telegram_says_so_while_a_post_is_shown(desk: Desk) -> None:
    """The same from a send that Telegram answers with the new number: the chat is lost, and the notifier goes on."""
    old = await team_chats.link_group(admin(desk.business), BOT, -42, "Equipe")
    await team_chats.link_group(admin(desk.business), BOT, GROUP, "Equipe")
    now = await desk.value("SELECT now()")
    due = {"chat_ref": old.chat_ref, "kind": "notice", "subject_id": uuid7(), "due_at": now}
    await desk.seed.insert("telegram_posts", tenant_id=old.tenant_id, **due)
    queue = PostQueue(BOT)
    (post,) = await queue.claim()
    await queue.chat_moved(post, GROUP)
    assert [one.reachable for one in await team_chats.places_at(BOT, -42)] == [False]
    assert await desk.value("SELECT count(*) FROM telegram_chats WHERE lease_until IS NOT NULL") == 0


async def test_who_may_not_changes_nothing(desk: Desk) -> None:
    """Neither an attendant, nor another business's admin, nor a member that was removed."""
    place = await team_chats.link_group(admin(desk.business), BOT, GROUP, "Equipe")
    elsewhere = await desk.seed.business("elsewhere")
    member = await bia(desk)
    with pytest.raises(Forbidden):
        await team_chats.link_group(member.actor, BOT, -43, "Outro")
    with pytest.raises(NotFound):
        await team_chats.unlink_group(admin(elsewhere), place)
    await members.remove(member.actor, member.member_id)
    with pytest.raises(NotFound):
        await team_chats.open_private(BOT, member, BIA.telegram_user_id, "Bia")
    assert [one.chat_ref for one in await team_chats.places_at(BOT, GROUP)] == [place.chat_ref]


async def test_a_reply_is_said_once(desk: Desk) -> None:
    """Under its key, however often it is asked for."""
    place = await team_chats.link_group(admin(desk.business), BOT, GROUP, "Equipe")
    key = uuid7()
    for words in ("first", "second"):
        await put_reply(place.in_thread(7), key, {"html": words})
    assert await desk.rows("SELECT kind, thread_id, payload->>'html' FROM telegram_posts") == [("reply", 7, "first")]
