"""The database as every process of ours opens it: whoever has a tenant on a screen is told of what is committed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.settings import Settings
from db.database import DatabaseUrls, open_database
from pipeline.connection import publisher_client
from pipeline.live import LivePublisher


@asynccontextmanager
async def open_live_database(settings: Settings, *, process: str, pool: int) -> AsyncIterator[LivePublisher]:
    """Tortoise, and the publisher that is told of changes; at the end what it still holds is told."""
    urls = DatabaseUrls(app=settings.database_url_for("app"), platform=settings.database_url_for("platform"))
    redis = publisher_client(settings.redis_url, name=f"reveza-{process}-live")
    live = LivePublisher(redis)
    try:
        async with open_database(urls, live, pool=pool):
            yield live
    finally:
        await live.drained()
        await redis.aclose()
