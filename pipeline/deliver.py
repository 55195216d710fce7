"""Sending: a stored message to its channel, once, in order, with every failure classified."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from channels.base import Channel
from core.domain.backoff import backoff
from core.domain.errors import SendError, SendRetry, SendUnknown
from core.domain.ports import Clock, ConversationRef
from core.services.sends import NothingToSend, SendJob, Sends
from pipeline.metrics import WorkerMetrics

log = structlog.get_logger(__name__)

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 300.0
LONGEST_SILENCE: Final = 900.0
"""Seconds after it was written for which a message is tried again."""
RECORD_TRIES: Final = 5
SHORT_WAIT: Final = 5.0
"""A message that is due within this is waited for here; later ones come by the sweeper."""


class Deliverer:
    """Sends what is queued in a conversation until nothing is due."""

    def __init__(
        self,
        sends: Sends,
        channels: Mapping[str, Channel],
        clock: Clock,
        jitter: Callable[[], float],
        *,
        metrics: WorkerMetrics | None = None,
    ) -> None:
        """``jitter`` gives numbers from 0 to 1."""
        self._sends = sends
        self._channels = channels
        self._clock = clock
        self._jitter = jitter
        self._times = sends.times
        self._metrics = metrics

    async def run(self, ref: ConversationRef) -> None:
        """Send the conversation's queued messages, one after the other."""
        while True:
            started = self._clock.monotonic()
            job = await self._sends.claim(ref)
            if isinstance(job, NothingToSend):
                if job.due_in is None or job.due_in > SHORT_WAIT:
                    return
                await asyncio.sleep(job.due_in)
                continue
            if not await self._send(job, started):
                return

    async def _send(self, job: SendJob, started: float) -> bool:
        """Whether there may be more to send; what is queued from now on comes with a nudge of its own."""
        outcome, more = await self._try(job, started)
        if self._metrics is not None:
            self._metrics.send_ended(outcome, self._clock.monotonic() - started)
        return more

    async def _try(self, job: SendJob, started: float) -> tuple[str, bool]:
        """Send it and record what came of it; the outcome is named for whoever counts."""
        try:
            external_id = await self._call(job, started)
        except _StaleError:
            # This process was away for long; the message certainly did not leave.
            await self._sends.put_back(job, 0.0, counted=False)
            log.info("send.stale", **_ids(job))
            return "stale", True
        except SendError as error:
            await self._failed(job, error)
            return error.code, True
        more = await self._record(job, external_id)
        log.info("send.sent", **_ids(job), duration_ms=int((self._clock.monotonic() - started) * 1000))
        return "sent", more

    async def _record(self, job: SendJob, external_id: str) -> bool:
        """It left: this is written down while the lease lasts, whatever the database goes through meanwhile."""
        for _ in range(RECORD_TRIES):
            try:
                return await self._sends.sent(job, external_id)
            except Exception as error:
                log.exception("send.not_recorded", **_ids(job), error=type(error).__name__)
                await asyncio.sleep(self._times.lease / RECORD_TRIES)
        # The row stays "sending" and is settled by what the provider tells.
        return True

    async def _call(self, job: SendJob, started: float) -> str:
        channel = self._channels.get(job.channel)
        if channel is None:
            message = f"no channel {job.channel} in this release"
            raise SendError(message)
        if job.fault:
            raise SendError(job.fault, provider_code="account_unusable")
        if job.account_stopped:
            message = "the channel account is stopped; reconnect it and retry the dead letter"
            raise SendError(message, provider_code="account_stopped")
        # Nothing may stand between this check and the call: a process that was frozen until now sends nothing.
        held_for = self._clock.monotonic() - started
        if held_for > self._times.begins_within:
            raise _StaleError
        try:
            async with asyncio.timeout(self._times.ends_within - held_for):
                receipt = await channel.send_message(job.account, job.to, job.text, callback=str(job.message_id))
        except TimeoutError:
            message = "no answer before the message was to be somebody else's"
            raise SendUnknown(message) from None
        return receipt.external_id

    async def _failed(self, job: SendJob, error: SendError) -> None:
        log.warning("send.refused", **_ids(job), error=error.code, provider_code=error.provider_code)
        if isinstance(error, SendUnknown):
            await self._sends.unknown(job, error)
        elif isinstance(error, SendRetry) and self._worth_waiting(job, error):
            await self._sends.put_back(job, self._wait(job, error), counted=True, error=error)
        else:
            await self._sends.failed(job, error)

    def _worth_waiting(self, job: SendJob, error: SendRetry) -> bool:
        """A lead is not left without a word for as long as a provider likes: then a person goes on."""
        asked = error.retry_after.total_seconds() if error.retry_after is not None else 0.0
        return not self._sends.is_last_attempt(job) and job.age + asked <= LONGEST_SILENCE

    def _wait(self, job: SendJob, error: SendRetry) -> float:
        if error.retry_after is not None:
            return error.retry_after.total_seconds() + self._jitter()
        return backoff(FIRST_WAIT, LONGEST_WAIT, job.attempts) * (0.75 + 0.5 * self._jitter())


class _StaleError(Exception):
    """Too long ago claimed to be sure that the message is still ours."""


def _ids(job: SendJob) -> dict[str, object]:
    return {
        "tenant_id": str(job.ref.tenant_id),
        "conversation_id": str(job.ref.conversation_id),
        "message_id": str(job.message_id),
        "attempts": job.attempts,
    }
