"""Everything of ours in Redis, forgotten: nothing is lost by it, for what is due is due in PostgreSQL."""

from typing import Final

from redis.asyncio import Redis

_OURS: Final = "reveza:*"
_BATCH: Final = 500


async def forget_everything(redis: Redis) -> int:
    """Remove all keys of ours; how many there were. An open screen finds its stream gone, and loads anew."""
    removed, batch = 0, []
    async for key in redis.scan_iter(match=_OURS, count=_BATCH):
        batch.append(key)
        if len(batch) == _BATCH:
            removed += await redis.unlink(*batch)
            batch = []
    if batch:
        removed += await redis.unlink(*batch)
    return removed
