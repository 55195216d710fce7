"""What Z-API's answers mean for a message. It has no error codes: its words, then the HTTP status, decide."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from channels.answers import by_status, discreet, read_object
from channels.http import Answer
from channels.payload import identifier, text
from core.domain.errors import ChannelStopped, SendError, SendRefused, SendRetry, SendUnknown

_RECONNECTING: Final = timedelta(seconds=20)
"""A session that is being restored is back within seconds; a phone that was unlinked is not."""
_LONGEST_CODE: Final = 40
NOT_CONNECTED: Final = "not_connected"
"""The phone is away."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    """A sentence of Z-API's: the name it goes by here, and what follows from it."""

    words: re.Pattern[str]
    code: str
    error: type[SendError]


def _meaning(words: str, code: str, error: type[SendError]) -> _Meaning:
    return _Meaning(re.compile(words, re.IGNORECASE), code, error)


_MEANINGS: Final = (
    _meaning(r"client-token|null not allowed", "client_token", ChannelStopped),
    _meaning(r"instance not found", "instance_not_found", ChannelStopped),
    _meaning(r"subscri", "subscription", ChannelStopped),
    _meaning(
        r"(not|be|been) (dis)?connected|restore the session|phone is offline|not authenticated",
        NOT_CONNECTED,
        SendRetry,
    ),
    _meaning(r"time(d )?out", "timeout", SendUnknown),
    _meaning(r"too many requests|rate limit", "rate_limit", SendRetry),
    _meaning(r"\bphone\b", "phone", SendRefused),
)


def read_answer(answer: Answer, secrets: Collection[str]) -> dict[str, Any]:
    """The object that Z-API answered with. Raises the ``SendError`` that an answer of failure stands for.

    ``secrets`` are those of the call: Z-API quotes a wrong token back, and errors are logged.
    """
    given = read_object(answer.body)
    words = _words(given)
    if words is not None:
        raise _from_words(answer, _without(words, secrets))
    if answer.taken and given is not None:
        return given
    raise by_status(answer)


def not_connected(status: dict[str, Any]) -> SendError | None:
    """Why nothing may be handed over now: it would be queued, and leave stale whenever the phone is back."""
    if status.get("connected") is not False:
        return None
    words = discreet(text(status.get("error")) or "the instance is not connected to WhatsApp")
    return SendRetry(words, provider_code=NOT_CONNECTED, retry_after=_RECONNECTING)


def read_status(answer: Answer, secrets: Collection[str]) -> dict[str, Any]:
    """The instance's state, whose ``error`` is its description; raises as ``read_answer`` for an answer of failure."""
    given = read_object(answer.body)
    if answer.taken and given is not None and "connected" in given:
        return given
    try:
        return read_answer(answer, secrets)
    except SendUnknown as error:
        # Nobody knows the state, but nothing was sent by asking for it.
        raise SendRetry(error.detail) from None


def delivery_facts(given: dict[str, Any]) -> dict[str, Any]:
    """What the ``error`` of a delivery means for us, empty when there is none."""
    words, code = text(given.get("error")), identifier(given.get("errorCode"))
    if not words and not code:
        return {}
    detail = discreet(words) if words else None
    # A message that Z-API gave up is not tried again by it, whatever the reason.
    return {
        "error_codes": [(code or detail or "")[:_LONGEST_CODE]],
        "error_class": SendRefused.code,
        "error_detail": detail,
    }


def _words(given: dict[str, Any] | None) -> str | None:
    """The sentence of a failure: under ``error``, where ``message`` may explain it."""
    if given is None or not given.get("error"):
        return None
    said = [words for key in ("error", "message") if (words := text(given.get(key)))]
    return ": ".join(said) or "an error without words"


def _without(words: str, secrets: Collection[str]) -> str:
    for secret in filter(None, secrets):
        words = words.replace(secret, "…")
    return discreet(words)


def _from_words(answer: Answer, words: str) -> SendError:
    found = next((meaning for meaning in _MEANINGS if meaning.words.search(words)), None)
    if found is None:
        return _unknown_words(answer, words)
    if found.error is not SendRetry:
        return found.error(words, provider_code=found.code)
    pause = answer.retry_after or (_RECONNECTING if found.code == NOT_CONNECTED else None)
    return SendRetry(words, provider_code=found.code, retry_after=pause)


def _unknown_words(answer: Answer, words: str) -> SendError:
    """A sentence we have never seen: the status says whose fault it is."""
    code = f"http_{answer.status}"
    if answer.status in {502, 504}:
        return SendUnknown(words, provider_code=code)
    if answer.server_failed or answer.limited:
        return SendRetry(words, provider_code=code, retry_after=answer.retry_after)
    if answer.status in {401, 402, 403, 404}:
        return ChannelStopped(words, provider_code=code)
    return SendRefused(words, provider_code=code)
