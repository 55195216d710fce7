"""Everything that is sealed comes under the installation's current key; where it was cut short it goes on.

Each value is opened, sealed anew, opened again and only then written, in a transaction of its own. What is under the current key
already is not touched, so it may be done any number of times, also while everything runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from core.domain.errors import SealError
from core.services.accounts import CREDENTIALS_COLUMN, SECRETS_COLUMN
from core.services.sealing import Sealer
from core.services.tenant_keys import TenantKeys, opened_key, sealed_key
from db.tenancy import Scope, platform_scope, tenant_scope

_MEND: Final = "then run this again"


@dataclass(slots=True)
class Rotated:
    """How many of each were sealed anew; and what could not be, a line each."""

    sets: int = 0
    keys: int = 0
    accounts: int = 0
    faults: list[str] = field(default_factory=list)


class KeyRotation:
    """The use case."""

    def __init__(self, sealer: Sealer) -> None:
        """``sealer``: with the current key first, and every key that anything may still be sealed under."""
        self._sealer = sealer

    async def rotate(self, *, plain: bool = False) -> Rotated:
        """Do it. ``plain``: credentials come under the installation's key itself, for a schema that knows no tenants' keys."""
        rotated = Rotated()
        for set_id in await _sets():
            await self._set(set_id, rotated)
        for tenant_id in await _tenants():
            await self._tenant(tenant_id, rotated, plain=plain)
        return rotated

    async def _set(self, set_id: UUID, rotated: Rotated) -> None:
        async with platform_scope() as scope:
            row = await scope.row("lock_credential_set", set_id)
            if row is None or not row["sealed"]:
                return
            try:
                if self._sealer.is_current(row["sealed"]):
                    return
                sealed = _anew(self._sealer, self._sealer, row["sealed"], set_id, CREDENTIALS_COLUMN)
            except SealError as error:
                rotated.faults.append(f"the credential set {set_id}: {error}; {_MEND}")
                return
            await scope.row("renew_credential_set", set_id, sealed)
            rotated.sets += 1

    async def _tenant(self, tenant_id: UUID, rotated: Rotated, *, plain: bool) -> None:
        try:
            async with tenant_scope(tenant_id) as scope:
                rotated.keys += await self._key(scope, tenant_id)
                opener = await TenantKeys(self._sealer).of_tenant(scope, tenant_id)
        except SealError as error:
            rotated.faults.append(f"the data key of the business {tenant_id}: {error}; {_MEND}")
            return
        async with tenant_scope(tenant_id) as scope:
            target = self._sealer if plain else opener
            for row in await scope.rows("lock_sealed_accounts", tenant_id):
                try:
                    if target.is_current(row["sealed"]):
                        continue
                    sealed = _anew(opener, target, row["sealed"], tenant_id, SECRETS_COLUMN)
                except SealError as error:
                    rotated.faults.append(f"the account {row['id']} of the business {tenant_id}: {error}; {_MEND}")
                    continue
                await scope.row("reseal_account", tenant_id, row["id"], sealed)
                rotated.accounts += 1

    async def _key(self, scope: Scope, tenant_id: UUID) -> bool:
        row = await scope.row("lock_tenant_key", tenant_id)
        if row is None or self._sealer.is_current(row["sealed"]):
            return False
        key = opened_key(self._sealer, tenant_id, row["sealed"])
        sealed = sealed_key(self._sealer, tenant_id, key)
        if opened_key(self._sealer, tenant_id, sealed) != key:
            message = "sealed anew it did not open again"
            raise SealError(message)
        await scope.row("reseal_tenant_key", tenant_id, sealed)
        return True


def _anew(opener: Sealer, target: Sealer, value: bytes, owner: UUID, column: str) -> bytes:
    secrets = opener.open(value, owner=owner, column=column)
    sealed = target.seal(secrets, owner=owner, column=column)
    if target.open(sealed, owner=owner, column=column) != secrets:
        message = "sealed anew it did not open again"
        raise SealError(message)
    return sealed


async def _sets() -> Sequence[UUID]:
    async with platform_scope() as scope:
        return [row["id"] for row in await scope.rows("all_credential_sets")]


async def _tenants() -> Sequence[UUID]:
    async with platform_scope() as scope:
        return [row["id"] for row in await scope.rows("all_tenants")]
