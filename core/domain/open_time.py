"""Time that passes only while people are there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core.domain.tenant import OpeningHours, TenantProfile

LOOKS_AHEAD: Final = timedelta(days=60)
"""Who is not open for so long in this time is as good as never there."""


def after_open(tenant: TenantProfile, since: datetime, minutes: int) -> datetime | None:
    """The moment when the tenant has been open for so many minutes since then; ``None``: not within ``LOOKS_AHEAD``.

    With no hours set people are always there. Minutes are real ones, also on days when the clocks change.
    """
    return open_after(tenant.settings.hours, ZoneInfo(tenant.timezone), since, timedelta(minutes=minutes))


def open_after(hours: OpeningHours, zone: ZoneInfo, since: datetime, length: timedelta) -> datetime | None:
    """The same, of hours on the clocks of ``zone``."""
    start, left = since.astimezone(UTC), length
    if not hours.spans:
        return start + left if left <= LOOKS_AHEAD else None
    if left <= timedelta(0):
        return start
    for begins, ends in _open_spans(hours, zone, start):
        begun = max(begins, start)
        if begun + left <= ends:
            return begun + left
        left -= max(ends - begun, timedelta(0))
        start = max(start, ends)  # spans may overlap: no minute counts twice
    return None


def open_from(hours: OpeningHours, zone: ZoneInfo, since: datetime, length: timedelta) -> datetime | None:
    """The first moment from ``since`` on after which the hours last for so long without a break; ``None``: there is none.

    Spans that follow on one another, as over midnight, are one. With no hours set it is ``since`` itself.
    """
    start = since.astimezone(UTC)
    if not hours.spans:
        return start
    begun = start
    ended: datetime | None = None
    for begins, ends in _open_spans(hours, zone, start):
        if ended is None or begins > ended:
            begun = max(begins, start)
        ended = ends if ended is None else max(ends, ended)
        if begun + length <= ended:
            return begun
    return None


def _open_spans(hours: OpeningHours, zone: ZoneInfo, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """What ends after ``start``, in the order of beginnings."""
    first = start.astimezone(zone).date() - timedelta(days=1)  # its night may reach into this day
    for number in range(LOOKS_AHEAD.days + 2):
        day = first + timedelta(days=number)
        for opens, closes in sorted(hours.of_weekday(day.weekday())):
            next_day = day + timedelta(days=1) if closes <= opens else day
            begins, ends = _moment(day, opens, zone), _moment(next_day, closes, zone)
            if ends > start:
                yield begins, ends


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
