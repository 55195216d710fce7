"""The pipeline as columns: how many leads are in each stage, and the first of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.actor import Actor
from core.domain.lead_filter import LeadFilter, LeadPlace
from core.services.lead_list import ListedLead, as_filter, listed, place_of
from core.services.stages import StageOfPipeline, stage_of
from db.tenancy import tenant_scope


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A stage with those of its leads with whom something was said last; ``after``: where the rest begins."""

    stage: StageOfPipeline
    total: int
    items: Sequence[ListedLead]
    after: LeadPlace | None


async def pipeline_board(actor: Actor, wanted: LeadFilter, per_stage: int) -> Sequence[BoardColumn]:
    """Every stage, in order, with the leads that the member may see; a stage that is not wanted is empty."""
    asked = as_filter(actor, wanted)
    async with tenant_scope(actor.tenant_id) as scope:
        stages = await scope.rows("stages_of_tenant", actor.tenant_id)
        totals = {row["stage_key"]: row["leads"] for row in await scope.rows("count_leads", asked)}
        found = await scope.rows("board_leads", asked, per_stage + 1)
        columns = _columns(found)
        shown = [row["lead_id"] for rows in columns.values() for row in rows[:per_stage]]
        leads = {one.id: one for one in await listed(scope, actor.tenant_id, shown)}
    return [
        BoardColumn(
            stage=stage_of(stage),
            total=totals.get(stage["key"], 0),
            items=[leads[row["lead_id"]] for row in columns[stage["key"]][:per_stage] if row["lead_id"] in leads],
            after=_after(columns[stage["key"]], per_stage),
        )
        for stage in stages
    ]


def _columns(found: Sequence[dict[str, Any]]) -> defaultdict[str, list[dict[str, Any]]]:
    columns: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        columns[row["stage_key"]].append(row)
    return columns


def _after(rows: Sequence[dict[str, Any]], per_stage: int) -> LeadPlace | None:
    return place_of(rows[per_stage - 1]) if len(rows) > per_stage else None
