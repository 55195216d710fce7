"""Shows the lead that the message was read and an answer is being written, where the channel can."""

import asyncio
from collections.abc import Mapping
from typing import Final

import structlog

from channels.base import Channel
from core.services.accounts import Accounts
from core.services.turn_state import TurnContext

log = structlog.get_logger(__name__)

_SECONDS: Final = 5.0


class Presence:
    """A courtesy beside the turn: it never delays one, and its failure is only logged."""

    def __init__(self, accounts: Accounts, channels: Mapping[str, Channel]) -> None:
        self._accounts = accounts
        self._channels = channels
        self._under_way: set[asyncio.Task[None]] = set()

    def reading(self, context: TurnContext) -> None:
        """The AI has read the lead's latest message and is about to answer."""
        channel = self._channels.get(context.channel)
        if channel is None or not channel.capabilities.read or context.last_external_id is None:
            return
        task = asyncio.create_task(self._show(channel, context, context.last_external_id))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Wait for what is under way."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_SECONDS)

    async def _show(self, channel: Channel, context: TurnContext, external_id: str) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                _, account = await self._accounts.open_account(context.tenant.id, context.account_id)
                typing = channel.capabilities.typing
                await channel.mark_read(account, external_id, typing=typing, to=context.reply_to)
        except Exception as error:  # noqa: BLE001 - a courtesy beside the turn: nothing of it may reach the turn
            log.info("presence.not_shown", tenant_id=str(context.tenant.id), error=type(error).__name__)
