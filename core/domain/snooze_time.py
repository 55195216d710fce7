"""Until when somebody wants a conversation to sleep: read from his words, on his business's clock."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from core.domain.errors import BadRequest
from core.domain.handoff import fold

LONGEST: Final = timedelta(days=60)
MORNING: Final = time(9)
"""What a day means without a time."""
_DAY: Final = timedelta(days=1)
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": _DAY,
    "s": timedelta(weeks=1),
    "w": timedelta(weeks=1),
}
_WEEKDAYS: Final = ("seg mon", "ter tue", "qua wed", "qui thu", "sex fri", "sab sat", "dom sun")
_UNIT: Final = r"(m|min|mins|minutos?|minutes?|h|hs|horas?|hours?|d|dias?|days?|semanas?|w|weeks?)"
_PART: Final = re.compile(rf"(\d{{1,4}})\s*{_UNIT}(?![a-z])")
_HALF: Final = re.compile(r"(\d{1,3})\s*h\s*(\d{2})$")
_CLOCK: Final = re.compile(
    r"(?:^|\s)(?:as|a|at)?\s*(\d{1,2})(?:\s*(?::|h)\s*(\d{2}))?\s*(?:h|hs|horas?|o'?clock)?\s*(am|pm)?$"
)
_ISO: Final = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[t\s]|$)")
_DATE: Final = re.compile(r"^(\d{1,2})/(\d{1,2})(?:/(\d{4}))?(?:\s|$)")


class SnoozeUnclear(BadRequest):
    """No time can be read from it."""

    code: ClassVar[str] = "snooze_unclear"


class SnoozePast(BadRequest):
    """That time is over."""

    code: ClassVar[str] = "snooze_past"


class SnoozeTooLong(BadRequest):
    """Nothing sleeps for longer than ``LONGEST``."""

    code: ClassVar[str] = "snooze_too_long"


def checked(until: datetime, now: datetime) -> datetime:
    """The time, if a conversation may sleep until then. Raises ``SnoozePast``, ``SnoozeTooLong``."""
    if until <= now:
        message = "that time is over"
        raise SnoozePast(message)
    if until > now + LONGEST:
        message = f"a conversation sleeps for {LONGEST.days} days at most"
        raise SnoozeTooLong(message)
    return until


def read_time(words: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When ``words`` mean, in Portuguese or English: "em 1 h", "amanhã às 9", "sexta 14h30", "25/12 10:00".

    Raises ``SnoozeUnclear``, ``SnoozePast``, ``SnoozeTooLong``.
    """
    plain = " ".join(fold(words).replace(",", " ").split())
    try:
        found = _after(plain, now) or _on_a_day(plain, now.astimezone(zone))
    except (ValueError, OverflowError):
        found = None
    if found is None:
        message = 'no time can be read from it: write "em 1 h", "amanhã às 9" or "25/12 14:30"'
        raise SnoozeUnclear(message)
    return checked(found.astimezone(UTC), now)


def _after(plain: str, now: datetime) -> datetime | None:
    """So much from now on; hours with minutes behind ("1h30") only when "em" or "in" says that it is no clock's time."""
    asked = re.match(r"(?:em|daqui a|in)\s+(.*)", plain)
    length = asked.group(1) if asked else plain
    if asked and (half := _HALF.fullmatch(length)):
        return now + timedelta(hours=int(half.group(1)), minutes=int(half.group(2)))
    if _PART.sub("", length).replace(" e ", " ").replace("and", "").strip() or not _PART.search(length):
        return None
    if not asked and re.fullmatch(r"\d{1,2}\s*h", length):
        return None  # "15h" alone is a clock's time
    parts = (int(count) * _UNITS[unit[0]] for count, unit in _PART.findall(length))
    return now + sum(parts, timedelta())


def _on_a_day(plain: str, local: datetime) -> datetime | None:
    day, rest = _day(plain, local)
    clock = _clock(rest) if rest else (MORNING if day is not None else None)
    if clock is None:
        return None
    if day is not None:
        return _at(day, clock, local)
    today = _at(local.date(), clock, local)
    return today if today > local else _at(local.date() + _DAY, clock, local)


def _day(plain: str, local: datetime) -> tuple[date | None, str]:
    """The day that the words begin with, and what follows it."""
    if iso := _ISO.match(plain):
        return date(*map(int, iso.groups())), plain[iso.end() :].strip()
    if dated := _DATE.match(plain):
        return _dated(dated, local.date()), plain[dated.end() :].strip()
    first, _, rest = plain.partition(" ")
    named = {"hoje": 0, "today": 0, "amanha": 1, "tomorrow": 1}.get(first)
    if named is not None:
        return local.date() + named * _DAY, rest
    weekday = _weekday(first)
    if weekday is None:
        return None, plain
    return local.date() + ((weekday - local.weekday() - 1) % 7 + 1) * _DAY, rest.removeprefix("feira ")


def _dated(found: re.Match[str], today: date) -> date:
    """The day of a date; without a year the next one."""
    number, month, year = int(found.group(1)), int(found.group(2)), found.group(3)
    if year:
        return date(int(year), month, number)
    this_year = date(today.year, month, number)
    return this_year if this_year >= today else date(today.year + 1, month, number)


def _weekday(word: str) -> int | None:
    stem = word.removesuffix("-feira")
    whole = {"segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo",
             "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}  # fmt: skip
    if stem not in whole and stem not in " ".join(_WEEKDAYS).split():
        return None
    return next(number for number, stems in enumerate(_WEEKDAYS) if stem[:3] in stems.split())


def _clock(rest: str) -> time | None:
    found = _CLOCK.fullmatch(rest)
    if found is None:
        return None
    hour, minute, half = int(found.group(1)), int(found.group(2) or 0), found.group(3)
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock's face
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)


def _at(day: date, clock: time, local: datetime) -> datetime:
    return datetime.combine(day, clock, local.tzinfo)
