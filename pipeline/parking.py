"""Where payloads go that no worker of this version can run."""

from typing import Final, Protocol

MAX_PARKED_BYTES: Final = 1024 * 1024
"""What is kept of a payload: enough to see what it was, not enough to fill a disk."""


class Park(Protocol):
    """Keeps a payload for an operator. Raising means "not kept": the entry stays in the queue and comes again."""

    async def __call__(self, raw: bytes, reason: str, /) -> None:
        """Store ``raw`` (at most ``MAX_PARKED_BYTES`` of it) under one of ``pipeline.envelope.Reason``."""
