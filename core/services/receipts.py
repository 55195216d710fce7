"""Delivery statuses that came for no message of ours."""

from db.tenancy import platform_scope


async def purge_early_receipts() -> int:
    """Forget what is older than a day; returns how many."""
    async with platform_scope() as scope:
        return len(await scope.rows("purge_early_receipts"))
