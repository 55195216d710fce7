"""A security incident with people's data: until when the authority and they have to be told.

Resolution CD/ANPD 15/2024, articles 6 and 9: three working days from when the controller knew that people's data was affected, for
the authority and for the people alike; twice as long for small agents (Resolution CD/ANPD 2/2022, article 14).
"""

from datetime import date, timedelta
from typing import Final

_WORKING_DAYS: Final = 3
_WEEKEND: Final = 5


def working_days(*, small_agent: bool) -> int:
    """How many of them there are."""
    return _WORKING_DAYS * (2 if small_agent else 1)


def tell_by(known: date, *, small_agent: bool) -> date:
    """The last day. Saturdays and Sundays do not count, holidays do: whoever keeps to it is never late."""
    left, day = working_days(small_agent=small_agent), known
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _WEEKEND
    return day
