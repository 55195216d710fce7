"""The AI waits until the lead is quiet, as long as the tenant wants, and never longer than fifteen seconds in all."""

import pytest

from tests.integration.services.desk import Desk

DUE_IN = "extract(epoch FROM turn_due_at - now())::float8"


async def _waits(desk: Desk, seconds: float) -> None:
    await desk.run("UPDATE tenants SET debounce_seconds = $1", seconds)


async def _passes(desk: Desk, seconds: float) -> None:
    """All that happened lies further back."""
    await desk.run(
        "UPDATE conversations SET turn_due_at = turn_due_at - make_interval(secs => $1),"
        " first_unanswered_at = first_unanswered_at - make_interval(secs => $1)",
        seconds,
    )


@pytest.mark.parametrize("seconds", [0.0, 4.0, 15.0])
async def test_the_wait_is_the_tenants(desk: Desk, seconds: float) -> None:
    """At once, the usual four seconds, or all that is allowed."""
    await _waits(desk, seconds)
    await desk.hears("Oi")
    assert await desk.conversation(DUE_IN) == pytest.approx(seconds, abs=1.0)


async def test_each_word_begins_the_wait_anew(desk: Desk) -> None:
    """Who goes on writing is not interrupted."""
    await _waits(desk, 4.0)
    await desk.hears("Oi")
    await _passes(desk, 3.0)
    await desk.hears("queria saber")
    assert await desk.conversation(DUE_IN) == pytest.approx(4.0, abs=1.0)


async def test_who_never_stops_is_answered_all_the_same(desk: Desk) -> None:
    """Fifteen seconds after his first word the turn is due, however recent his last one is."""
    await _waits(desk, 4.0)
    await desk.hears("0")
    for number in range(1, 8):
        await _passes(desk, 2.0)
        await desk.hears(str(number))
    assert await desk.conversation(DUE_IN) == pytest.approx(1.0, abs=1.0)
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
    assert await desk.conversation(DUE_IN) == pytest.approx(4.0, abs=1.0)
