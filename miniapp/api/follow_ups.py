"""What silent leads are written unasked: what came of it, what is to come, and that somebody stops it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AwareDatetime, Field

from core.domain.errors import Forbidden, NotFound
from core.domain.follow_up import FollowUpState, Refusal, StepHold, StepKind
from core.services.follow_up_preview import Coming, FollowUpPreviews, Place, PreviewPart
from core.services.follow_up_results import StepResult, follow_up_results
from core.services.lead_follow_ups import FollowUpGone, FollowUpsOfLead, stop_follow_up
from miniapp.api.cursor import CursorInvalid, moment_cursor, moment_place
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.parts import PageSize

LONGEST_LOOK_BACK: Final = 365


class ResultsQuery(ApiModel):
    """Of what was planned in so many last days."""

    days: Annotated[int, Field(ge=1, le=LONGEST_LOOK_BACK)] = 30


class ReasonCount(ApiModel):
    """How often it was so; a failure's reason is what the channel said."""

    reason: str
    count: int


class FollowUpStepResult(ApiModel):
    """What became of one step.

    ``answered``: the lead wrote before the next step, within seven days, and before anybody of the team wrote to him; who asked to
    be left alone is in ``opted_out`` instead. ``under_way``: planned, or about to leave.
    """

    step: int
    under_way: int
    sent: int
    answered: int
    opted_out: int
    held: Sequence[ReasonCount]
    cancelled: Sequence[ReasonCount]
    failed: Sequence[ReasonCount]

    @classmethod
    def of(cls, result: StepResult) -> Self:
        """From what was counted."""
        return cls(
            step=result.step,
            under_way=result.under_way,
            sent=result.sent,
            answered=result.answered,
            opted_out=result.opted_out,
            held=_reasons(result.held),
            cancelled=_reasons(result.cancelled),
            failed=_reasons(result.failed),
        )


class FollowUpResults(ApiModel):
    """Step by step; those of which nothing is known are not there."""

    days: int
    steps: Sequence[FollowUpStepResult]


class PreviewQuery(ApiModel):
    """Which part of what is to come, and from where on."""

    part: PreviewPart = PreviewPart.PLANNED
    cursor: Annotated[str, Field(max_length=2000)] | None = None
    limit: PageSize = 50


class ComingFollowUp(ApiModel):
    """One step for one lead; without an ``id`` it is not planned yet.

    From ``due_at`` on it gets its place among those that leave (``leave_at``). With a ``hold`` it would not be said then, with a
    ``refusal`` it would be ended, as things stand now. ``text``: of a text step, as the lead would read it.
    """

    id: UUID | None
    lead_id: UUID
    lead_name: str | None
    conversation_id: UUID
    channel: str
    step: int
    kind: StepKind
    silent_since: AwareDatetime
    due_at: AwareDatetime
    leave_at: AwareDatetime | None
    is_leaving: bool
    text: str | None
    hold: StepHold | None
    refusal: Refusal | None

    @classmethod
    def of(cls, coming: Coming) -> Self:
        """From what is to be expected."""
        return cls.model_validate(coming, from_attributes=True)


class FollowUpPreview(ApiModel):
    """Some of them. ``next_run_at``: when it is looked again who has fallen silent. Off, nobody is written to."""

    is_on: bool
    ai_answers: bool
    next_run_at: AwareDatetime
    items: Sequence[ComingFollowUp]
    next_cursor: str | None


class PastFollowUp(ApiModel):
    """One that was said, or was not, and why not."""

    id: UUID
    step: int
    kind: StepKind
    state: FollowUpState
    reason: str | None
    due_at: AwareDatetime
    sent_at: AwareDatetime | None
    answered_at: AwareDatetime | None
    conversation_id: UUID


class LeadFollowUpList(ApiModel):
    """A lead's: the next one, where one is planned, and the latest of the others, the latest first."""

    coming: ComingFollowUp | None
    past: Sequence[PastFollowUp]


class FollowUpDesk:
    """The operations about it."""

    def __init__(self, previews: FollowUpPreviews) -> None:
        self._previews = previews
        self._of_lead = FollowUpsOfLead(previews)

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation(
                "follow_up_results", "GET", "/follow-ups/results", "What came of follow-ups.", self._results,
                query=ResultsQuery, answer=FollowUpResults, refusals=(Forbidden,),
            ),
            Operation(
                "follow_up_preview", "GET", "/follow-ups/preview", "Who will be written to unasked, when and what.", self._preview,
                query=PreviewQuery, answer=FollowUpPreview, refusals=(Forbidden, CursorInvalid),
            ),
            Operation(
                "follow_ups_of_lead", "GET", "/leads/{lead_id}/follow-ups", "What a lead is written unasked.", self._lead,
                answer=LeadFollowUpList, refusals=(NotFound,),
            ),
            Operation(
                "cancel_follow_up", "POST", "/follow-ups/{follow_up_id}/cancel", "It is not said.", self._cancel,
                refusals=(NotFound, FollowUpGone),
            ),
        )  # fmt: skip

    async def _results(self, call: Call[ResultsQuery, Nothing]) -> FollowUpResults:
        found = await follow_up_results(call.actor, call.query.days)
        return FollowUpResults(days=call.query.days, steps=[FollowUpStepResult.of(one) for one in found])

    async def _preview(self, call: Call[PreviewQuery, Nothing]) -> FollowUpPreview:
        asked = call.query
        found = await self._previews.preview(call.actor, asked.part, _place(asked), asked.limit)
        return FollowUpPreview(
            is_on=found.is_on,
            ai_answers=found.ai_answers,
            next_run_at=found.next_run_at,
            items=[ComingFollowUp.of(one) for one in found.items],
            next_cursor=_cursor(asked.part, found.after) if found.after else None,
        )

    async def _lead(self, call: Call[Nothing, Nothing]) -> LeadFollowUpList:
        found = await self._of_lead.of_lead(call.actor, call.ids["lead_id"])
        return LeadFollowUpList(
            coming=ComingFollowUp.of(found.coming) if found.coming else None,
            past=[PastFollowUp.model_validate(one, from_attributes=True) for one in found.past],
        )

    async def _cancel(self, call: Call[Nothing, Nothing]) -> None:
        await stop_follow_up(call.actor, call.ids["follow_up_id"])


def _reasons(counts: Mapping[str, int]) -> list[ReasonCount]:
    """The most frequent first."""
    in_order = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [ReasonCount(reason=reason, count=count) for reason, count in in_order]


def _cursor(part: PreviewPart, place: Place) -> str:
    return moment_cursor(place.at, f"{part.value}:{place.id}")


def _place(asked: PreviewQuery) -> Place | None:
    """Where the page before ended. Raises ``CursorInvalid``, also for a place in another part."""
    found = moment_place(asked.cursor)
    if found is None:
        return None
    part, _, row_id = found[0].partition(":")
    try:
        place = Place(found[1], UUID(row_id))
    except ValueError as error:
        raise CursorInvalid from error
    if part != asked.part:
        raise CursorInvalid
    return place
