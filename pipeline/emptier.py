"""Empties providers' queues when a phone is away: what waits there would leave hours later, over whoever answers by then."""

from collections.abc import Mapping
from uuid import UUID

import structlog

from channels.base import Channel, QueuesForPhones
from core.domain.errors import ChannelStopped, SendError
from core.services.provider_queues import Emptying, ProviderQueues

log = structlog.get_logger(__name__)


class Emptier:
    """Empties a queue once; what fails is due again within a minute, for as long as the phone is away."""

    def __init__(self, queues: ProviderQueues, channels: Mapping[str, Channel]) -> None:
        self._queues = queues
        self._channels = channels

    async def run(self, tenant_id: UUID, account_id: UUID) -> None:
        """One that somebody else is at is left alone."""
        emptying = await self._queues.claim(tenant_id, account_id)
        if emptying is None:
            return
        ids = {"tenant_id": str(tenant_id), "account_id": str(account_id)}
        try:
            away = await self._ask(emptying)
        except ChannelStopped as error:
            log.warning("emptying.refused", **ids, provider_code=error.provider_code)
            await self._queues.let_be(emptying)
        except SendError as error:
            log.warning("emptying.failed", **ids, error=error.code, provider_code=error.provider_code)
        else:
            held = await self._queues.emptied(emptying) if away else 0
            if not away:
                await self._queues.let_be(emptying)
            log.info("emptying.done", **ids, away=away, messages=held)

    async def _ask(self, emptying: Emptying) -> bool:
        name, account = await self._queues.account_of(emptying)
        channel: object = self._channels.get(name)
        if not isinstance(channel, QueuesForPhones):
            message = f"no channel {name} that keeps a queue in this release"
            raise ChannelStopped(message)
        return await channel.empty_queue(account)
