"""What every provider's answer is read by: its object, its words without what must not be logged, its bare status."""

import re
from typing import Any, Final

from channels.http import Answer
from channels.payload import read_json
from core.domain.errors import BadRequest, SendError, SendRefused, SendRetry, SendUnknown

_SECRETS: Final = re.compile(r"[A-Za-z0-9_|\-]{24,}")
_NUMBERS: Final = re.compile(r"\+?[0-9][0-9 ().\-]{5,}[0-9]")
_LONGEST_READ: Final = 2000
_LONGEST_DETAIL: Final = 300


def read_object(body: bytes) -> dict[str, Any] | None:
    """The object of an answer; ``None`` for anything else."""
    try:
        given = read_json(body)
    except BadRequest:
        return None
    return given if isinstance(given, dict) else None


def discreet(words: str) -> str:
    """A provider's words without what must not be logged: they quote bad tokens, and phone numbers, back."""
    return _NUMBERS.sub("…", _SECRETS.sub("…", words[:_LONGEST_READ]))[:_LONGEST_DETAIL]


def by_status(answer: Answer) -> SendError:
    """The class of an answer in which the provider itself does not speak: a proxy, a cut, a wrong address.

    502 and 504 come from something in between that may have passed the message on, and success without a readable body
    is success of something: unknown. 500 and 503 without the provider's words, and anything else, mean that nobody
    took the message.
    """
    told = f"HTTP {answer.status} without a readable body"
    if answer.taken or answer.status in {502, 504}:
        return SendUnknown(told)
    if answer.status in {400, 413}:
        return SendRefused(told)
    return SendRetry(told, retry_after=answer.retry_after)
