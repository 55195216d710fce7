"""How webhooks that were not taken are brought again."""

import itertools
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field


class RetrySettings(BaseModel):
    """The pauses between attempts, their end, and how long an answer to one may take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    retry_first_ms: int = Field(default=200, ge=1)
    retry_factor: float = Field(default=2.0, ge=1)
    retry_max_ms: int = Field(default=15_000, ge=1)
    retry_deadline_s: float = Field(default=600, gt=0)
    webhook_timeout_s: float = Field(default=20, gt=0)


def pauses(first_ms: int, factor: float, most_ms: int) -> Iterator[float]:
    """Seconds to wait after each failed attempt."""
    for attempt in itertools.count():
        yield min(first_ms * factor ** min(attempt, 64), most_ms) / 1000
