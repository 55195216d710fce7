"""How long something has taken, in words."""

from typing import Final

from bot.texts import Html, Text

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def lasting(minutes: int, text: Text) -> Html:
    """As short as tells enough."""
    if minutes < 1:
        return text("time.now")
    if minutes < _HOUR:
        return text("time.minutes", count=minutes)
    if minutes < _DAY:
        return text("time.hours", hours=minutes // _HOUR, minutes=minutes % _HOUR)
    return text("time.days", days=minutes // _DAY, hours=minutes % _DAY // _HOUR)
