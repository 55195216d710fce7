"""Time-ordered identifiers."""

import os
import time
import uuid


def uuid7(unix_ms: int | None = None) -> uuid.UUID:
    """A version 7 UUID (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random bits.

    Keys made one after the other sort in that order to the millisecond, which keeps
    B-tree inserts at the right-hand edge of the index.
    """
    moment = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    value = (moment & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
