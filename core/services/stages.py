"""The stages of a business's pipeline, seen by the team and ordered anew by its admins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from core.domain.actor import Actor
from core.domain.changes import ChangeKind
from core.domain.errors import BadRequest
from core.domain.pipeline_plan import Outcome, PlannedStage, StageFault, faults_in_plan, removed_keys, with_keys
from core.services.access import require_admin
from core.services.audit import audit
from db.tenancy import TenantScope, tenant_scope


class PlanInvalid(BadRequest):
    """The pipeline cannot be like this; ``faults`` says why."""

    def __init__(self, faults: Sequence[StageFault]) -> None:
        super().__init__("; ".join(f"{fault.at} {fault.why}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class StageOfPipeline:
    """A column of the pipeline; ``min_score``: leads come there by themselves from this score on."""

    key: str
    name: str
    position: int
    min_score: int | None
    outcome: Outcome


async def stages(actor: Actor) -> Sequence[StageOfPipeline]:
    """All of them, in order. Everybody sees them."""
    async with tenant_scope(actor.tenant_id) as scope:
        return [stage_of(row) for row in await scope.rows("stages_of_tenant", actor.tenant_id)]


async def change_stages(
    actor: Actor, plan: Sequence[PlannedStage], moves: Mapping[str, str]
) -> Sequence[StageOfPipeline]:
    """The pipeline is so from now on; the leads of a stage that goes are where ``moves`` says.

    Raises ``Forbidden`` for who is no admin, ``PlanInvalid``.
    """
    require_admin(actor)
    async with tenant_scope(actor.tenant_id) as scope:
        known = [row["key"] for row in await scope.rows("lock_stages", actor.tenant_id)]
        faults = faults_in_plan(known, plan, moves)
        if faults:
            raise PlanInvalid(faults)
        removed = removed_keys(known, plan)
        await scope.rows("put_stages", actor.tenant_id, _rows(with_keys(known, plan)))
        await scope.rows("remove_stages", actor.tenant_id, removed)
        moved = sum([await _move_leads(scope, actor.tenant_id, key, moves[key]) for key in removed])
        scope.changed(ChangeKind.SETTINGS, actor.tenant_id)
        await audit(actor.tenant_id, actor, "stages.changed", removed=", ".join(removed), leads_moved=moved)
        return [stage_of(row) for row in await scope.rows("stages_of_tenant", actor.tenant_id)]


async def _move_leads(scope: TenantScope, tenant_id: UUID, before: str, after: str) -> int:
    moved = await scope.rows("move_leads", tenant_id, before, after)
    for row in moved:
        scope.changed(ChangeKind.LEAD, row["lead_id"], lead_id=row["lead_id"])
    return len(moved)


def _rows(keyed: Sequence[tuple[str, PlannedStage]]) -> str:
    return orjson.dumps(
        [
            {
                "key": key,
                "name": stage.name.strip(),
                "position": position,
                "min_score": stage.min_score,
                "outcome": stage.outcome.value,
            }
            for position, (key, stage) in enumerate(keyed)
        ]
    ).decode()


def stage_of(row: Mapping[str, Any]) -> StageOfPipeline:
    """The stage in a row of ``stages_of_tenant``."""
    return StageOfPipeline(row["key"], row["name"], row["position"], row["min_score"], Outcome(row["outcome"]))
