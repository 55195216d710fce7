"""What Meta's error codes mean for a message: try again, give up, or stop the whole number.

Decided on ``error.code``; titles change and ``error_subcode`` is no longer kept up by Meta.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from channels.answers import by_status, discreet, read_object
from channels.http import Answer
from channels.payload import mapping, scalar, sequence, text
from core.domain.errors import (
    ChannelStopped,
    SendError,
    SendNeedsTemplate,
    SendRefused,
    SendRetry,
)

_RETRY: Final = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057, 133004})
_STOPPED: Final = frozenset(
    {0, 3, 10, 190, 368, 130497, 131005, 131031, 131037, 131042, 131044, 131045, 133010, *range(200, 300)}
)
_NEEDS_TEMPLATE: Final = 131047
_PAIR_LIMIT: Final = 131056
_PAIR_PAUSE: Final = timedelta(seconds=6)
"""Meta lets one number write to one person once in six seconds."""


@dataclass(frozen=True, slots=True)
class GraphError:
    """The ``error`` object of an answer of the Graph API."""

    code: int
    detail: str
    transient: bool
    subcode: int | None = None


Judge = Callable[[GraphError], type[SendError]]
"""What an error means for a message: each of Meta's products has its own codes."""


def classify(code: int) -> type[SendError]:
    """The class of an error code; one we do not know is the message's own fault."""
    if code in _RETRY:
        return SendRetry
    if code in _STOPPED:
        return ChannelStopped
    return SendNeedsTemplate if code == _NEEDS_TEMPLATE else SendRefused


def _judge(error: GraphError) -> type[SendError]:
    return classify(error.code)


def error_codes(holder: dict[str, Any]) -> list[str | int | float | bool | None] | None:
    """The codes beside a message or a status, ``None`` when there is no error."""
    return [scalar(mapping(error).get("code")) for error in sequence(holder.get("errors"))] or None


def error_facts(error: dict[str, Any]) -> dict[str, Any]:
    """What an error in a webhook means for us, and Meta's words for it."""
    code = scalar(error.get("code"))
    words = text(mapping(error.get("error_data")).get("details")) or text(error.get("title"))
    return {
        "error_class": classify(code).code if isinstance(code, int) else None,
        "error_detail": discreet(words) if words else None,
    }


def read_answer(answer: Answer, judge: Judge = _judge) -> dict[str, Any]:
    """The object that Meta answered with. Raises the ``SendError`` that an answer of failure stands for."""
    given = read_object(answer.body)
    error = _read_error(given)
    if error is not None:
        raise _from_graph(answer, error, judge)
    if answer.taken and given is not None:
        return given
    raise by_status(answer)


def _read_error(given: dict[str, Any] | None) -> GraphError | None:
    error = mapping(mapping(given).get("error"))
    code = error.get("code")
    if isinstance(code, bool) or not isinstance(code, int):
        return None
    words = text(mapping(error.get("error_data")).get("details")) or text(error.get("message")) or "no details"
    subcode = error.get("error_subcode")
    return GraphError(
        code,
        discreet(words),
        transient=error.get("is_transient") is True,
        subcode=subcode if isinstance(subcode, int) and not isinstance(subcode, bool) else None,
    )


def _from_graph(answer: Answer, error: GraphError, judge: Judge) -> SendError:
    found = judge(error)
    if found is SendRefused and (answer.server_failed or answer.limited or error.transient):
        # Meta itself says that it is not the message.
        found = SendRetry
    if found is not SendRetry:
        return found(error.detail, provider_code=str(error.code))
    pause = answer.retry_after or (_PAIR_PAUSE if error.code == _PAIR_LIMIT else None)
    return SendRetry(error.detail, provider_code=str(error.code), retry_after=pause)
