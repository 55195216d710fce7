"""What every Z-API delivery has: one event, an instance, a time that may be in seconds or in milliseconds."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from channels.payload import identifier, moment, moment_as_given, number

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST: Final = 1_230_768_000_000  # as in ``moment``, in milliseconds
_LATEST: Final = 4_102_444_800_000
_LONGEST_MOMENT: Final = 13


@dataclass(frozen=True, slots=True)
class Scope:
    """A delivery as it came: ``raw`` are its very bytes, ``given`` what they say."""

    raw: bytes
    given: dict[str, Any]

    @property
    def instance(self) -> str | None:
        """The instance, which is the account."""
        return identifier(self.given.get("instanceId"))

    @property
    def ts(self) -> datetime | None:
        """When it happened; ``momment`` is how Z-API writes it."""
        return moment_of(self.given.get("momment"))

    @property
    def ts_raw(self) -> str | int | float | None:
        """What stood there."""
        return moment_as_given(self.given.get("momment"))

    @property
    def bad_time(self) -> tuple[str, ...]:
        """The flag of a time that is none; events that have no time at all are not at fault."""
        return ("bad_timestamp",) if self.given.get("momment") is not None and self.ts is None else ()


def moment_of(value: object) -> datetime | None:
    """A time in milliseconds, or in seconds as in some deliveries: told apart by size. ``None`` when it is neither."""
    amount = _digits(value) if isinstance(value, str) else number(value)
    if amount is None:
        return None
    if _EARLIEST <= amount < _LATEST:
        return _EPOCH + timedelta(milliseconds=amount)
    return moment(amount)


def _digits(value: str) -> int | None:
    return int(value) if len(value) <= _LONGEST_MOMENT and value.isascii() and value.isdigit() else None
