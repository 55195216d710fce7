"""Who may run a turn: one claim, one lease, one token."""

import asyncio

from core.domain.conversation import ConversationStatus
from core.domain.ports import ConversationRef
from core.services.turn_state import Claim, NotNow
from core.services.turns import Turns
from tests.integration.services.desk import Desk

EXPIRE = "UPDATE conversations SET turn_lease_until = now() - interval '1 second' WHERE id = $1"


async def test_one_of_fifty_gets_the_turn(desk: Desk) -> None:
    """However many claim at once, one has it."""
    await desk.hears()
    claims = await asyncio.gather(*(desk.turns.claim(desk.ref) for _ in range(50)))
    assert [type(claim) for claim in claims].count(Claim) == 1


async def test_the_others_are_told_to_leave_it(desk: Desk) -> None:
    """While somebody has the turn, there is no time to come back at."""
    await desk.hears()
    await desk.claimed()
    assert await desk.turns.claim(desk.ref) == NotNow(None)


async def test_nothing_is_due_before_the_lead_is_quiet(desk: Desk) -> None:
    """During the debounce the claimer learns how long it still takes."""
    await desk.run("UPDATE tenants SET debounce_seconds = 8")
    await desk.hears()
    early = await desk.turns.claim(desk.ref)
    assert isinstance(early, NotNow)
    assert 5 < (early.due_in or 0) <= 8


async def test_nothing_is_due_without_a_message(desk: Desk) -> None:
    """A conversation nobody wrote in has no turn."""
    assert await desk.turns.claim(desk.ref) == NotNow(None)


async def test_a_conversation_that_does_not_exist(desk: Desk) -> None:
    """A nudge for what is gone finds nothing."""
    assert await desk.turns.claim(ConversationRef(desk.ref.tenant_id, desk.thread.lead_id)) == NotNow(None)


async def test_a_persons_conversation_has_no_turn(desk: Desk) -> None:
    """With a person at it the AI has nothing to claim."""
    await desk.hears()
    await desk.run("UPDATE conversations SET status = $1", ConversationStatus.HUMAN)
    assert await desk.turns.claim(desk.ref) == NotNow(None)


async def test_an_expired_lease_is_taken_over(desk: Desk) -> None:
    """Who takes a turn over gets a token of his own, and the attempt counts."""
    await desk.hears()
    first = await desk.claimed()
    await desk.run(EXPIRE, desk.thread.conversation_id)
    second = await desk.claimed()
    assert (second.token, second.attempts) == (first.token + 1, 2)


async def test_renewing_keeps_the_lease(desk: Desk) -> None:
    """A renewed lease lies ahead again, and the conversation comes back as ours."""
    await desk.hears()
    claim = await desk.claimed()
    await desk.run(EXPIRE, desk.thread.conversation_id)
    assert await desk.turns.renew([claim]) == {desk.thread.conversation_id}
    assert await desk.conversation("turn_lease_until > now()")


async def test_a_lost_lease_is_not_renewed(desk: Desk) -> None:
    """Whose turn went to another renews nothing."""
    await desk.hears()
    stale = await desk.claimed()
    await desk.run(EXPIRE, desk.thread.conversation_id)
    await desk.claimed()
    assert await desk.turns.renew([stale]) == set()


async def test_a_turn_given_back_is_due_later(desk: Desk) -> None:
    """Given back for five seconds it is due in five seconds."""
    await desk.hears()
    await desk.turns.give_back(await desk.claimed(), 5.0)
    again = await desk.turns.claim(desk.ref)
    assert isinstance(again, NotNow)
    assert 3 < (again.due_in or 0) <= 5


async def test_a_stale_claim_gives_nothing_back(desk: Desk) -> None:
    """Who lost the turn does not take the lease from who has it."""
    await desk.hears()
    stale = await desk.claimed()
    await desk.run(EXPIRE, desk.thread.conversation_id)
    await desk.claimed()
    await desk.turns.give_back(stale, 0.0)
    assert await desk.conversation("turn_lease_until > now()")


async def test_overdue_turns_are_found(desk: Desk) -> None:
    """What was due for a while and is nobody's is found by the sweeper."""
    await desk.hears()
    assert await desk.turns.overdue(0.0, 10) == [desk.ref]


async def test_a_held_turn_is_not_overdue(desk: Desk) -> None:
    """What somebody works on is left to him."""
    await desk.hears()
    await desk.claimed()
    assert await desk.turns.overdue(0.0, 10) == []


async def test_overdue_turns_are_fair(desk: Desk) -> None:
    """A tenant with many due turns does not hold back another's one."""
    for _ in range(5):
        await desk.hears(thread=await desk.seed.thread(desk.business))
    other = await desk.seed.business("other", debounce_seconds=0.0)
    late = await desk.seed.thread(other)
    await desk.hears(thread=late)
    found = await desk.turns.overdue(0.0, 2)
    assert {ref.tenant_id for ref in found} == {desk.business.tenant_id, other.tenant_id}


async def test_a_short_lease_ends_by_itself(desk: Desk) -> None:
    """A worker that vanished holds a turn no longer than its lease."""
    await desk.hears()
    assert isinstance(await Turns(0.0, desk.fitting).claim(desk.ref), Claim)
    assert isinstance(await desk.turns.claim(desk.ref), Claim)


async def test_a_turn_that_was_taken_over_is_not_due_again(desk: Desk) -> None:
    """Given back after the owner spoke, it is nobody's any more."""
    await desk.hears()
    claim = await desk.claimed()
    await desk.phone_writes()
    await desk.turns.give_back(claim, 0.0)
    assert await desk.conversation("turn_due_at") is None
