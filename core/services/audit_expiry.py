"""The log of who did what gets shorter at its old end, and is proven all the same.

The tenants' role may not take an entry. The platform's may, of entries that are older than any log is kept, and the database
takes nothing but the oldest (``db/sql/0035_log_expiry.up.sql``): the last of them leaves its number and hash as an anchor, from
which on the rest is a chain. While anything of the business is held, nothing goes: the log may have to tell of it.
"""

from datetime import datetime
from uuid import UUID

from core.services.audit import SYSTEM, audit
from db.tenancy import platform_scope, tenant_scope


async def expire_log(tenant_id: UUID, before: datetime, at: datetime, most: int | None, *, dry: bool) -> int:
    """Up to so many entries that are older than ``before`` go, or all of them are counted; how many that is.

    ``at``: the moment for which it is asked what is held.
    """
    async with tenant_scope(tenant_id) as scope:
        if await scope.row("anything_held", tenant_id, at) is not None:
            return 0
    async with platform_scope() as scope_of_all:
        row = await scope_of_all.row("expire_audit_log", tenant_id, before, most, dry)
    count = int(row["found"]) if row else 0
    if count and not dry:
        async with tenant_scope(tenant_id):
            await audit(tenant_id, SYSTEM, "retention.purged", "", audit_log=count)
    return count
