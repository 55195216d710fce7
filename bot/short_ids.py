"""Ids short enough for a button: Telegram gives each 64 bytes."""

import base64
import binascii
from uuid import UUID

from core.domain.errors import BadRequest

LENGTH = 22


def short(value: UUID) -> str:
    """The id in 22 characters that a button's data may hold."""
    return base64.urlsafe_b64encode(value.bytes).decode().rstrip("=")


def long(text: str) -> UUID:
    """The id behind ``short``. Raises ``BadRequest`` for anything else."""
    try:
        return UUID(bytes=base64.b64decode(f"{text}==".encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        message = "this is no id of a button"
        raise BadRequest(message) from error
