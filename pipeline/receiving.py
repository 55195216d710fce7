"""Runs a worker: takes tasks from the broker, a bounded number at a time, and stops without cutting any."""

import asyncio
from typing import Final

import structlog
from taskiq import AckableMessage
from taskiq.acks import AcknowledgeType
from taskiq.receiver import Receiver

from pipeline.broker import SafeStreamBroker

log = structlog.get_logger(__name__)

CUT_SECONDS: Final = 2.0
"""How long cancelled tasks get for their own clean-up, after the grace is over."""


class CountingReceiver(Receiver):
    """Taskiq's receiver, telling the broker when a message's place is free again."""

    def __init__(self, broker: SafeStreamBroker, *, max_async_tasks: int, grace: float) -> None:
        super().__init__(
            broker,
            # The formatter has already checked and converted the arguments.
            validate_params=False,
            max_async_tasks=max_async_tasks,
            run_startup=False,
            ack_type=AcknowledgeType.WHEN_RECEIVED,
            wait_tasks_timeout=grace,
        )
        self._stream_broker = broker
        self._messages: dict[asyncio.Task[object], AckableMessage | bytes] = {}

    async def callback(self, message: AckableMessage | bytes, raise_err: bool = False) -> None:  # noqa: FBT001, FBT002 - Taskiq's signature
        """Run one message; its place is freed whatever happens."""
        task = asyncio.current_task()
        if task is not None:
            self._messages[task] = message
        try:
            await super().callback(message, raise_err)
        finally:
            self._stream_broker.done(message)
            if task is not None:
                self._messages.pop(task, None)

    async def cut(self) -> int:
        """Cancel what still runs after the grace; returns how many tasks that were."""
        left = dict(self._messages)
        for task, message in left.items():
            # Taskiq acknowledges a cancelled task as if it were done; given up first, it is delivered again.
            self._stream_broker.give_up(message)
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=CUT_SECONDS)
        return len(left)


async def run_worker(
    broker: SafeStreamBroker, finish: asyncio.Event, *, max_async_tasks: int, grace: float = 30.0
) -> None:
    """Run tasks until ``finish`` is set, then wait up to ``grace`` seconds for those that run.

    The event is the only way to stop it gently: cancelling Taskiq's receiver right after a burst can hang.
    """
    broker.is_worker_process = True
    broker.capacity = max_async_tasks
    receiver = CountingReceiver(broker, max_async_tasks=max_async_tasks, grace=grace)
    await broker.startup()
    log.info("worker.listening", consumer=broker.stream.consumer, max_async_tasks=max_async_tasks)
    try:
        await receiver.listen(finish)
    finally:
        cut = await receiver.cut()
        await broker.shutdown()
        log.info("worker.stopped", cut=cut)
