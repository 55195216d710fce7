"""The columns of the pipeline."""

from collections.abc import Mapping, Sequence

from core.domain.errors import Forbidden
from core.domain.pipeline_plan import Outcome, PlannedStage
from core.services.stages import PlanInvalid, StageOfPipeline, change_stages, stages
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.parts import Number, Storable
from miniapp.api.problem import Fault, InvalidInput


class Stage(ApiModel):
    """A column; ``min_score``: leads come there by themselves from this score on."""

    key: str
    name: str
    position: int
    min_score: int | None
    outcome: Outcome


class StageList(ApiModel):
    """All of them, in order."""

    stages: Sequence[Stage]


class StagePlan(ApiModel):
    """A column as it is to be; without a ``key`` it is new."""

    key: Storable | None = None
    name: Storable
    min_score: Number | None = None
    outcome: Outcome = Outcome.OPEN


class PipelinePlan(ApiModel):
    """The columns in order. ``moves`` says for each that is left out where its leads go."""

    stages: Sequence[StagePlan]
    moves: Mapping[Storable, Storable] = {}


class StageDesk:
    """The operations about stages."""

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation("stages", "GET", "/stages", "The columns of the pipeline.", self._stages, answer=StageList),
            Operation(
                "change_stages", "PUT", "/settings/stages", "Order the pipeline anew.", self._change,
                body=PipelinePlan, answer=StageList, refusals=(Forbidden,),
            ),
        )  # fmt: skip

    async def _stages(self, call: Call[Nothing, Nothing]) -> StageList:
        return _listed(await stages(call.actor))

    async def _change(self, call: Call[Nothing, PipelinePlan]) -> StageList:
        plan = [PlannedStage(one.key, one.name, one.min_score, one.outcome) for one in call.body.stages]
        try:
            return _listed(await change_stages(call.actor, plan, call.body.moves))
        except PlanInvalid as error:
            raise InvalidInput([Fault(at=f"body.{one.at}", why=one.why) for one in error.faults]) from error


def _listed(found: Sequence[StageOfPipeline]) -> StageList:
    return StageList(stages=[Stage.model_validate(one, from_attributes=True) for one in found])
