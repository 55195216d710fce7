"""When scheduled jobs are due: wall-clock times, in each tenant's own time zone.

A moment of a schedule is an instant. What a zone's clocks do to it is decided here, once: a local time that does not exist
(the clocks went forward) is due at the first instant after the gap; one that exists twice is due the first time; a month
without such a day has its last one. A day that a zone left out altogether (a change of the date line) has no daily moment.
"""

from calendar import day_name, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

_DAY: Final = timedelta(days=1)
_HOURS: Final = range(24)
_LOOKS: Final = 64
"""Days that are looked through at most: twice the longest month."""


class When(Protocol):
    """Which moments a schedule has."""

    def on(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        """Those of one local day, in UTC."""


@dataclass(frozen=True, slots=True)
class Hourly:
    """Whenever the clocks show this minute; an hour that comes twice has it twice."""

    minute: int

    def __str__(self) -> str:
        return f"hourly, :{self.minute:02}"

    def on(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        """See ``When``."""
        for hour in _HOURS:
            local = datetime.combine(day, time(hour, self.minute))
            yield instant(local, zone)
            again = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
            if again > instant(local, zone) and _shows(again, local, zone):
                yield again


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at this time."""

    at: time

    def __str__(self) -> str:
        return f"daily, {self.at:%H:%M}"

    def on(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        """See ``When``."""
        if instant(datetime.combine(day, time()), zone).astimezone(zone).date() == day:
            yield instant(datetime.combine(day, self.at), zone)


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on this day (0 Monday) at this time."""

    weekday: int
    at: time

    def __str__(self) -> str:
        return f"weekly, {day_name[self.weekday]} {self.at:%H:%M}"

    def on(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        """See ``When``."""
        if day.weekday() == self.weekday:
            yield instant(datetime.combine(day, self.at), zone)


@dataclass(frozen=True, slots=True)
class Monthly:
    """Every month on this day, or on its last one, at this time."""

    day: int
    at: time

    def __str__(self) -> str:
        return f"monthly, day {self.day} {self.at:%H:%M}"

    def on(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        """See ``When``."""
        if day.day == min(self.day, monthrange(day.year, day.month)[1]):
            yield instant(datetime.combine(day, self.at), zone)


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """One line of the schedule: the job ``name`` is due for every tenant whenever its own clocks say ``when``."""

    name: str
    when: When


SCHEDULE: Final = (
    ScheduledJob("reset-monthly-leads", Monthly(1, time(0))),
    ScheduledJob("decay-scores", Daily(time(3))),
    ScheduledJob("close-stale-conversations", Daily(time(4))),
    ScheduledJob("follow-up", Hourly(17)),
    ScheduledJob("cleanup-old-messages", Weekly(6, time(5))),
    ScheduledJob("remind-data-requests", Daily(time(9))),
)
"""Every job of the tenants; what each does stands in ``app.tenant_jobs``, and a test holds the two together."""


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks of the zone show this (naive) time for the first time; if never, when they next show any later one."""
    here = local.replace(tzinfo=zone)
    found = here.astimezone(UTC)
    if _shows(found, local, zone):
        return found
    # The clocks jump over it. They do so between the two instants that the time would be, by either offset.
    before, after = here.replace(fold=1).astimezone(UTC), found
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def latest_due(when: When, zone: ZoneInfo, at: datetime) -> datetime:
    """The schedule's latest moment, at that instant or before it. Raises ``LookupError`` for one that has none."""
    newest = at.astimezone(zone).date() + _DAY
    for back in range(_LOOKS):
        # The next day too: where the clocks go back over midnight, days overlap.
        days = (newest - back * _DAY, newest - (back + 1) * _DAY)
        past = [moment for day in days for moment in when.on(day, zone) if moment <= at]
        if past:
            return max(past)
    message = f"{when} is never due"
    raise LookupError(message)


def next_due(when: When, zone: ZoneInfo, at: datetime) -> datetime:
    """The schedule's first moment after that instant. Raises ``LookupError`` for one that has none."""
    first = at.astimezone(zone).date() - _DAY
    for ahead in range(_LOOKS):
        days = (first + ahead * _DAY, first + (ahead + 1) * _DAY)
        coming = [moment for day in days for moment in when.on(day, zone) if moment > at]
        if coming:
            return min(coming)
    message = f"{when} is never due"
    raise LookupError(message)


def _shows(at: datetime, local: datetime, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).replace(tzinfo=None, fold=0) == local.replace(fold=0)
