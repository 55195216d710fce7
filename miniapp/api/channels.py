"""The business's accounts at providers: seen, asked whether they would send, given up."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import AwareDatetime

from core.domain.errors import Forbidden, NotFound, SendError
from core.services.channel_desk import ChannelDesk
from miniapp.api.operation import ApiModel, Call, Nothing, Operation


class ChannelAccount(ApiModel):
    """One of them; ``stopped_reason`` is the provider's own words. Nothing secret is ever shown."""

    id: UUID
    channel: str
    external_id: str
    label: str
    status: str
    stopped_reason: str | None
    created_at: AwareDatetime


class ChannelList(ApiModel):
    """All that are connected."""

    accounts: Sequence[ChannelAccount]


class ChannelState(ApiModel):
    """Whether it would send; ``null`` where only sending would tell. ``reason``: the provider's words when it would not."""

    sends: bool | None
    reason: str | None


class ChannelsDesk:
    """The operations about channel accounts."""

    def __init__(self, channels: ChannelDesk) -> None:
        self._channels = channels

    def operations(self) -> Sequence[Operation]:
        """All of them."""
        one = "/channels/{account_id}"
        return (
            Operation(
                "channels", "GET", "/channels", "What is connected.", self._list, answer=ChannelList, refusals=(Forbidden,)
            ),
            Operation(
                "check_channel", "POST", f"{one}/check", "Ask its provider whether it would send.", self._check,
                answer=ChannelState, refusals=(Forbidden, NotFound),
            ),
            Operation(
                "disconnect_channel", "DELETE", one, "Let nothing come or leave through it.", self._disconnect,
                refusals=(Forbidden, NotFound),
            ),
        )  # fmt: skip

    async def _list(self, call: Call[Nothing, Nothing]) -> ChannelList:
        found = await self._channels.accounts(call.actor)
        return ChannelList(
            accounts=[
                ChannelAccount(
                    id=one.id,
                    channel=one.channel,
                    external_id=one.external_id,
                    label=one.label,
                    status=one.status,
                    stopped_reason=one.stopped_reason,
                    created_at=one.created_at,
                )
                for one in found
            ]
        )

    async def _check(self, call: Call[Nothing, Nothing]) -> ChannelState:
        found = await self._channels.check(call.actor, call.ids["account_id"])
        if isinstance(found, SendError):
            return ChannelState(sends=False, reason=str(found))
        return ChannelState(sends=found or None, reason=None)

    async def _disconnect(self, call: Call[Nothing, Nothing]) -> None:
        await self._channels.disconnect(call.actor, call.ids["account_id"])
