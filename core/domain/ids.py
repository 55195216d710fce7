"""Time-ordered identifiers."""

import os
import time
import uuid

_RANDOM_BYTES = 10
_VERSION_AND_VARIANT = 0x7 << 76 | 0x2 << 62
_RANDOM_BITS = ((1 << 80) - 1) & ~(0xF << 76) & ~(0x3 << 62)


def uuid7(unix_ms: int | None = None) -> uuid.UUID:
    """A version 7 UUID (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random bits.

    Keys made one after the other sort in that order to the millisecond, which keeps
    B-tree inserts at the right-hand edge of the index.
    """
    return uuid.UUID(int=_head(unix_ms) | int.from_bytes(os.urandom(_RANDOM_BYTES), "big") & _RANDOM_BITS)


def four_uuid7() -> tuple[uuid.UUID, uuid.UUID, uuid.UUID, uuid.UUID]:
    """Four of them with one look at the clock and one call for random bytes: most of what one costs."""
    head = _head(None)
    chance = int.from_bytes(os.urandom(4 * _RANDOM_BYTES), "big")
    return (
        uuid.UUID(int=head | chance & _RANDOM_BITS),
        uuid.UUID(int=head | chance >> 80 & _RANDOM_BITS),
        uuid.UUID(int=head | chance >> 160 & _RANDOM_BITS),
        uuid.UUID(int=head | chance >> 240 & _RANDOM_BITS),
    )


def _head(unix_ms: int | None) -> int:
    moment = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    return (moment & 0xFFFF_FFFF_FFFF) << 80 | _VERSION_AND_VARIANT
