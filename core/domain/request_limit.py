"""How many requests one session may make: more than any person's hands and eyes, less than a program that runs wild."""

import math
from collections.abc import Callable
from typing import ClassVar, Final
from uuid import UUID

from core.domain.errors import RevezaError
from core.domain.token_bucket import TokenBuckets

BURST: Final = 120
"""A screen that opens asks for some ten things; a few of them opened one after the other."""
PER_SECOND: Final = 15.0
"""Somebody who types into a search that answers as he types."""
_SESSIONS: Final = 20_000


class TooManyRequests(RevezaError):
    """The session asks more often than a person would; ``retry_after`` is in whole seconds."""

    status: ClassVar[int] = 429
    code: ClassVar[str] = "too_many_requests"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


class RequestLimit:
    """Counts the requests of each session, in bounded memory."""

    def __init__(self, monotonic: Callable[[], float], *, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self._buckets: TokenBuckets[UUID] = TokenBuckets(monotonic, burst=burst, per_second=per_second, most=_SESSIONS)

    def asked(self, session_id: UUID) -> None:
        """Count a request. Raises ``TooManyRequests`` when it is one too many."""
        wait = self._buckets.take(session_id)
        if wait > 0:
            raise TooManyRequests(math.ceil(wait))
