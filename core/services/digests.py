"""Digests of conversations: what leads are found by and numbers are counted from, written when nobody waits for it.

An index on every message would be paid for by every webhook; so a conversation is read once its words have settled. What has
no digest yet is searched as it is (see ``freshly_sought`` in ``db/sql/0011_pipeline.up.sql``).
"""

from typing import Final
from uuid import UUID

from core.domain.ids import uuid7
from core.services.one_by_one import unharmed
from db.tenancy import platform_scope, tenant_scope

QUIET_SECONDS: Final = 60.0
"""A conversation that goes on is read when it pauses, not with each message."""
OVERLAP_SECONDS: Final = 600.0
"""No transaction that touches a conversation is as long as this."""
_AT_ONCE: Final = 200
_MOST_TENANTS: Final = 500


class Digests:
    """Keeps them, for every tenant."""

    async def write_stale(self, quiet: float = QUIET_SECONDS) -> int:
        """Write those that are missing or old, of conversations that have been quiet for so long; returns how many."""
        async with platform_scope() as scope:
            rows = await scope.rows("stale_digests", _MOST_TENANTS)
        written = [
            await unharmed(_caught_up(row["id"], quiet), tenant_id=row["id"], event="digests.not_written")
            for row in rows
        ]
        return sum(one or 0 for one in written)


async def _caught_up(tenant_id: UUID, quiet: float) -> int:
    written = 0
    while batch := await _batch(tenant_id, quiet):
        written += batch
        if batch < _AT_ONCE:
            break
    return written


async def _batch(tenant_id: UUID, quiet: float) -> int:
    """Some of a tenant's, the oldest first; none while another process is at it."""
    async with tenant_scope(tenant_id) as scope:
        await scope.row("put_digest_mark", tenant_id, uuid7())
        if await scope.row("lock_digest_mark", tenant_id) is None:
            return 0
        row = await scope.row("write_digests", tenant_id, quiet, _AT_ONCE)
        written = row["written"] if row else 0
        upto = row["upto"] if row and written == _AT_ONCE else None
        await scope.row("move_digest_mark", tenant_id, max(quiet, OVERLAP_SECONDS), upto)
    return int(written)
