"""The Mini App's part of the web process."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

import aiohttp
from aiohttp import web

from app.bot_name import TelegramBotName
from app.settings import Settings
from app.tombstones import tombstone_journal
from channels.base import Channel
from core.domain.failure_limit import FailureLimit
from core.domain.ports import Jobs
from core.domain.request_limit import RequestLimit
from core.services.accounts import Accounts
from core.services.assignments import Assignments
from core.services.attendance import Attendance
from core.services.channel_desk import ChannelDesk
from core.services.connections import Connections
from core.services.dead_letters import DeadLetters
from core.services.erasure import Erasures
from core.services.failures import Failures
from core.services.follow_up_preview import FollowUpPreviews
from core.services.forgetting import Forgetting
from core.services.lead_page import LeadPages
from core.services.sealing import Sealer
from core.services.session_tokens import SessionTokens
from core.services.sessions import Sessions
from core.services.threads import Threads
from miniapp.api.board import BoardDesk
from miniapp.api.channels import ChannelsDesk
from miniapp.api.conversations import ConversationDesk
from miniapp.api.dashboard import DashboardDesk
from miniapp.api.data_requests import DataRequestDesk
from miniapp.api.events import EventStreams
from miniapp.api.follow_ups import FollowUpDesk
from miniapp.api.health import HealthDesk
from miniapp.api.holds import HoldDesk
from miniapp.api.knowledge import KnowledgeDesk
from miniapp.api.leads import LeadDesk
from miniapp.api.me import MyDesk
from miniapp.api.operation import Operation
from miniapp.api.oversight import OversightDesk
from miniapp.api.quick_replies import QuickReplyDesk
from miniapp.api.seals import Seal, TelegramSeal, TokenSeal
from miniapp.api.server import Api, Doorkeeper
from miniapp.api.settings import SettingsDesk
from miniapp.api.sign_in import SignInDesk
from miniapp.api.stages import StageDesk
from miniapp.api.team import TeamDesk
from miniapp.api.usage import UsageDesk
from pipeline.connection import queue_client
from pipeline.live_reader import LiveReader, reading


@dataclass(frozen=True, slots=True)
class Reach:
    """What the Mini App reaches the outside world by, which the process has for more than it alone."""

    session: aiohttp.ClientSession
    channels: Mapping[str, Channel]
    jobs: Jobs
    address: Callable[[web.Request], str]
    """Where a request comes from."""
    pace: RequestLimit = field(default_factory=lambda: RequestLimit(monotonic))


@asynccontextmanager
async def open_miniapp(settings: Settings, reach: Reach) -> AsyncIterator[Api | None]:
    """The API with what it reads live events by, where a bot's token lets us tell who opened the app."""
    if not settings.telegram_bot_token:
        yield None
        return
    redis = queue_client(settings.redis_url, name="reveza-miniapp")
    try:
        async with reading(LiveReader(redis, lambda: secrets.token_hex(8))) as reader:
            yield _api(settings, reach, reader)
    finally:
        await redis.aclose()


def _api(settings: Settings, reach: Reach, reader: LiveReader) -> Api:
    sessions = Sessions(SessionTokens(settings.secret_keys))
    return Api(
        operations(settings, reach, sessions),
        Doorkeeper(sessions, FailureLimit(monotonic), reach.pace, reach.address),
        EventStreams(reader, sessions),
    )


def operations(settings: Settings, reach: Reach, sessions: Sessions) -> Sequence[Operation]:
    """All that the API does."""
    token, sealer = settings.telegram_bot_token, Sealer(settings.secret_keys)
    bot_name = TelegramBotName(reach.session, settings.telegram_api_url, token)
    desks = (
        SignInDesk(sessions, _seal(settings), lambda: datetime.now(UTC)),
        MyDesk(),
        ConversationDesk(Threads(reach.channels), Assignments(reach.jobs), Attendance(reach.channels, reach.jobs)),
        TeamDesk(bot_name),
        LeadDesk(LeadPages(reach.channels), Forgetting(Erasures(tombstone_journal(settings)))),
        BoardDesk(),
        DashboardDesk(),
        SettingsDesk(),
        StageDesk(),
        KnowledgeDesk(),
        QuickReplyDesk(),
        ChannelsDesk(ChannelDesk(Connections(sealer), Accounts(sealer, monotonic), reach.channels)),
        HealthDesk(),
        DataRequestDesk(),
        OversightDesk(Failures(DeadLetters(reach.jobs))),
        UsageDesk(),
        HoldDesk(),
        FollowUpDesk(FollowUpPreviews({name: channel.capabilities.window for name, channel in reach.channels.items()})),
    )
    return [operation for desk in desks for operation in desk.operations()]


def _seal(settings: Settings) -> Seal:
    if settings.telegram_launch_proof == "telegram":
        return TelegramSeal(settings.telegram_bot_id)
    return TokenSeal(settings.telegram_bot_token)
