"""The columns of the pipeline: seen by everybody, ordered anew by admins."""

from typing import Any

import pytest

from core.domain.pipeline_plan import MOST_STAGES
from tests.fakes import decided
from tests.integration.miniapp.crew import Crew, refused, seen

PLAN = "/settings/stages"
KEPT = [{"key": key, "name": name} for key, name in (("new", "Novo"), ("qualified", "Qualificado"), ("won", "Ganho"))]


async def _put(crew: Crew, stages: list[dict[str, Any]], **moves: str) -> Any:
    return await crew["admin"].ask("PUT", PLAN, {"stages": stages, "moves": moves})


async def test_everybody_sees_them_in_order(crew: Crew) -> None:
    """As the factory of the business made them."""
    found = seen(await crew["attendant"].ask("GET", "/stages"))["stages"]
    assert [one["key"] for one in found] == ["new", "qualified", "negotiating", "won"]


async def test_order_is_position_and_keys_stay(crew: Crew) -> None:
    """A stage that is renamed and moved keeps its key, so that leads stay in it; a new one gets a key of its own."""
    await crew.desk.run("UPDATE leads SET stage_key = 'negotiating' WHERE id = $1", crew.desk.thread.lead_id)
    plan: list[dict[str, Any]] = [
        {"key": "negotiating", "name": "Conversando", "min_score": 30},
        {"key": None, "name": "Negociação às cegas"},
        {"key": None, "name": "negotiating"},
        *KEPT[:2],
        {**KEPT[2], "outcome": "won"},
    ]
    found = seen(await _put(crew, plan))["stages"]
    assert [(one["key"], one["position"]) for one in found] == [
        ("negotiating", 0), ("negociacao_as_cegas", 1), ("negotiating_2", 2), ("new", 3), ("qualified", 4), ("won", 5),
    ]  # fmt: skip
    assert (found[0]["name"], found[0]["min_score"], found[5]["outcome"]) == ("Conversando", 30, "won")
    assert await crew.desk.lead("stage_key") == "negotiating"


async def test_leads_of_a_removed_stage_go_where_they_are_sent(crew: Crew) -> None:
    """Each with a line in his history; other businesses' leads in a stage of that name stay."""
    for lead in (crew.desk.thread.lead_id, crew.their_thread.lead_id):
        await crew.desk.run("UPDATE leads SET stage_key = 'negotiating' WHERE id = $1", lead)
    seen(await _put(crew, KEPT, negotiating="qualified"))
    assert await crew.desk.lead("stage_key") == "qualified"
    changes = "SELECT before, after, reason FROM stage_changes WHERE lead_id = $1"
    assert await crew.desk.rows(changes, crew.desk.thread.lead_id) == [("negotiating", "qualified", "stage_removed")]
    theirs = "SELECT stage_key FROM leads WHERE id = $1"
    assert await crew.desk.value(theirs, crew.their_thread.lead_id) == "negotiating"


async def test_a_turn_that_began_before_moves_nobody_to_what_is_no_more(crew: Crew) -> None:
    """The lead stays where he is: no column would show him otherwise."""
    await crew.desk.run("UPDATE leads SET score = 55 WHERE id = $1", crew.desk.thread.lead_id)
    await crew.desk.run("UPDATE stages SET min_score = NULL WHERE key = 'qualified'")
    await crew.desk.hears("Quero comprar")
    crew.desk.model.answers = [decided(score_delta=20)]
    crew.desk.model.meanwhile = [lambda: _put(crew, KEPT, negotiating="qualified")]
    await crew.desk.answers()
    assert (await crew.desk.lead("score"), await crew.desk.lead("stage_key")) == (75, "new")


@pytest.mark.parametrize(
    ("plan", "moves", "at"),
    [
        ([], {"new": "won", "qualified": "won", "negotiating": "won", "won": "won"}, "body.stages"),
        (KEPT, {}, "body.moves"),
        (KEPT, {"negotiating": "nowhere"}, "body.moves"),
        (KEPT, {"negotiating": "new", "won": "new"}, "body.moves"),
        (KEPT[1:], {"negotiating": "won", "new": "won"}, "body.stages"),
        ([{**one, "outcome": "won"} for one in KEPT], {"negotiating": "new"}, "body.stages"),
        ([*KEPT, KEPT[0]], {"negotiating": "new"}, "body.stages.3.key"),
        ([*KEPT, {"key": "unknown", "name": "X"}], {"negotiating": "new"}, "body.stages.3.key"),
        ([*KEPT, {"name": "  "}], {"negotiating": "new"}, "body.stages.3.name"),
        ([*KEPT, {"name": "X", "min_score": 101}], {"negotiating": "new"}, "body.stages.3.min_score"),
        ([*KEPT, {"name": "X", "min_score": 9, "outcome": "lost"}], {"negotiating": "new"}, "body.stages.3.min_score"),
        ([*KEPT, *[{"name": "X"}] * MOST_STAGES], {"negotiating": "new"}, "body.stages"),
    ],
)
async def test_a_pipeline_that_cannot_be_is_named(
    crew: Crew, plan: list[dict[str, Any]], moves: dict[str, str], at: str
) -> None:
    """Where it is wrong, and nothing is changed."""
    before = seen(await crew["admin"].ask("GET", "/stages"))
    answered = await _put(crew, plan, **moves)
    assert refused(answered) == (400, "invalid_input")
    assert at in {one["at"] for one in answered.body["faults"]}
    assert seen(await crew["admin"].ask("GET", "/stages")) == before
