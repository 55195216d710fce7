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
    moment = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    head = (moment & 0xFFFF_FFFF_FFFF) << 80 | _VERSION_AND_VARIANT
    return uuid.UUID(int=head | int.from_bytes(os.urandom(_RANDOM_BYTES), "big") & _RANDOM_BITS)
