"""The worker process: the queue's tasks, the sweeper beside them, and everything they need."""

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

import aiohttp
import anthropic
import structlog
import uvloop

from app.database import open_live_database
from app.memory import settle_memory
from app.observability import Probe, new_registry, side_door
from app.poller_lock import ASK_FOR_UPDATES
from app.provider_session import provider_session
from app.settings import Settings
from app.stopping import stop_event, stopped
from app.telegram_types import import_aiogram
from app.tenant_jobs import tenant_jobs
from app.tombstones import audit_chain, tombstone_journal
from channels.base import Channel
from channels.registry import build_channels
from core.services.accounts import Accounts
from core.services.ai_pause import Resumptions
from core.services.digests import Digests
from core.services.fetches import Fetches
from core.services.fitting import Fitting
from core.services.follow_ups import FollowUps
from core.services.hearing import Hearing
from core.services.incident_watch import IncidentWatch
from core.services.intake import Intake
from core.services.job_runs import JobRuns
from core.services.parking import park_payload
from core.services.plan_watch import PlanWatch
from core.services.provider_queues import ProviderQueues
from core.services.salvage import Salvage
from core.services.sealing import Sealer
from core.services.sends import Sends, SendTimes
from core.services.silences import Silences
from core.services.sleep import Alarms
from core.services.summaries import Summaries
from core.services.tombstones import Healing, apply_tombstones
from core.services.turns import Turns
from core.services.waiting import WaitingRoom
from db.database import database_ready
from db.ingest import open_ingest_store
from pipeline.broker import SafeStreamBroker
from pipeline.claude import Claude
from pipeline.connection import publisher_client, queue_client
from pipeline.deliver import Deliverer
from pipeline.dispatch import Dispatch
from pipeline.emptier import Emptier
from pipeline.fetcher import Fetcher
from pipeline.follow_up_writer import FollowUpWriter
from pipeline.guard import inspect
from pipeline.job_runner import JobRunner
from pipeline.jobs import QueueJobs
from pipeline.metrics import WorkerMetrics
from pipeline.presence import Presence
from pipeline.prompt import PromptBuilder
from pipeline.publisher import StreamPublisher
from pipeline.receiving import run_worker
from pipeline.summary import Summariser
from pipeline.sweeper import Sweeper
from pipeline.tasks import Work, register
from pipeline.turn import TurnRunner

log = structlog.get_logger(__name__)

GRACE_SECONDS: Final = 60.0
"""How long running turns may take after the signal to stop: no turn is cut."""
DEAD_CONSUMER_MS: Final = 600_000
POOL: Final = 10


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()


class Desk(Protocol):
    """What else runs beside the queue's tasks."""

    async def run(self, finish: asyncio.Event) -> None:
        """Until ``finish`` is set."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker, built and not yet running."""

    broker: SafeStreamBroker
    dispatch: Dispatch
    sweeper: Sweeper
    presence: Presence
    job_runner: JobRunner
    follow_ups: FollowUpWriter
    desk: Desk | None = None
    """The team's bot, where Telegram brings updates; else it has a process of its own."""

    async def run(self, finish: asyncio.Event, places: int) -> None:
        """Work until ``finish`` is set; then what runs is finished."""
        ended = asyncio.Event()
        loops = [
            self.sweeper.run(finish, ended),
            self.job_runner.run(finish),
            self.follow_ups.run(finish),
            run_worker(self.broker, finish, max_async_tasks=places, grace=GRACE_SECONDS),
            *([self.desk.run(finish)] if self.desk is not None else []),
        ]
        running = [asyncio.create_task(loop) for loop in loops]
        for task in running:
            # One that ends by itself ends the process too: its supervisor starts another.
            task.add_done_callback(lambda _: finish.set())
        await finish.wait()
        await self.dispatch.stop(GRACE_SECONDS)
        ended.set()
        await asyncio.wait(running)
        await self.presence.close()
        # What one of them died of is what the process ends with.
        await asyncio.gather(*running)


