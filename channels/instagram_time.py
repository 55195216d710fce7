"""Instagram's times: milliseconds in messages, seconds in test deliveries, now and then a date in words."""

from datetime import UTC, datetime, timedelta
from typing import Final

from channels.payload import number

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = 4_102_444_800_000
"""2100, in milliseconds."""
_MILLISECONDS_FROM: Final = 100_000_000_000
"""Larger numbers cannot be seconds: as such they would be in the fifty-second century."""
_LONGEST: Final = 32


def moment_of_any_form(value: object) -> datetime | None:
    """A time given in milliseconds or seconds, as number or digits, or in ISO 8601; ``None`` for no time."""
    if isinstance(value, str):
        return _of_text(value)
    given = number(value)
    return None if given is None else _of_number(given)


def _of_text(value: str) -> datetime | None:
    if not value.isascii() or len(value) > _LONGEST:
        return None
    if value.isdigit():
        return _of_number(int(value))
    try:
        found = datetime.fromisoformat(value)
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        return _of_number((aware - _EPOCH) // timedelta(milliseconds=1))
    except (ValueError, OverflowError):
        return None


def _of_number(value: float) -> datetime | None:
    milliseconds = value if value >= _MILLISECONDS_FROM else value * 1000
    return _EPOCH + timedelta(milliseconds=milliseconds) if 0 < milliseconds < _LATEST else None
