"""A data key for each business: what is sealed under it opens no more once it is destroyed, and it alone is sealed anew.

The key lies in the database, sealed under the installation's. What was sealed before there were such keys is sealed under the
installation's key itself, and opens as well.
"""

import base64
import os
from typing import Final
from uuid import UUID

from core.domain.errors import SealError
from core.domain.ids import uuid7
from core.services.sealing import Sealer
from db.tenancy import Scope, tenant_scope

KEY_COLUMN: Final = "tenant_keys.sealed"
_NAME: Final = "key"
_BYTES: Final = 32
_MOST: Final = 10_000


class TenantKeys:
    """Seals and opens what is a business's own; its key, once opened, is remembered."""

    def __init__(self, sealer: Sealer) -> None:
        """``sealer``: the installation's."""
        self._sealer = sealer
        self._known: dict[UUID, Sealer] = {}

    async def open(self, tenant_id: UUID, sealed: bytes, *, column: str) -> dict[str, str]:
        """Open a value of the business's column; not within a scope. Raises ``SealError``."""
        sealer = self._known.get(tenant_id, self._sealer)
        if not sealer.knows_key_of(sealed):
            async with tenant_scope(tenant_id) as scope:
                sealer = await self._loaded(scope, tenant_id) or self._sealer
        return sealer.open(sealed, owner=tenant_id, column=column)

    async def of_tenant(self, scope: Scope, tenant_id: UUID) -> Sealer:
        """What seals under the business's key and opens whatever is its own, in its scope; the key is made by whoever comes first."""
        return await self._loaded(scope, tenant_id) or await self._made(scope, tenant_id)

    async def _made(self, scope: Scope, tenant_id: UUID) -> Sealer:
        key = os.urandom(_BYTES)
        sealed = self._sealer.seal(_worded(key), owner=tenant_id, column=KEY_COLUMN)
        await scope.row("put_tenant_key", tenant_id, uuid7(), self._sealer.with_key(key).key_id, sealed)
        made = await self._loaded(scope, tenant_id)
        assert made is not None, "it is there now, whoever made it"  # noqa: S101 - see there
        return made

    async def _loaded(self, scope: Scope, tenant_id: UUID) -> Sealer | None:
        row = await scope.row("tenant_key", tenant_id)
        if row is None:
            self._known.pop(tenant_id, None)
            return None
        loaded = self._sealer.with_key(opened_key(self._sealer, tenant_id, row["sealed"]))
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[tenant_id] = loaded
        return loaded


def opened_key(sealer: Sealer, tenant_id: UUID, sealed: bytes) -> bytes:
    """The data key itself. Raises ``SealError``."""
    try:
        return base64.b64decode(sealer.open(sealed, owner=tenant_id, column=KEY_COLUMN)[_NAME])
    except KeyError as error:
        message = f"what is sealed as the data key of {tenant_id} is none"
        raise SealError(message) from error


def sealed_key(sealer: Sealer, tenant_id: UUID, key: bytes) -> bytes:
    """The data key under the installation's current one."""
    return sealer.seal(_worded(key), owner=tenant_id, column=KEY_COLUMN)


def _worded(key: bytes) -> dict[str, str]:
    return {_NAME: base64.b64encode(key).decode()}
