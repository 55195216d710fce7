"""What a provider keeps for a phone that is away: emptied, before it leaves stale, and told as what nobody knows of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from channels.base import Account
from core.domain.changes import ChangeKind
from core.domain.errors import ChannelStopped, SealError
from core.services.accounts import Accounts
from db.tenancy import platform_scope, tenant_scope

_AGAIN_SECONDS: Final = 30.0
"""After so long somebody else tries; longer than the calls take."""
_HELD_SECONDS: Final = 900.0
"""Words that were taken in longer ago have left, or they would not have been taken: each send asks for the phone first."""


@dataclass(frozen=True, slots=True)
class Emptying:
    """The queue of one account, for this caller to empty until ``until``."""

    tenant_id: UUID
    account_id: UUID
    until: datetime


class ProviderQueues:
    """The use cases."""

    def __init__(self, accounts: Accounts, settle: float) -> None:
        """``settle``: seconds that a provider has to tell of a message whose outcome is unknown."""
        self._accounts = accounts
        self._settle = settle

    async def due(self, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """Tenant and account of every queue that is to be emptied."""
        async with platform_scope() as scope:
            rows = await scope.rows("due_emptyings", limit)
        return [(row["tenant_id"], row["id"]) for row in rows]

    async def claim(self, tenant_id: UUID, account_id: UUID) -> Emptying | None:
        """The queue, for this caller alone; ``None`` when somebody else is at it, or was."""
        async with tenant_scope(tenant_id) as scope:
            row = await scope.row("claim_emptying", tenant_id, account_id, _AGAIN_SECONDS)
        return None if row is None else Emptying(tenant_id, account_id, row["purge_due_at"])

    async def account_of(self, emptying: Emptying) -> tuple[str, Account]:
        """The channel's name, and the account to empty. Raises ``ChannelStopped`` for one that does not open."""
        try:
            return await self._accounts.open_account(emptying.tenant_id, emptying.account_id)
        except SealError as error:
            raise ChannelStopped(str(error), provider_code="account_unusable") from error

    async def emptied(self, emptying: Emptying) -> int:
        """Nothing leaves any more. Of what was taken in lately, and not heard of since, nobody knows whether it had left.

        It is settled like every send of unknown outcome: by what the provider tells after all, or by a person. Gives
        how many messages.
        """
        async with tenant_scope(emptying.tenant_id) as scope:
            held = await scope.rows(
                "unsay_queued", emptying.tenant_id, emptying.account_id, _HELD_SECONDS, self._settle
            )
            for message in held:
                scope.changed(ChangeKind.MESSAGE_STATUS, message["id"], conversation_id=message["conversation_id"])
            await scope.row("emptying_over", emptying.tenant_id, emptying.account_id, emptying.until)
        return len(held)

    async def let_be(self, emptying: Emptying) -> None:
        """The phone is back, or nobody may empty its queue: due no more, until it is away again."""
        async with tenant_scope(emptying.tenant_id) as scope:
            await scope.row("emptying_over", emptying.tenant_id, emptying.account_id, emptying.until)
