"""Floods of requests that prove nothing are turned away by address; a verified delivery never is.

Only failures are counted, and only the answer to a failure changes: whoever shares an address with an attacker (all
do when a proxy in front is not declared) is still served.
"""

import ipaddress
import math
from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from core.domain.errors import RevezaError
from core.domain.token_bucket import TokenBuckets

_BITS_OF_A_SITE: Final = 64
"""Whoever has one IPv6 address has the 2^64 around it."""


class TooManyFailures(RevezaError):
    """Too many requests from this address could not be verified; ``retry_after`` is in whole seconds."""

    status: ClassVar[int] = 429
    code: ClassVar[str] = "too_many_failures"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


class FailureLimit:
    """A token bucket an address: ``burst`` failures at once, then ``per_second``.

    At most ``addresses`` are remembered; beyond, the one whose last failure is oldest is forgotten.
    """

    def __init__(
        self, monotonic: Callable[[], float], *, burst: int = 30, per_second: float = 1.0, addresses: int = 20_000
    ) -> None:
        self._buckets: TokenBuckets[str] = TokenBuckets(monotonic, burst=burst, per_second=per_second, most=addresses)

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._buckets)

    def exhausted(self, address: str) -> bool:
        """Whether the next failure from there is one too many."""
        return self._buckets.wait(address) > 0

    def failed(self, address: str) -> None:
        """Count a failure. Raises ``TooManyFailures`` when it is one too many."""
        wait = self._buckets.take(address)
        if wait > 0:
            raise TooManyFailures(math.ceil(wait))


def client_address(peer: str | None, forwarded_for: Sequence[str], trusted_proxies: int) -> str:
    """The address to count failures by: an IPv4 address, the /64 of an IPv6 one, or the peer as it is.

    Each of our proxies adds at the right of ``X-Forwarded-For`` whom it heard from; what stands further left, the
    client wrote itself. So the entry is counted from the right, and the peer is taken where there are too few.
    """
    if trusted_proxies:
        entries = [entry.strip() for line in forwarded_for for entry in line.split(",")]
        if len(entries) >= trusted_proxies:
            claimed = _site(entries[-trusted_proxies])
            if claimed is not None:
                return claimed
    return _site(peer or "") or peer or "local"


def _site(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(_without_port(text))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _BITS_OF_A_SITE), strict=False))


def _without_port(text: str) -> str:
    """Some proxies write ``203.0.113.7:4711`` or ``[2001:db8::1]:4711``."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
