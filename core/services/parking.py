"""Queue entries nobody here can read: kept, never dropped, until whoever looks after the installation had time to look."""

from typing import Final

from db.tenancy import platform_scope

KEPT_DAYS: Final = 30
"""Nothing waits for one: what it was about is due in the database. Nobody knows whose words are in it, so it goes like an event as it came."""
_AT_ONCE: Final = 1000


async def park_payload(raw: bytes, reason: str) -> None:
    """Keep a payload for an operator, with why it was not run."""
    async with platform_scope() as scope:
        await scope.row("park_payload", reason, raw)


async def purge_parked_payloads() -> int:
    """Delete those that were kept for long enough; returns how many."""
    purged, deleted = 0, _AT_ONCE
    while deleted == _AT_ONCE:
        async with platform_scope() as scope:
            deleted = len(await scope.rows("purge_parked_payloads", _AT_ONCE, KEPT_DAYS))
        purged += deleted
    return purged
