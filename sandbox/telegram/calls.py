"""One call of a method, and the table of methods."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.telegram.params import Params
from sandbox.telegram.state import BotAccount
from sandbox.wire import JsonObject, is_object


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls what: what rules match on and what every event about it says."""

    id: str
    account: BotAccount
    method: str
    params: Params

    @property
    def text(self) -> str:
        """What it would say."""
        return self.params.text("text") or self.params.text("caption")

    def facts(self) -> dict[str, str]:
        """What fault rules match on."""
        return {
            "method": self.method,
            "bot_id": str(self.account.id),
            "chat_id": self.params.text("chat_id"),
            "message_thread_id": self.params.text("message_thread_id"),
            "text": self.text,
        }

    def logged(self) -> JsonObject:
        """What events say; never the token."""
        return {
            "call": self.id,
            "method": self.method,
            "bot_id": self.account.id,
            "chat_id": self.params.integer("chat_id") or self.params.text("chat_id"),
            "thread_id": self.params.integer("message_thread_id") or None,
            "message_id": self.params.integer("message_id") or None,
            "text": self.text,
        }


def message_in(result: object) -> object:
    """The id of the message that a call's result is, for the log; None where it is something else."""
    return result.get("message_id") if is_object(result) else None


Handler = Callable[[Call], Awaitable[object]]


class Methods:
    """The methods by their names, which are matched without regard to case."""

    def __init__(self) -> None:
        self._handlers: dict[str, tuple[str, Handler]] = {}

    def add(self, **handlers: Handler) -> None:
        """Put methods into the table under their names."""
        for name, handler in handlers.items():
            self._handlers[name.lower()] = (name, handler)

    def named(self, name: str) -> tuple[str, Handler | None]:
        """The method's proper name and its handler, if there is such a method."""
        return self._handlers.get(name.lower(), (name, None))
