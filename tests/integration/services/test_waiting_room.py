"""Conversations that nobody takes."""

from core.domain.actor import Actor
from core.domain.conversation import ConversationStatus, Role
from core.domain.errors import SendRefused
from core.services.ai_pause import pause_ai, resume_ai
from core.services.waiting import WaitingRoom
from tests.integration.services.desk import Desk

OVER = "UPDATE conversations SET waiting_until = now()"


async def waiting(desk: Desk) -> None:
    """A lead who asked for a person, and whom nobody came to."""
    await desk.hears("Quero um humano")
    await desk.answers()


async def release(desk: Desk) -> int:
    """The scheduled job."""
    return await WaitingRoom(desk.jobs, desk.fitting).look_overdue()


async def test_who_waits_too_long_gets_an_apology(desk: Desk) -> None:
    """Nobody came in time: the AI says sorry, offers help and goes on."""
    await waiting(desk)
    await desk.run(OVER)
    assert await release(desk) == 1
    assert (await desk.conversation("status"), (await desk.said())[-1]) == ("ai", ("apology", "queued", "Desculpe!"))


async def test_who_waits_in_time_is_left(desk: Desk) -> None:
    """Within the tenant's time the team may still come."""
    await waiting(desk)
    assert (await release(desk), await desk.conversation("status")) == (0, "waiting_human")


async def test_a_lead_who_wrote_meanwhile_is_answered(desk: Desk) -> None:
    """What he said while he waited makes a turn due, and the AI answers it."""
    await waiting(desk)
    await desk.hears("Alguém aí?")
    await desk.run(OVER)
    await release(desk)
    assert [turn.conversation_id for turn in desk.jobs.turns] == [desk.thread.conversation_id]
    await desk.answers()
    assert "Alguém aí?" in desk.model.prompts[-1].variable.partition("</history>")[2]


async def test_a_lead_who_said_nothing_more_has_no_turn(desk: Desk) -> None:
    """The apology is enough."""
    await waiting(desk)
    await desk.run(OVER)
    await release(desk)
    assert (desk.jobs.turns, await desk.conversation("turn_due_at")) == ([], None)


async def test_the_hand_off_ends(desk: Desk) -> None:
    """It says that nobody took it."""
    await waiting(desk)
    await desk.run(OVER)
    await release(desk)
    assert await desk.rows("SELECT return_reason, returned_at IS NULL FROM hand_offs") == [("nobody_took_it", False)]


async def test_who_was_taken_is_not_given_back(desk: Desk) -> None:
    """A person came at the last moment."""
    await waiting(desk)
    await desk.run(OVER)
    await desk.phone_writes()
    assert await release(desk) == 0


async def test_a_second_run_apologises_no_more(desk: Desk) -> None:
    """The job may run twice; the lead is told once."""
    await waiting(desk)
    await desk.run(OVER)
    assert [await release(desk), await release(desk)] == [1, 0]


async def test_one_tenants_trouble_does_not_stop_the_others(desk: Desk) -> None:
    """A tenant whose rows break the work keeps nobody else's lead waiting."""
    theirs = await desk.seed.thread(await desk.seed.business("other"), status=ConversationStatus.WAITING_HUMAN)
    taken = {"seq": 1, "direction": "out", "author": "system", "status": "internal"}
    row = {"tenant_id": theirs.tenant_id, "conversation_id": theirs.conversation_id, "lead_id": theirs.lead_id}
    await desk.seed.insert("messages", **row, channel_account_id=theirs.account_id, **taken)
    await waiting(desk)
    await desk.run(
        "UPDATE conversations SET waiting_until = now() - interval '1 s' * (1 + (id = $1)::int)", theirs.conversation_id
    )
    assert (await release(desk), await desk.conversation("status")) == (1, "ai")


async def test_an_apology_that_cannot_be_sent_is_not_said_again(desk: Desk) -> None:
    """Else it would go round for ever: waiting, apology, failure, waiting."""
    await waiting(desk)
    await desk.run("UPDATE messages SET status = 'sent' WHERE direction = 'out'")
    await desk.run(OVER)
    await release(desk)
    desk.channel.refusals = [SendRefused("closed", provider_code="131047")]
    await desk.deliverer.run(desk.ref)
    assert (await desk.conversation("status"), await desk.conversation("waiting_until")) == ("waiting_human", None)


async def test_a_paused_ai_gets_nobody_back(desk: Desk) -> None:
    """It would not answer: the lead goes on waiting for the team, for as long as it takes, and hears no promise."""
    await waiting(desk)
    before = await desk.said()
    await pause_ai(Actor(desk.business.tenant_id, desk.business.member_id, Role.ADMIN))
    await desk.run(OVER)
    assert await release(desk) == 0
    assert [await desk.conversation(column) for column in ("status", "waiting_until")] == ["waiting_human", None]
    assert await desk.said() == before


async def test_a_suspended_tenants_ai_gets_nobody_back(desk: Desk) -> None:
    """The same for a business whose AI is off altogether."""
    await waiting(desk)
    await desk.run("UPDATE tenants SET status = 'suspended'")
    await desk.run(OVER)
    assert (await release(desk), await desk.conversation("status")) == (0, "waiting_human")


async def test_whom_a_paused_ai_left_waiting_it_gets_back_after_its_return(desk: Desk) -> None:
    """Nobody of the team came: once the AI goes on, the usual time runs again."""
    boss = Actor(desk.business.tenant_id, desk.business.member_id, Role.ADMIN)
    await waiting(desk)
    await pause_ai(boss)
    await desk.run(OVER)
    await release(desk)
    await resume_ai(boss)
    again = await desk.value("SELECT waiting_until > now() + interval '29 min' FROM conversations")
    await desk.run(OVER)
    assert (again, await release(desk), await desk.conversation("status")) == (True, 1, "ai")
