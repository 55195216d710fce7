"""A business's channel accounts, as its managers see them and its admins look after them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from channels.base import Channel, ChecksAccounts
from core.domain.actor import Actor
from core.domain.errors import SendError
from core.services.access import require_admin, require_leading
from core.services.accounts import Accounts
from core.services.audit import by
from core.services.connections import ConnectedAccount, Connections
from db.models import ChannelAccount
from db.tenancy import tenant_scope


@dataclass(frozen=True, slots=True)
class StoppedAccount:
    """A channel account that stopped; ``reason``: the provider's words."""

    channel: str
    reason: str


async def stopped_account(tenant_id: UUID, account_id: UUID) -> StoppedAccount | None:
    """The account, if it is still stopped."""
    async with tenant_scope(tenant_id):
        account = await ChannelAccount.filter(tenant_id=tenant_id, id=account_id, status="stopped").first()
    return StoppedAccount(account.channel, account.stopped_reason or "") if account else None


class ChannelDesk:
    """The use cases. None of them shows a secret."""

    def __init__(self, connections: Connections, accounts: Accounts, channels: Mapping[str, Channel]) -> None:
        self._connections = connections
        self._accounts = accounts
        self._channels = channels

    async def accounts(self, actor: Actor) -> Sequence[ConnectedAccount]:
        """Those the business has, without those it had. Raises ``Forbidden``."""
        require_leading(actor)
        found = await self._connections.of_tenant(actor.tenant_id)
        return [account for account in found if account.status != "disconnected"]

    async def account(self, actor: Actor, account_id: UUID) -> ConnectedAccount:
        """One of them, to be looked after. Raises ``Forbidden`` for who is no admin, ``NotFound``."""
        require_admin(actor)
        return await self._connections.named(actor.tenant_id, str(account_id))

    async def disconnect(self, actor: Actor, account_id: UUID) -> None:
        """Nothing comes or leaves through it any more. Raises ``Forbidden``, ``NotFound``."""
        require_admin(actor)
        await self._connections.disconnect(actor.tenant_id, account_id, actor=by(actor))

    async def check(self, actor: Actor, account_id: UUID) -> SendError | bool:
        """Ask the provider: true when the account would send, false when only sending would tell, or why it would not.

        Raises ``Forbidden``, ``NotFound``.
        """
        require_admin(actor)
        name, opened = await self._accounts.open_account(actor.tenant_id, account_id)
        channel: object = self._channels.get(name)
        if not isinstance(channel, ChecksAccounts):
            return False
        try:
            await channel.check_account(opened)
        except SendError as error:
            return error
        return True
