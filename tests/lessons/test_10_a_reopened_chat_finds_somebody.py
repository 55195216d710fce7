"""A lead who comes back to a closed chat gets the AI or people who are there, never somebody who left, never nobody."""

from uuid import UUID

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.services import members
from core.services.ai_pause import pause_ai, resume_ai
from core.services.turn_state import NotNow
from tests.integration.services.desk import Desk
from tests.integration.services.test_announcements import Team, told


@pytest.fixture
def team(desk: Desk) -> Team:
    """Nobody yet."""
    return Team(desk)


async def _closed_by(team: Team, name: str = "Ana") -> tuple[Actor, UUID]:
    """A member had the conversation and closed it."""
    actor, chat = await team.member(name)
    await team.hand_off()
    await told()
    await team.assignments.take(actor, team.desk.ref.conversation_id)
    await team.assignments.close(actor, team.desk.ref.conversation_id)
    await team.shown()
    return actor, chat


async def _newest_cards(desk: Desk) -> set[UUID]:
    """The chats that have the card of the latest hand-off."""
    rows = await desk.rows(
        "SELECT chat_ref FROM telegram_posts WHERE subject_id = (SELECT id FROM hand_offs ORDER BY created_at DESC LIMIT 1)"
    )
    return {row[0] for row in rows}


async def test_it_is_the_ais_again(desk: Desk, team: Team) -> None:
    """Whoever had it then has it no more, and the AI answers with what was said before its eyes."""
    await _closed_by(team)
    await desk.hears("Voltei!")
    assert (await desk.conversation("status"), await desk.conversation("assignee_id")) == ("ai", None)
    await desk.answers()
    assert "Quero um humano" in desk.model.prompts[-1].variable.partition("</history>")[0]


async def test_after_weeks_it_is_a_new_one_and_the_ais(desk: Desk, team: Team) -> None:
    """Too old to be reopened, it is begun anew; nobody of then is in charge of it."""
    await _closed_by(team)
    await desk.run("UPDATE conversations SET closed_at = now() - interval '8 days'")
    await desk.hears("Voltei!")
    rows = await desk.rows(
        "SELECT status, assignee_id, turn_due_at IS NOT NULL FROM conversations WHERE status <> 'closed'"
    )
    assert rows == [("ai", None, True)]


async def test_handed_off_again_it_goes_to_who_is_there(desk: Desk, team: Team) -> None:
    """Ana, who had it, is off duty now: the new card is Bia's."""
    actor, _ = await _closed_by(team)
    _, bia = await team.member("Bia")
    await members.change_duty(actor, on_duty=False)
    await desk.hears("Quero um humano")
    await desk.answers()
    await told()
    assert await _newest_cards(desk) == {bia}


async def test_with_everybody_off_duty_somebody_is_told(desk: Desk, team: Team) -> None:
    """Nobody is on duty: better everybody than nobody."""
    actor, ana = await _closed_by(team)
    await members.change_duty(actor, on_duty=False)
    await desk.hears("Quero um humano")
    await desk.answers()
    await told()
    assert await _newest_cards(desk) == {ana}


async def test_with_a_paused_ai_he_is_not_forgotten(desk: Desk, team: Team) -> None:
    """He comes back while the AI is paused: when it goes on, he is answered."""
    actor, _ = await _closed_by(team)
    boss = Actor(actor.tenant_id, actor.member_id, Role.ADMIN)
    await pause_ai(boss)
    await desk.hears("Voltei!")
    assert await desk.turns.claim(desk.ref) == NotNow(None)
    await resume_ai(boss)
    assert await desk.conversation("turn_due_at") is not None


async def test_who_left_the_team_leaves_his_leads_to_be_found(desk: Desk, team: Team) -> None:
    """A member who is removed has no conversation any more: what he had waits for anybody, and not for ever."""
    actor, _ = await team.member("Ana")
    boss, _ = await team.member("Rui", role=Role.ADMIN)
    await team.hand_off()
    await team.assignments.take(actor, desk.ref.conversation_id)
    await members.remove(boss, actor.member_id)
    await desk.hears("Ana?")
    assert await desk.conversation("assignee_id") is None
    assert await desk.conversation("status") == "waiting_human"
    assert await desk.conversation("waiting_until") is not None
    await team.assignments.take(boss, desk.ref.conversation_id)
    assert await desk.conversation("assignee_id") == boss.member_id
