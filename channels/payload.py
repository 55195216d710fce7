"""Reading JSON that strangers wrote: every access tolerates every type, every text fits PostgreSQL."""

import json
import re
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

import orjson

from core.domain.errors import BadRequest

LONGEST_ID: Final = 512
"""Longer names of things are not the provider's; an index entry of PostgreSQL holds some 2,700 bytes."""

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_EARLIEST: Final = 1_230_768_000  # 2009, the year of WhatsApp; what is older is not seconds or not a time
_LATEST: Final = 4_102_444_800  # 2100: milliseconds taken for seconds are far beyond
_LONGEST_MOMENT: Final = 10
_INT64: Final = 2**63


def read_json(body: bytes) -> Any:
    """Parse a delivery. Raises ``BadRequest`` for what is not JSON, too deep, or holds NaN and its kin.

    What orjson refuses for strictness alone (lone surrogates, a byte order mark) the standard library reads.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _read_leniently(body)


def _read_leniently(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        message = "the body is not readable JSON"
        raise BadRequest(message) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(digits: str) -> float:
    value = float(digits)
    if value in {float("inf"), float("-inf")}:
        raise ValueError(digits)
    return value


def write_json(value: Any) -> bytes:
    """The bytes of a part of what ``read_json`` gave; lone surrogates stay escaped."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return _write_leniently(value)


def _write_leniently(value: Any) -> bytes:
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    except RecursionError:
        message = "the body is nested too deeply"
        raise BadRequest(message) from None


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def clean(value: str) -> str:
    """Without what a PostgreSQL text refuses: no NUL, lone surrogates replaced by U+FFFD."""
    if "\x00" in value:
        value = value.replace("\x00", "")
    return value if value.isascii() else _LONE_SURROGATES.sub("\ufffd", value)


def text(value: object) -> str | None:
    return clean(value) if isinstance(value, str) else None


def identifier(value: object) -> str | None:
    """A name of a thing: not empty, not endless; a whole number is taken as its digits."""
    if value is None:
        return None
    if isinstance(value, str):
        cleaned = clean(value)
        return cleaned if cleaned and len(cleaned) <= LONGEST_ID else None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _INT64:
        return str(value)
    return None


def number(value: object) -> int | float | None:
    """A number that every JSON writer takes back."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, float) or abs(value) < _INT64 else None


def scalar(value: object) -> str | int | float | bool | None:
    """A plain value as it came, ``None`` for anything nested."""
    return value if isinstance(value, bool) else text(value) if isinstance(value, str) else number(value)


def moment(value: object) -> datetime | None:
    """A time given in seconds, as digits or as a number; ``None`` when it cannot be the time of a message."""
    seconds = _digits(value) if isinstance(value, str) else number(value)
    if seconds is None or not _EARLIEST <= seconds < _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _digits(value: str) -> int | None:
    return int(value) if len(value) <= _LONGEST_MOMENT and value.isascii() and value.isdigit() else None


def moment_as_given(value: object) -> str | int | float | None:
    """What stood where a time should be, short enough to keep."""
    return clean(value)[:64] if isinstance(value, str) else number(value)