def run_worker_process(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then finish what is under way."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings))


async def _work(settings: Settings) -> None:
    finish = stop_event()
    # The rules are compiled now and not while a lead waits.
    inspect("")
    async with open_worker(settings) as worker:
        settle_memory()
        log.info("worker.started", places=settings.worker_turns)
        await worker.run(finish, settings.worker_turns)
    stopped()
    log.info("worker.ended")


@asynccontextmanager
async def open_worker(settings: Settings) -> AsyncIterator[Worker]:
    """A worker with every connection behind it, until the block ends."""
    async with AsyncExitStack() as stack:
        live = await stack.enter_async_context(open_live_database(settings, process="worker", pool=POOL))
        # A restored past answers nobody before it has forgotten whoever was forgotten since.
        journal = tombstone_journal(settings)
        await apply_tombstones(journal)
        store = await stack.enter_async_context(open_ingest_store(settings.database_url_for("ingest"), size=2))
        session = await stack.enter_async_context(
            provider_session(connector=aiohttp.TCPConnector(limit=settings.worker_turns))
        )
        registry = new_registry()
        await stack.enter_async_context(side_door(settings, registry, (Probe("database", database_ready),)))
        queue = queue_client(settings.redis_url)
        stack.push_async_callback(queue.aclose)
        nudges = publisher_client(settings.redis_url, name="reveza-worker-publisher")
        stack.push_async_callback(nudges.aclose)
        client = await stack.enter_async_context(_claude_client(settings))
        jobs = QueueJobs(StreamPublisher(nudges, time.monotonic))
        channels = build_channels(session, settings.channel_settings)
        desk = await stack.enter_async_context(_team_desk(settings, channels, jobs))
        accounts = Accounts(Sealer(settings.secret_keys), time.monotonic)
        yield _build(
            settings,
            channels,
            accounts,
            Fetches(accounts, Intake(accounts, Salvage(store), jobs, live)),
            SafeStreamBroker(queue, park_payload),
            jobs,
            client,
            WorkerMetrics(registry),
            desk,
            Healing(journal, audit_chain(settings)),
        )


@asynccontextmanager
async def _team_desk(
    settings: Settings, channels: Mapping[str, Channel], jobs: QueueJobs
) -> AsyncIterator[Desk | None]:
    """The team's bot, when updates are brought: then any worker may process them."""
    if not settings.telegram_bot_token:
        log.info("bot.off", mend="set TELEGRAM_BOT_TOKEN to the token that BotFather gave")
    elif not settings.telegram_webhook_url:
        log.warning("bot.elsewhere", mend=f"updates are not brought: {ASK_FOR_UPDATES}")
    if not (settings.telegram_bot_token and settings.telegram_webhook_url):
        yield None
        return
    import_aiogram()
    from app.telegram import build_desk, open_bot  # noqa: PLC0415 - the bot's library is as large as all the rest here

    async with open_bot(settings) as bot:
        yield build_desk(settings, bot, channels, jobs)


def _claude_client(settings: Settings) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(
        # The SDK refuses to start without one; what a missing key leads to is told by the API's own 401.
        api_key=settings.anthropic_api_key or "missing",
        base_url=settings.anthropic_base_url,
        http_client=anthropic.DefaultAioHttpClient(),
    )


def _send_times(settings: Settings) -> SendTimes:
    return SendTimes(settings.send_lease_seconds, settings.send_settle_seconds, settings.send_attempts)


def _build(  # noqa: PLR0917 - what a worker is built from
    settings: Settings,
    channels: Mapping[str, Channel],
    accounts: Accounts,
    fetches: Fetches,
    broker: SafeStreamBroker,
    jobs: QueueJobs,
    client: anthropic.AsyncAnthropic,
    metrics: WorkerMetrics,
    desk: Desk | None,
    healing: Healing,
) -> Worker:
    clock = SystemClock()
    sealer = Sealer(settings.secret_keys)
    fitting = Fitting({name: channel.capabilities for name, channel in channels.items()})
    turns = Turns(settings.turn_lease_seconds, fitting)
    sends = Sends(sealer, _send_times(settings))
    model = Claude(client, clock, random.random)
    prompts = PromptBuilder(settings.secret_keys[-1], secrets.token_bytes)
    presence = Presence(accounts, channels)
    runner = TurnRunner(
        turns, model, prompts, jobs, clock, attempts=settings.turn_attempts, reading=presence.reading, metrics=metrics,
    )  # fmt: skip
    deliverer = Deliverer(sends, channels, clock, random.random, metrics=metrics)
    dispatch = Dispatch(turns, runner, deliverer, places=settings.worker_turns, lease=settings.turn_lease_seconds)
    summaries = Summaries()
    summariser = Summariser(summaries, model, prompts)
    queues = ProviderQueues(accounts, settings.send_settle_seconds)
    fetcher = Fetcher(fetches, channels, random.random)
    work = Work(
        dispatch=dispatch,
        summariser=summariser,
        fetcher=fetcher,
        trim_consumers=lambda: broker.stream.remove_dead(idle_ms=DEAD_CONSUMER_MS),
    )
    register(broker, work)
    sweeper = Sweeper(
        turns,
        sends,
        dispatch,
        lease=settings.turn_lease_seconds,
        waiting_room=WaitingRoom(jobs, fitting),
        silences=Silences(jobs),
        alarms=Alarms(),
        hearing=Hearing(),
        resumptions=Resumptions(),
        summaries=summaries,
        summariser=summariser,
        fetches=fetches,
        fetcher=fetcher,
        queues=queues,
        emptier=Emptier(queues, channels),
        digests=Digests(),
        healing=healing,
        plans=PlanWatch(),
        incidents=IncidentWatch(),
    )
    follow_ups = _follow_ups(fitting, channels, jobs, model, prompts)
    return Worker(broker, dispatch, sweeper, presence, JobRunner(tenant_jobs(), JobRuns()), follow_ups, desk)


def _follow_ups(
    fitting: Fitting, channels: Mapping[str, Channel], jobs: QueueJobs, model: Claude, prompts: PromptBuilder
) -> FollowUpWriter:
    windows = {name: channel.capabilities.window for name, channel in channels.items()}
    return FollowUpWriter(FollowUps(fitting, windows, jobs), model, prompts)
