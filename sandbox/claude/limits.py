"""The rate limit headers: counted a minute, never enforced (429 comes by a fault rule)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.claude.config import ClaudeConfig

MINUTE = 60


@dataclass(slots=True)
class _Spent:
    minute: int = 0
    requests: int = 0
    input: int = 0
    output: int = 0


class RateLimits:
    """What each key used in the current minute."""

    def __init__(self, config: ClaudeConfig, clock: Callable[[], float] = time.time) -> None:
        self._config = config
        self._clock = clock
        self._spent: dict[str, _Spent] = {}

    def headers(self, key: str, input_tokens: int, output_tokens: int) -> dict[str, str]:
        """Count one call and tell what is left."""
        minute = int(self._clock() // MINUTE)
        spent = self._spent.get(key)
        if spent is None or spent.minute != minute:
            spent = self._spent[key] = _Spent(minute)
        spent.requests, spent.input, spent.output = (
            spent.requests + 1,
            spent.input + input_tokens,
            spent.output + output_tokens,
        )
        return self._as_headers(spent)

    def _as_headers(self, spent: _Spent) -> dict[str, str]:
        reset = datetime.fromtimestamp((spent.minute + 1) * MINUTE, UTC).isoformat().replace("+00:00", "Z")
        config = self._config
        rows = (
            ("requests", config.requests_per_minute, spent.requests),
            ("input-tokens", config.input_tokens_per_minute, spent.input),
            ("output-tokens", config.output_tokens_per_minute, spent.output),
            ("tokens", config.input_tokens_per_minute + config.output_tokens_per_minute, spent.input + spent.output),
        )
        headers: dict[str, str] = {}
        for name, limit, used in rows:
            prefix = f"anthropic-ratelimit-{name}-"
            headers |= {
                prefix + "limit": str(limit),
                prefix + "remaining": str(max(0, limit - used)),
                prefix + "reset": reset,
            }
        return headers
