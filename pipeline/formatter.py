"""Our envelope in place of Taskiq's own message format, so that a raw XADD and a ``kiq`` write the same thing."""

from taskiq import AsyncBroker, BrokerMessage, TaskiqMessage
from taskiq.abc.formatter import TaskiqFormatter

from pipeline.arguments import Arguments
from pipeline.envelope import Reason, UnreadableError, decode, encode


class EnvelopeFormatter(TaskiqFormatter):
    """Envelope ↔ Taskiq message. Labels do not travel: they are the registered task's own."""

    def __init__(self, broker: AsyncBroker) -> None:
        self._broker = broker
        self._arguments: dict[str, Arguments] = {}

    def dumps(self, message: TaskiqMessage) -> BrokerMessage:
        """Write a message; raises ``ValueError`` for positional arguments, which the envelope does not carry."""
        if message.args:
            complaint = f"task {message.task_name!r} was given positional arguments: name them"
            raise ValueError(complaint)
        return BrokerMessage(
            task_id=message.task_id,
            task_name=message.task_name,
            message=encode(message.task_name, message.kwargs, entry_id=message.task_id),
            labels=message.labels,
        )

    def loads(self, message: bytes) -> TaskiqMessage:
        """Read a payload into a call that fits its task; raises ``UnreadableError`` with the reason."""
        envelope = decode(message)
        task = self._broker.find_task(envelope.task)
        if task is None:
            raise UnreadableError(Reason.UNKNOWN_TASK)
        arguments = self._arguments.get(envelope.task)
        if arguments is None:
            arguments = self._arguments[envelope.task] = Arguments.of(task.original_func)
        return TaskiqMessage(
            task_id=envelope.id,
            task_name=envelope.task,
            labels=dict(task.labels),
            args=[],
            kwargs=arguments.check(envelope.kwargs),
        )
