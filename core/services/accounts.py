"""Which credentials verify a delivery, and which tenant's account an event belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from channels.base import Account, Credentials
from core.domain.errors import NotFound
from core.services.sealing import Sealer
from core.services.tenant_keys import TenantKeys
from db.tenancy import platform_scope, tenant_scope

Key = TypeVar("Key")
Value = TypeVar("Value")

SECRETS_COLUMN = "channel_accounts.sealed"
CREDENTIALS_COLUMN = "credential_sets.sealed"
_REMEMBERED = 10.0
"""Seconds for which an answer is remembered: how long a disconnected account may still be served."""
_FORGOTTEN = 1.0
"""The same for "there is none", so that a new connection works almost at once."""
_FRESH = 1.0
"""Seconds within which nothing is looked up again, whatever was refused for it."""
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class CredentialSet:
    """What stands behind an account key."""

    id: UUID
    channel: str
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Binding:
    """A provider's account bound to a tenant under a set of credentials."""

    account_id: UUID
    tenant_id: UUID


class _Memory(Generic[Key, Value]):
    """Answers of the last seconds, a miss too."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: dict[Key, tuple[float, Value | None]] = {}

    def look(self, key: Key) -> tuple[bool, Value | None]:
        until, value = self._entries.get(key, (0.0, None))
        return until > self._clock(), value

    def is_fresh(self, key: Key) -> bool:
        """Whether the answer was given just now."""
        until, value = self._entries.get(key, (0.0, None))
        return until - self._clock() > _lifetime(value) - _FRESH

    def keep(self, key: Key, value: Value | None) -> None:
        if len(self._entries) >= _MOST:
            self._entries.clear()
        self._entries[key] = (self._clock() + _lifetime(value), value)


def _lifetime(value: object) -> float:
    return _FORGOTTEN if value is None else _REMEMBERED


class Accounts:
    """Looks up credentials and bindings, and remembers them for seconds."""

    def __init__(self, sealer: Sealer, monotonic: Callable[[], float]) -> None:
        self._sealer = sealer
        self._keys = TenantKeys(sealer)
        self._sets: _Memory[tuple[str, str], CredentialSet] = _Memory(monotonic)
        self._bindings: _Memory[tuple[UUID, str], Binding] = _Memory(monotonic)
        self._businesses: _Memory[tuple[UUID, str], Binding] = _Memory(monotonic)
        self._opened: _Memory[tuple[UUID, UUID], tuple[str, Account]] = _Memory(monotonic)

    async def credentials(self, channel: str, account_key: str) -> CredentialSet | None:
        """The set behind this key of this channel; ``None`` when there is none."""
        known, found = self._sets.look((channel, account_key))
        return found if known else await self._set_of_key(channel, account_key)

    async def renewed_credentials(self, channel: str, account_key: str) -> CredentialSet | None:
        """The set as it is now, for a delivery that the remembered one refuses; ``None`` when that is fresh, or gone.

        So an operator's new secret is good at once, and refusals cost one lookup a second for each key at most.
        """
        if self._sets.is_fresh((channel, account_key)):
            return None
        return await self._set_of_key(channel, account_key)

    async def _set_of_key(self, channel: str, account_key: str) -> CredentialSet | None:
        async with platform_scope() as scope:
            row = await scope.row("credential_set_of_key", account_key, channel)
        found = None
        if row is not None:
            secrets = self._sealer.open(row["sealed"], owner=row["id"], column=CREDENTIALS_COLUMN)
            found = CredentialSet(row["id"], channel, Credentials(account_key, secrets))
        self._sets.keep((channel, account_key), found)
        return found

    async def set_behind(self, set_id: UUID) -> CredentialSet | None:
        """The set with this id, looked up anew; ``None`` when there is none."""
        async with platform_scope() as scope:
            row = await scope.row("credential_set", set_id)
        if row is None:
            return None
        secrets = self._sealer.open(row["sealed"], owner=set_id, column=CREDENTIALS_COLUMN)
        return CredentialSet(set_id, row["channel"], Credentials(row["account_key"], secrets))

    async def binding(self, set_id: UUID, external_id: str) -> Binding | None:
        """The account with this id, if it is bound to these credentials."""
        return await self._bound(self._bindings, "account_bound_to_set", set_id, external_id)

    async def binding_of_business(self, set_id: UUID, business_id: str) -> Binding | None:
        """One account under this business id (a WhatsApp Business Account), for events that name no account."""
        return await self._bound(self._businesses, "account_of_business", set_id, business_id)

    async def _bound(
        self, memory: _Memory[tuple[UUID, str], Binding], name: str, set_id: UUID, external_id: str
    ) -> Binding | None:
        known, found = memory.look((set_id, external_id))
        if known:
            return found
        async with platform_scope() as scope:
            row = await scope.row(name, set_id, external_id)
        found = None if row is None else Binding(row["id"], row["tenant_id"])
        memory.keep((set_id, external_id), found)
        return found

    async def open_account(self, tenant_id: UUID, account_id: UUID) -> tuple[str, Account]:
        """The channel's name and the account opened for sending, remembered for seconds. Raises ``NotFound``."""
        known, found = self._opened.look((tenant_id, account_id))
        if known and found is not None:
            return found
        async with tenant_scope(tenant_id) as scope:
            row = await scope.row("account_for_sending", tenant_id, account_id)
        if row is None:
            message = "no such channel account"
            raise NotFound(message)
        secrets = await self._keys.open(tenant_id, row["sealed"], column=SECRETS_COLUMN)
        opened = row["channel"], Account(row["external_id"], secrets)
        self._opened.keep((tenant_id, account_id), opened)
        return opened
