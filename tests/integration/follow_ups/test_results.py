"""What came of follow-ups: who answered which step, who wants no more, and what was not said."""

import pytest

from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import Forbidden
from core.services.follow_up_results import StepResult, follow_up_results, follow_up_results_of
from tests.integration.follow_ups.clockwork import TEXT, Clockwork


async def _results(clock: Clockwork, days: int = 30) -> dict[int, StepResult]:
    return {one.step: one for one in await follow_up_results_of(clock.desk.ref.tenant_id, days)}


async def _first_sent(clock: Clockwork) -> None:
    await clock.due()
    await clock.desk.deliverer.run(clock.desk.ref)


async def test_an_answer_counts_before_the_job_has_looked_and_after(clock: Clockwork) -> None:
    """Once, for the step that was answered."""
    await _first_sent(clock)
    assert (await _results(clock))[1] == StepResult(1, sent=1)
    await clock.talks()
    before = (await _results(clock))[1]
    assert (await clock.plans())["answered"] == 1
    after = (await _results(clock))[1]
    assert [(one.sent, one.answered) for one in (before, after)] == [(1, 1), (1, 1)]


async def test_an_answer_is_to_the_last_step_before_it(clock: Clockwork) -> None:
    """The one before was not answered."""
    await _first_sent(clock)
    await clock.passes(hours=21)
    assert await clock.runs() == 1
    await clock.talks()
    assert await _results(clock) == {1: StepResult(1, sent=1), 2: StepResult(2, sent=1, answered=1)}


async def test_who_wants_no_more_has_not_answered(clock: Clockwork) -> None:
    """He wrote, and what he wrote was that."""
    await _first_sent(clock)
    await clock.desk.hears("PARAR")
    await clock.desk.run("UPDATE leads SET opted_out_at = now()")
    result = (await _results(clock))[1]
    assert (result.answered, result.opted_out) == (0, 1)


async def test_an_answer_to_a_person_is_none_to_the_step(clock: Clockwork) -> None:
    """Somebody of the team wrote to him in between."""
    await _first_sent(clock)
    await clock.desk.phone_writes()
    await clock.desk.hears("Sim!")
    assert (await _results(clock))[1].answered == 0


async def test_what_is_written_much_later_is_no_answer(clock: Clockwork) -> None:
    """He came back on his own account."""
    await _first_sent(clock)
    await clock.passes(days=8)
    await clock.desk.hears("Oi de novo")
    assert (await _results(clock))[1].answered == 0


async def test_what_was_not_said_is_told_with_its_reason(clock: Clockwork) -> None:
    """Held, or ended."""
    await clock.set(steps=[{**TEXT, "kind": "template", "text": "volta"}])
    await clock.talks()
    await clock.passes(hours=4)
    await clock.runs()
    assert (await _results(clock))[1] == StepResult(1, held={"template": 1})  # type: ignore[arg-type] # equal to a counter
    await clock.talks()
    await clock.plans()
    result = (await _results(clock))[1]
    assert (result.cancelled, result.under_way) == ({"answered": 1}, 1)


async def test_only_the_last_days_count(clock: Clockwork) -> None:
    """As many as are asked for."""
    await _first_sent(clock)
    await clock.desk.run("UPDATE follow_ups SET created_at = created_at - interval '40 days'")
    assert (await _results(clock), set(await _results(clock, days=60))) == ({}, {1, 2})


async def test_results_are_for_who_leads(clock: Clockwork) -> None:
    """An attendant is refused."""
    business = clock.desk.business
    with pytest.raises(Forbidden):
        await follow_up_results(Actor(business.tenant_id, business.member_id, Role.ATTENDANT), 30)
