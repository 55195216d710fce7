"""The API's document without an installation: the managers' pages get their types from it."""

import base64
import secrets
from typing import Any

from app.miniapp import Reach, operations
from app.provider_session import provider_session
from app.settings import Settings
from core.services.session_tokens import SessionTokens
from core.services.sessions import Sessions
from miniapp.api.openapi import document
from miniapp.api.server import EVENTS, PREFIX
from pipeline.connection import publisher_client
from pipeline.jobs import QueueJobs
from pipeline.publisher import StreamPublisher


async def described_api() -> dict[str, Any]:
    """The document as ``GET /api/v1/openapi.json`` answers it. Nothing is connected to: what is described is not called."""
    settings = _of_no_installation()
    redis = publisher_client(settings.redis_url)
    async with provider_session() as session:
        reach = Reach(session, {}, QueueJobs(StreamPublisher(redis, lambda: 0.0)), lambda _request: "")
        found = operations(settings, reach, Sessions(SessionTokens(settings.secret_keys)))
    await redis.aclose()
    return document(found, PREFIX, EVENTS)


def _of_no_installation() -> Settings:
    return Settings(
        secret_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        database_url="postgresql://nobody:nothing@127.0.0.1:5432/nothing",
        redis_url="redis://127.0.0.1:6379",
        telegram_bot_token="1:nobody",  # noqa: S106 no bot has it
    )
