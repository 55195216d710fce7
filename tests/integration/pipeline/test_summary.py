"""The few lines a colleague reads before taking over."""

from uuid import UUID, uuid4

from core.domain.errors import ModelUnavailable
from core.services.summaries import Summaries
from pipeline.prompt import PromptBuilder
from pipeline.summary import Summariser
from tests.fakes import ScriptedModel
from tests.integration.services.desk import Desk


async def handed_off(desk: Desk) -> UUID:
    """A lead who asked for a person."""
    await desk.hears("Quero um humano")
    committed = await desk.answers()
    assert committed.hand_off_id is not None
    return committed.hand_off_id


async def summarise(desk: Desk, model: ScriptedModel, hand_off: UUID) -> None:
    """The task."""
    await Summariser(Summaries(), model, PromptBuilder(b"key", bytes)).run(desk.ref.tenant_id, hand_off)


async def test_a_summary_is_kept(desk: Desk) -> None:
    """Its lines stand with the hand-off."""
    model = ScriptedModel([{"summary": ["Ana", " quer pilates ", ""]}])
    await summarise(desk, model, await handed_off(desk))
    assert await desk.value("SELECT summary FROM hand_offs") == "Ana\nquer pilates"


async def test_five_lines_at_most(desk: Desk) -> None:
    """A model that says more is cut."""
    model = ScriptedModel([{"summary": [str(number) for number in range(9)]}])
    await summarise(desk, model, await handed_off(desk))
    assert await desk.value("SELECT summary FROM hand_offs") == "0\n1\n2\n3\n4"


async def test_it_is_made_of_what_was_said(desk: Desk) -> None:
    """The whole exchange, the answer too, goes in as data."""
    model = ScriptedModel([{"summary": ["x"]}])
    await summarise(desk, model, await handed_off(desk))
    assert "Customer: Quero um humano\nAssistant: Claro!" in model.prompts[0].variable


async def test_it_is_made_once(desk: Desk) -> None:
    """A second nudge asks nothing."""
    model, hand_off = ScriptedModel([{"summary": ["x"]}]), await handed_off(desk)
    await summarise(desk, model, hand_off)
    await summarise(desk, model, hand_off)
    assert len(model.prompts) == 1


async def test_a_model_that_is_down_costs_the_summary_alone(desk: Desk) -> None:
    """No summary, no error, and the calls are paid for."""
    await summarise(desk, ScriptedModel([ModelUnavailable("down")]), await handed_off(desk))
    assert await desk.value("SELECT summary FROM hand_offs") is None
    assert await desk.value("SELECT count(*) FROM ai_calls WHERE purpose = 'summary'") == 1


async def test_a_hand_off_of_nobody(desk: Desk) -> None:
    """An id that is none of this tenant's is left alone."""
    model = ScriptedModel([{"summary": ["x"]}])
    await summarise(desk, model, uuid4())
    assert model.prompts == []


async def test_a_summary_whose_nudge_was_lost_is_found(desk: Desk) -> None:
    """What nobody began is overdue, and no longer once somebody has."""
    hand_off = await handed_off(desk)
    assert await Summaries().overdue(0.0, 10) == [(desk.ref.tenant_id, hand_off)]
    await summarise(desk, ScriptedModel([{"summary": ["x"]}]), hand_off)
    assert await Summaries().overdue(0.0, 10) == []


async def test_three_tries_are_enough(desk: Desk) -> None:
    """A summary that never comes is not asked for for ever."""
    hand_off = await handed_off(desk)
    for _ in range(5):
        await desk.run("UPDATE hand_offs SET summary_due_at = now() WHERE summary_due_at IS NOT NULL")
        await summarise(desk, ScriptedModel([ModelUnavailable("down")]), hand_off)
    assert await desk.value("SELECT summary_attempts FROM hand_offs") == 3


async def test_past_the_budget_no_summary_is_asked_for(desk: Desk) -> None:
    """The hand-off stands without one."""
    hand_off = await handed_off(desk)
    await desk.run("UPDATE usage_months SET ai_cost_micros = 10000000000")
    model = ScriptedModel([{"summary": ["x"]}])
    await summarise(desk, model, hand_off)
    assert model.prompts == []
