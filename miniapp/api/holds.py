"""What is kept whatever its time: admins place holds and lift them."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import AwareDatetime

from core.domain.errors import BadRequest, Forbidden, NotFound
from core.services.holds import holds, lift_hold, place_hold
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.parts import Storable


class Hold(ApiModel):
    """One that stands. Without a lead it is of all the business; without an end it stands until it is lifted."""

    id: UUID
    lead_id: UUID | None
    lead: str | None
    """How the team calls him."""
    reason: str
    until: AwareDatetime | None
    placed_by: str
    placed_by_name: str | None
    """Of the member who placed it; nobody of the team where an operator did."""
    placed_at: AwareDatetime


class HoldList(ApiModel):
    """All of them, the oldest first."""

    holds: Sequence[Hold]


class HoldQuery(ApiModel):
    """What keeps one lead, where one is named: his own, and those of all the business."""

    lead_id: UUID | None = None


class NewHold(ApiModel):
    """What is to be kept, and why."""

    lead_id: UUID | None = None
    reason: Storable
    until: AwareDatetime | None = None


class PlacedHold(ApiModel):
    """By what it is lifted."""

    id: UUID


class HoldDesk:
    """The operations about holds."""

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation("holds", "GET", "/holds", "What is kept whatever its time.", self._holds,
                      query=HoldQuery, answer=HoldList, refusals=(Forbidden,)),
            Operation("place_hold", "POST", "/holds", "Keep a lead, or all of the business.", self._place,
                      body=NewHold, answer=PlacedHold, refusals=(BadRequest, Forbidden, NotFound)),
            Operation("lift_hold", "POST", "/holds/{hold_id}/lift", "It is kept no longer.", self._lift,
                      refusals=(Forbidden, NotFound)),
        )  # fmt: skip

    async def _holds(self, call: Call[HoldQuery, Nothing]) -> HoldList:
        found = await holds(call.actor.tenant_id, call.actor, on_lead=call.query.lead_id)
        return HoldList(holds=[Hold.model_validate(one, from_attributes=True) for one in found])

    async def _place(self, call: Call[Nothing, NewHold]) -> PlacedHold:
        new = call.body
        placed = await place_hold(
            call.actor.tenant_id, call.actor, lead_id=new.lead_id, reason=new.reason, until=new.until
        )
        return PlacedHold(id=placed)

    async def _lift(self, call: Call[Nothing, Nothing]) -> None:
        await lift_hold(call.actor.tenant_id, call.actor, hold_id=call.ids["hold_id"])
