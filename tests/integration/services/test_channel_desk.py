"""A business's channel accounts, as its admins look after them."""

from dataclasses import dataclass

import pytest

from channels.base import Account
from core.domain.actor import Actor
from core.domain.conversation import Role
from core.domain.errors import ChannelStopped, Forbidden, NotFound, SendError
from core.services.accounts import Accounts
from core.services.channel_desk import ChannelDesk
from core.services.connections import Connections
from tests.fakes import ScriptedChannel
from tests.integration.services.desk import Desk


@dataclass(slots=True)
class _Asked(ScriptedChannel):
    """A channel that can tell whether an account would send."""

    refusal: SendError | None = None

    async def check_account(self, account: Account) -> None:
        """As it was told."""
        assert account.secrets
        if self.refusal is not None:
            raise self.refusal


def _desk_of(desk: Desk, channel: ScriptedChannel) -> ChannelDesk:
    accounts = Accounts(desk.sealer, desk.clock.monotonic)
    return ChannelDesk(Connections(desk.sealer), accounts, {channel.name: channel})


def _actor(desk: Desk, role: Role = Role.ADMIN) -> Actor:
    return Actor(desk.business.tenant_id, desk.business.member_id, role)


async def test_a_channel_that_can_tell_is_asked(desk: Desk) -> None:
    """Without sending anything."""
    channel = _Asked()
    assert await _desk_of(desk, channel).check(_actor(desk), desk.business.account_id) is True
    channel.refusal = ChannelStopped("the phone is not connected")
    assert await _desk_of(desk, channel).check(_actor(desk), desk.business.account_id) is channel.refusal


async def test_of_a_channel_that_cannot_tell_nothing_is_claimed(desk: Desk) -> None:
    """Only sending would."""
    assert await _desk_of(desk, desk.channel).check(_actor(desk), desk.business.account_id) is False


async def test_what_was_disconnected_is_not_listed(desk: Desk) -> None:
    """It is the business's no more."""
    channels = _desk_of(desk, desk.channel)
    assert [one.id for one in await channels.accounts(_actor(desk))] == [desk.business.account_id]
    await channels.disconnect(_actor(desk), desk.business.account_id)
    assert list(await channels.accounts(_actor(desk))) == []


async def test_only_admins_change_channels(desk: Desk) -> None:
    """Managers look, attendants do not."""
    channels = _desk_of(desk, desk.channel)
    assert await channels.accounts(_actor(desk, Role.MANAGER))
    with pytest.raises(Forbidden):
        await channels.accounts(_actor(desk, Role.ATTENDANT))
    for act in (channels.disconnect, channels.check):
        with pytest.raises(Forbidden):
            await act(_actor(desk, Role.MANAGER), desk.business.account_id)


async def test_another_tenants_account_is_not_there(desk: Desk) -> None:
    """Neither to be seen, nor asked, nor ended."""
    elsewhere = await desk.seed.business("elsewhere")
    channels = _desk_of(desk, desk.channel)
    for act in (channels.account, channels.disconnect, channels.check):
        with pytest.raises(NotFound):
            await act(_actor(desk), elsewhere.account_id)
