"""Connections of tenants to providers' accounts: how one is made, mended, ended and listed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.exceptions import IntegrityError

from core.domain.changes import ChangeKind
from core.domain.errors import BadRequest, Conflict, NotFound
from core.domain.ids import uuid7
from core.services.accounts import SECRETS_COLUMN
from core.services.audit import audit
from core.services.credential_sets import CredentialSets
from core.services.sealing import Sealer
from core.services.tenant_keys import TenantKeys
from db.models import ChannelAccount
from db.tenancy import Scope, tenant_scope

_KEY = re.compile(r"[A-Za-z0-9._~-]{1,120}")
"""An account key stands in the callback's address as it is."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A provider's account to bind to a tenant."""

    account_key: str
    channel: str
    external_id: str
    business_id: str | None
    credentials: Mapping[str, str]
    """What verifies deliveries; used when the account key is new, for it has one set for all its accounts."""
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConnectedAccount:
    """An account as it is shown; ``stopped_reason`` is the provider's own words."""

    id: UUID
    channel: str
    external_id: str
    business_id: str | None
    status: str
    stopped_reason: str | None
    created_at: datetime
    label: str = ""


class Connections:
    """The use cases of connections. ``actor`` is who does it, for the audit log."""

    def __init__(self, sealer: Sealer) -> None:
        self._keys = TenantKeys(sealer)
        self.sets = CredentialSets(sealer)
        """What stands behind account keys."""

    async def connect(self, tenant_id: UUID, new: NewAccount, *, actor: str) -> UUID:
        """Bind a provider's account to the tenant; the credential set is made on first use of its key.

        Raises ``Conflict`` when the account is bound already, and ``BadRequest``.
        """
        _check(new)
        own = {name: value for name, value in new.secrets.items() if name in new.credentials}
        set_id = await self.sets.ensure(new.channel, new.account_key, new.credentials, own)
        account_id = uuid7()
        try:
            async with tenant_scope(tenant_id) as scope:
                sealer = await self._keys.of_tenant(scope, tenant_id)
                await ChannelAccount.create(
                    id=account_id,
                    tenant_id=tenant_id,
                    credential_set_id=set_id,
                    channel=new.channel,
                    external_id=new.external_id,
                    business_id=new.business_id,
                    sealed=sealer.seal(new.secrets, owner=tenant_id, column=SECRETS_COLUMN),
                )
                scope.changed(ChangeKind.ACCOUNT, account_id)
                await audit(tenant_id, actor, "account.connected", account_id)
        except IntegrityError as error:
            message = f"the {new.channel} account is connected already"
            raise Conflict(message) from error
        return account_id

    async def reconnect(
        self,
        tenant_id: UUID,
        account_id: UUID,
        *,
        actor: str,
        secrets: Mapping[str, str] | None = None,
        credentials: Mapping[str, str] | None = None,
    ) -> None:
        """Let messages come and leave through the account again, with new secrets if some are given; others stay.

        New ``credentials`` verify the deliveries to all accounts behind its key from now on.
        Raises ``NotFound``, and ``Conflict`` when the account was disconnected and is bound anew since.
        """
        try:
            async with tenant_scope(tenant_id) as scope:
                sealed = await self._renewed(scope, tenant_id, account_id, secrets) if secrets else None
                row = await scope.row("reopen_account", tenant_id, account_id, sealed)
                if row is None:
                    raise _not_found(str(account_id))
                scope.changed(ChangeKind.ACCOUNT, account_id)
                await audit(tenant_id, actor, "account.reconnected", account_id)
        except IntegrityError as error:
            message = "the account is connected anew since it was disconnected"
            raise Conflict(message) from error
        if credentials:
            await self.sets.renew(row["credential_set_id"], credentials)

    async def _renewed(self, scope: Scope, tenant_id: UUID, account_id: UUID, secrets: Mapping[str, str]) -> bytes:
        row = await scope.row("account_for_sending", tenant_id, account_id)
        if row is None:
            raise _not_found(str(account_id))
        sealer = await self._keys.of_tenant(scope, tenant_id)
        known = sealer.open(row["sealed"], owner=tenant_id, column=SECRETS_COLUMN)
        return sealer.seal({**known, **secrets}, owner=tenant_id, column=SECRETS_COLUMN)

    async def disconnect(self, tenant_id: UUID, account_id: UUID, *, actor: str) -> None:
        """Nothing comes or leaves through the account any more, and it may be bound anew, by any tenant.

        Web processes remember a binding for seconds. Raises ``NotFound``, also for one that is disconnected.
        """
        async with tenant_scope(tenant_id) as scope:
            if await scope.row("disconnect_account", tenant_id, account_id) is None:
                message = f"no account {account_id} is connected"
                raise NotFound(message)
            scope.changed(ChangeKind.ACCOUNT, account_id)
            await audit(tenant_id, actor, "account.disconnected", account_id)

    async def of_tenant(self, tenant_id: UUID) -> Sequence[ConnectedAccount]:
        """Every account the tenant has or had, oldest first."""
        async with tenant_scope(tenant_id):
            rows = await ChannelAccount.filter(tenant_id=tenant_id).order_by("created_at", "id")
        return [
            ConnectedAccount(
                row.id,
                row.channel,
                row.external_id,
                row.business_id,
                row.status,
                row.stopped_reason,
                row.created_at,
                row.label,
            )
            for row in rows
        ]

    async def named(self, tenant_id: UUID, name: str) -> ConnectedAccount:
        """The account with this id of the provider's, or of ours. One that is connected goes before those that were.

        Raises ``NotFound``, and ``Conflict`` when the provider's id stands for several connected ones.
        """
        found = [
            account for account in await self.of_tenant(tenant_id) if name in {account.external_id, str(account.id)}
        ]
        if not found:
            raise _not_found(name)
        connected = [account for account in found if account.status != "disconnected"]
        if len(connected) > 1:
            message = f"{name} stands for several accounts; name one by its id in the list"
            raise Conflict(message)
        return (connected or found)[-1]


def _check(new: NewAccount) -> None:
    if not _KEY.fullmatch(new.account_key):
        message = f"the account key {new.account_key!r} has other signs than letters, digits and . _ ~ -"
        raise BadRequest(message)
    if not new.external_id:
        message = "the provider's id of the account is missing"
        raise BadRequest(message)
    if not new.secrets or not all(new.secrets.values()):
        message = "what sending through the account needs is missing"
        raise BadRequest(message)


def _not_found(name: str) -> NotFound:
    return NotFound(f"there is no channel account {name}")
