"""The pipeline as columns."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from core.domain.lead_filter import LeadSort
from core.services.pipeline_board import BoardColumn, pipeline_board
from miniapp.api.cursor import lead_cursor
from miniapp.api.lead_models import LeadFilters, LeadRow
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.stages import Stage


class BoardQuery(LeadFilters):
    """Which leads, and how many of each stage to begin with."""

    per_stage: Annotated[int, Field(ge=1, le=100)] = 30


class Column(ApiModel):
    """A stage, how many leads are in it, and the first of them; ``next_cursor`` goes on in the list of this stage."""

    stage: Stage
    total: int
    items: Sequence[LeadRow]
    next_cursor: str | None


class Board(ApiModel):
    """The columns, in order."""

    columns: Sequence[Column]


class BoardDesk:
    """The operation of looking at the pipeline."""

    def operations(self) -> Sequence[Operation]:
        """It alone: leads are moved where they are (see ``LeadDesk``)."""
        return (
            Operation("board", "GET", "/board", "The pipeline by stages.", self._board, query=BoardQuery, answer=Board),
        )

    async def _board(self, call: Call[BoardQuery, Nothing]) -> Board:
        found = await pipeline_board(call.actor, call.query.wanted(), call.query.per_stage)
        return Board(columns=[_column(one) for one in found])


def _column(column: BoardColumn) -> Column:
    stage = column.stage
    return Column(
        stage=Stage(
            key=stage.key, name=stage.name, position=stage.position, min_score=stage.min_score, outcome=stage.outcome
        ),
        total=column.total,
        items=[LeadRow.of(one) for one in column.items],
        next_cursor=lead_cursor(LeadSort.RECENT, column.after) if column.after else None,
    )
