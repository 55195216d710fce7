"""Queue entries nobody here can read: kept, never dropped."""

from db.tenancy import platform_scope


async def park_payload(raw: bytes, reason: str) -> None:
    """Keep a payload for an operator, with why it was not run."""
    async with platform_scope() as scope:
        await scope.row("park_payload", reason, raw)
