"""The tasks a worker takes from the queue: thin, by name, with ids only."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from core.domain.ports import ConversationRef
from core.services.job_runs import purge_job_runs
from core.services.parking import purge_parked_payloads
from core.services.past_posts import purge_past_posts
from core.services.receipts import purge_early_receipts
from core.services.update_inbox import UpdateInbox
from pipeline.broker import SafeStreamBroker
from pipeline.dispatch import Dispatch
from pipeline.fetcher import Fetcher
from pipeline.summary import Summariser


@dataclass(frozen=True, slots=True)
class Work:
    """What the tasks call."""

    dispatch: Dispatch
    summariser: Summariser
    fetcher: Fetcher
    trim_consumers: Callable[[], Awaitable[object]]


def register(broker: SafeStreamBroker, work: Work) -> None:
    """Make every task known to the broker under the name that queue entries carry."""

    @broker.task(task_name="turn")
    async def turn(  # noqa: PLR0917 - what the nudge holds
        tenant_id: UUID,
        lead_id: UUID | None,
        conversation_id: UUID,
        message_id: UUID | None,
        channel: str,
        delay: float,
    ) -> None:
        del lead_id, message_id, channel  # what else the nudge tells is for whoever watches the queue
        work.dispatch.turn(ConversationRef(tenant_id, conversation_id), delay)

    @broker.task(task_name="send")
    async def send(tenant_id: UUID, conversation_id: UUID) -> None:
        work.dispatch.send(ConversationRef(tenant_id, conversation_id))

    @broker.task(task_name="summary")
    async def summary(tenant_id: UUID, hand_off_id: UUID) -> None:
        await work.summariser.run(tenant_id, hand_off_id)

    @broker.task(task_name="fetch")
    async def fetch(tenant_id: UUID, fetch_id: UUID) -> None:
        await work.fetcher.run(tenant_id, fetch_id)

    _register_upkeep(broker, work)


def _register_upkeep(broker: SafeStreamBroker, work: Work) -> None:
    """What the scheduler's ticks ask for."""

    @broker.task(task_name="purge_receipts")
    async def purge_receipts() -> None:
        await purge_early_receipts()

    @broker.task(task_name="purge_updates")
    async def purge_updates() -> None:
        await UpdateInbox.purge()

    @broker.task(task_name="purge_posts")
    async def purge_posts() -> None:
        await purge_past_posts()

    @broker.task(task_name="purge_job_runs")
    async def forget_job_runs() -> None:
        await purge_job_runs()

    @broker.task(task_name="purge_parked")
    async def purge_parked() -> None:
        await purge_parked_payloads()

    @broker.task(task_name="trim_consumers")
    async def trim_consumers() -> None:
        await work.trim_consumers()
