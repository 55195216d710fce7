"""What leads ask of their data, and what became of it."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import AwareDatetime, Field

from core.domain.data_request import LONGEST_REASON, RequestKind, RequestOrigin, RequestState
from core.domain.errors import Forbidden, NotFound
from core.services.data_requests import close_request, list_requests, write_down_request
from miniapp.api.operation import ApiModel, Call, Nothing, Operation
from miniapp.api.parts import Words


class DataRequest(ApiModel):
    """One request; ``lead`` is how the team calls who asked, as long as he is there."""

    id: UUID
    lead_id: UUID
    lead: str | None
    kind: RequestKind
    origin: RequestOrigin
    asked_at: AwareDatetime
    due_at: AwareDatetime
    state: RequestState
    reason: str | None
    closed_at: AwareDatetime | None
    closed_by: str | None


class DataRequestList(ApiModel):
    """What is open first."""

    items: Sequence[DataRequest]


class DataRequestQuery(ApiModel):
    """Those of one lead, where one is named."""

    lead_id: UUID | None = None


class NewDataRequest(ApiModel):
    """What was asked by another way than the chat."""

    kind: RequestKind


class DataRequestMade(ApiModel):
    """Under which id it stands."""

    id: UUID


class DataRequestEnd(ApiModel):
    """It was answered by other means; with a reason it is refused."""

    refused_because: Words | None = Field(default=None, max_length=LONGEST_REASON)


class DataRequestDesk:
    """The operations about data requests."""

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        return (
            Operation(
                "data_requests", "GET", "/data-requests", "What leads ask of their data.", self._list,
                query=DataRequestQuery, answer=DataRequestList, refusals=(Forbidden,),
            ),
            Operation(
                "add_data_request", "POST", "/leads/{lead_id}/data-requests", "Write down what a lead asks of his data.", self._add,
                body=NewDataRequest, answer=DataRequestMade, refusals=(Forbidden, NotFound),
            ),
            Operation(
                "close_data_request", "POST", "/data-requests/{request_id}/close", "It is answered, or refused.", self._close,
                body=DataRequestEnd, refusals=(Forbidden, NotFound),
            ),
        )  # fmt: skip

    async def _list(self, call: Call[DataRequestQuery, Nothing]) -> DataRequestList:
        found = await list_requests(call.actor, call.query.lead_id)
        return DataRequestList(items=[DataRequest.model_validate(one, from_attributes=True) for one in found])

    async def _add(self, call: Call[Nothing, NewDataRequest]) -> DataRequestMade:
        return DataRequestMade(id=await write_down_request(call.actor, call.ids["lead_id"], call.body.kind))

    async def _close(self, call: Call[Nothing, DataRequestEnd]) -> None:
        await close_request(call.actor, call.ids["request_id"], refused_because=call.body.refused_because)
