"""How often something may happen: so many times at once, then at a rate."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class TokenBuckets(Generic[Key]):
    """A bucket a key: ``burst`` at once, then ``per_second``.

    At most ``most`` are remembered; beyond, the one that was used longest ago is forgotten.
    """

    def __init__(self, monotonic: Callable[[], float], *, burst: int, per_second: float, most: int) -> None:
        self._clock = monotonic
        self._burst = burst
        self._per_second = per_second
        self._most = most
        self._buckets: OrderedDict[Key, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._buckets)

    def wait(self, key: Key) -> float:
        """Seconds until it may happen again; 0: now."""
        bucket = self._buckets.get(key)
        return 0.0 if bucket is None else max(0.0, (1 - self._filled(bucket)) / self._per_second)

    def take(self, key: Key) -> float:
        """It happens, if it may now; otherwise the seconds until it may."""
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(self._burst, now))
        bucket.tokens, bucket.at = self._filled(bucket), now
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._per_second
        bucket.tokens -= 1
        return 0.0

    def _filled(self, bucket: _Bucket) -> float:
        return min(self._burst, bucket.tokens + (self._clock() - bucket.at) * self._per_second)
