"""The web process: one aiohttp application over everything it needs, until it is told to stop."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import structlog
import uvloop
from aiohttp import web
from redis.asyncio import Redis

from app.database import open_live_database
from app.memory import settle_memory
from app.miniapp import Reach, open_miniapp
from app.observability import Observability, Probe, new_registry
from app.provider_session import provider_session
from app.settings import Settings
from app.stopping import stop_event, stopped
from app.telegram_webhook import telegram_webhook
from channels.base import Channel
from channels.registry import build_channels
from core.domain.failure_limit import FailureLimit
from core.domain.ports import Jobs, LiveEvents
from core.services.accounts import Accounts
from core.services.group_commit import GroupCommit
from core.services.intake import Intake
from core.services.nudges import JoinedNudges
from core.services.sealing import Sealer
from db.ingest import IngestStore, open_ingest_store
from miniapp.site.pages import Pages
from pipeline.connection import publisher_client
from pipeline.jobs import QueueJobs
from pipeline.publisher import StreamPublisher
from webhooks.metrics import WebhookMetrics
from webhooks.receive import LARGEST_BODY, Origin, Receiver
from webhooks.routes import webhook_routes

log = structlog.get_logger(__name__)

_STOP_SECONDS: Final = 25.0
"""How long what is under way may take after the signal to stop."""
_LINGER_SECONDS: Final = 2.0
"""How long the rest of a refused body is read, so that its sender hears the answer."""
_BACKLOG: Final = 1024
_NUDGE_SECONDS: Final = 0.5
"""Nobody waits for a nudge here: a busy moment of this process is no reason to leave it to the sweeper."""


def run_web(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stopping = stop_event()
    async with open_application(settings) as application:
        runner = web.AppRunner(
            application,
            access_log=None,
            shutdown_timeout=_STOP_SECONDS,
            # Signatures are over the bytes as sent, and what nobody unpacks cannot be a bomb.
            auto_decompress=False,
            lingering_time=_LINGER_SECONDS,
            keepalive_timeout=75.0,
        )
        await runner.setup()
        # Several web processes may share the port: the kernel deals connections out.
        site = web.TCPSite(runner, settings.web_host, settings.web_port, reuse_port=True, backlog=_BACKLOG)
        await site.start()
        settle_memory()
        log.info("web.started", port=settings.web_port)
        await stopping.wait()
        log.info("web.stopping")
        await runner.cleanup()
    stopped()
    log.info("web.stopped")


@asynccontextmanager
async def open_application(settings: Settings) -> AsyncIterator[web.Application]:
    """The application with every connection behind it, until the block ends."""
    registry = new_registry()
    async with AsyncExitStack() as stack:
        live = await stack.enter_async_context(open_live_database(settings, process="web", pool=4))
        store = await stack.enter_async_context(open_ingest_store(settings.database_url_for("ingest")))
        session = await stack.enter_async_context(provider_session())
        redis = publisher_client(settings.redis_url, name="reveza-web")
        stack.push_async_callback(redis.aclose)
        nudges = JoinedNudges(QueueJobs(StreamPublisher(redis, time.monotonic, budget=_NUDGE_SECONDS)))
        stack.push_async_callback(nudges.drained)
        channels = build_channels(session, settings.channel_settings)
        receiver = _receiver(settings, store, channels, nudges, live, WebhookMetrics(registry))
        application = web.Application(client_max_size=LARGEST_BODY)
        application.add_routes(webhook_routes(receiver))
        telegram = telegram_webhook(settings)
        if telegram is not None:
            application.add_routes(telegram.routes())
        reach = Reach(session, channels, nudges, Origin(settings.web_trusted_proxies).address)
        api = await stack.enter_async_context(open_miniapp(settings, reach))
        if api is not None:
            application.add_routes(api.routes())
            application.on_shutdown.append(api.stop)
        application.add_routes(Pages(settings.miniapp_framed_by.split()).routes())
        probes = (Probe("database", store.ready), Probe("redis", _pings(redis), required=False))
        application.add_routes(Observability(registry, probes, metrics_token=settings.metrics_token).routes())
        yield application


def _receiver(  # noqa: PLR0917 - what a receiver is built from
    settings: Settings,
    store: IngestStore,
    channels: Mapping[str, Channel],
    jobs: Jobs,
    live: LiveEvents,
    metrics: WebhookMetrics,
) -> Receiver:
    accounts = Accounts(Sealer(settings.secret_keys), time.monotonic)
    return Receiver(
        channels,
        accounts,
        Intake(accounts, GroupCommit(store), jobs, live),
        limit=FailureLimit(time.monotonic),
        metrics=metrics,
        origin=Origin(settings.web_trusted_proxies),
    )


def _pings(redis: Redis) -> Callable[[], Awaitable[bool]]:
    async def answers() -> bool:
        return bool(await redis.ping())

    return answers
