"""Asks providers for the messages that they only told of."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

import structlog

from channels.base import Channel, FetchesMessages
from core.domain.backoff import backoff
from core.domain.errors import ChannelStopped, SendError, SendRetry
from core.domain.events import InboundEvent
from core.services.fetches import Fetches, FetchJob

log = structlog.get_logger(__name__)

FIRST_WAIT: Final = 2.0
LONGEST_WAIT: Final = 300.0


class Fetcher:
    """Fetches a message once; what fails is due again later, or given up."""

    def __init__(self, fetches: Fetches, channels: Mapping[str, Channel], jitter: Callable[[], float]) -> None:
        """``jitter`` gives numbers from 0 to 1."""
        self._fetches = fetches
        self._channels = channels
        self._jitter = jitter

    async def run(self, tenant_id: UUID, fetch_id: UUID) -> None:
        """One that somebody else is at, that is here already, or that is none of this tenant's is left alone."""
        job = await self._fetches.claim(tenant_id, fetch_id)
        if job is None:
            return
        try:
            events = await self._ask(job)
        except SendError as error:
            await self._failed(job, error)
            return
        await self._fetches.take(job, events)
        log.info("fetch.taken", **_ids(job))

    async def _ask(self, job: FetchJob) -> Sequence[InboundEvent]:
        name, account = await self._fetches.account_of(job)
        channel: object = self._channels.get(name)
        if not isinstance(channel, FetchesMessages):
            message = f"no channel {name} that fetches messages in this release"
            raise ChannelStopped(message)
        return await channel.fetch_message(account, job.external_id)

    async def _failed(self, job: FetchJob, error: SendError) -> None:
        """What is refused now may be there in a moment: providers tell of a message before they can give it."""
        log.warning("fetch.failed", **_ids(job), error=error.code, provider_code=error.provider_code)
        if job.is_last_attempt or isinstance(error, ChannelStopped):
            await self._fetches.give_up(job, f"{error.code}: {error}")
            return
        asked = error.retry_after.total_seconds() if isinstance(error, SendRetry) and error.retry_after else 0.0
        pause = backoff(FIRST_WAIT, LONGEST_WAIT, job.attempts) * (0.75 + 0.5 * self._jitter())
        await self._fetches.put_off(job, max(asked, pause))


def _ids(job: FetchJob) -> dict[str, object]:
    return {"tenant_id": str(job.tenant_id), "fetch_id": str(job.id), "attempts": job.attempts}
