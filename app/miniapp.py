"""The Mini App's part of the web process."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic

from aiohttp import web

from app.settings import Settings
from core.domain.failure_limit import FailureLimit
from core.services.session_tokens import SessionTokens
from core.services.sessions import Sessions
from miniapp.api.events import EventStreams
from miniapp.api.server import Api, Doorkeeper
from miniapp.api.sign_in import SignInDesk
from pipeline.connection import queue_client
from pipeline.live_reader import LiveReader, reading


@asynccontextmanager
async def open_miniapp(settings: Settings, address: Callable[[web.Request], str]) -> AsyncIterator[Api | None]:
    """The API with what it reads live events by, where a bot's token lets us tell who opened the app.

    ``address``: where a request comes from.
    """
    if not settings.telegram_bot_token:
        yield None
        return
    redis = queue_client(settings.redis_url, name="reveza-miniapp")
    try:
        async with reading(LiveReader(redis, lambda: secrets.token_hex(8))) as reader:
            yield _api(settings, reader, address)
    finally:
        await redis.aclose()


def _api(settings: Settings, reader: LiveReader, address: Callable[[web.Request], str]) -> Api:
    sessions = Sessions(SessionTokens(settings.secret_keys))
    desk = SignInDesk(sessions, settings.telegram_bot_token, lambda: datetime.now(UTC))
    return Api(
        desk.operations(),
        Doorkeeper(sessions, FailureLimit(monotonic), address),
        EventStreams(reader, sessions),
    )
