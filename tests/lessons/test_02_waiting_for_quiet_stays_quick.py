"""The AI waits until the lead is quiet, as long as the tenant wants, and never longer than fifteen seconds in all."""

import pytest

from tests.factories import Thread
from tests.integration.services.desk import Desk

THEIRS = 7.5
"""How long another tenant wants to wait, seconds."""
_DUE = "SELECT extract(epoch FROM turn_due_at - {since})::float8 FROM conversations WHERE id = $1"


@pytest.fixture
async def their_thread(desk: Desk) -> Thread:
    """A lead of another tenant, who has written once."""
    business = await desk.seed.business("elsewhere", debounce_seconds=THEIRS)
    thread = await desk.seed.thread(business)
    await desk.hears("Oi", thread)
    return thread


async def _waits(desk: Desk, seconds: float) -> None:
    await desk.run("UPDATE tenants SET debounce_seconds = $2 WHERE id = $1", desk.ref.tenant_id, seconds)


async def _passes(desk: Desk, seconds: float) -> None:
    """All that happened to our lead lies further back."""
    await desk.run(
        "UPDATE conversations SET turn_due_at = turn_due_at - make_interval(secs => $2),"
        " first_unanswered_at = first_unanswered_at - make_interval(secs => $2),"
        " last_inbound_at = last_inbound_at - make_interval(secs => $2) WHERE id = $1",
        desk.ref.conversation_id,
        seconds,
    )


async def _due_after(desk: Desk, thread: Thread, since: str = "last_inbound_at") -> float:
    """How long after that moment the turn is due, as it is stored."""
    return float(await desk.value(_DUE.format(since=since), thread.conversation_id))


@pytest.mark.parametrize("seconds", [0.0, 4.0, 15.0])
async def test_the_wait_is_the_tenants(desk: Desk, their_thread: Thread, seconds: float) -> None:
    """At once, the usual four seconds, or all that is allowed; another tenant's lead waits as that one wants."""
    await _waits(desk, seconds)
    await desk.hears("Oi")
    assert [await _due_after(desk, thread) for thread in (desk.thread, their_thread)] == [seconds, THEIRS]


async def test_each_word_begins_the_wait_anew(desk: Desk, their_thread: Thread) -> None:
    """Who goes on writing is not interrupted, and holds nobody else up."""
    await _waits(desk, 4.0)
    await desk.hears("Oi")
    await _passes(desk, 3.0)
    await desk.hears("queria saber")
    assert [await _due_after(desk, thread) for thread in (desk.thread, their_thread)] == [4.0, THEIRS]


async def test_who_never_stops_is_answered_all_the_same(desk: Desk) -> None:
    """Fifteen seconds after his first word the turn is due, however recent his last one is."""
    await _waits(desk, 4.0)
    await desk.hears("0")
    for number in range(1, 8):
        await _passes(desk, 2.0)
        await desk.hears(str(number))
    assert await _due_after(desk, desk.thread, "first_unanswered_at") == 15.0
    await _passes(desk, 2.0)
    await desk.answers()
    assert "0" in desk.model.prompts[-1].variable
    assert "7" in desk.model.prompts[-1].variable


async def test_after_an_answer_the_wait_is_short_again(desk: Desk) -> None:
    """What was waited for one answer is not held against the next."""
    await _waits(desk, 4.0)
    await desk.hears("Oi")
    await _passes(desk, 14.0)
    await desk.answers()
    await desk.hears("E no sábado?")
    assert await _due_after(desk, desk.thread) == 4.0
