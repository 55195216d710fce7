"""Found by every Python process that has this folder on its path: its wall clock is off by what a file says, in seconds."""

import datetime as dates
import os
import time

_FILE = os.environ.get("CLOCK_SHIFT_FILE", "")
_LOOK_SECONDS = 0.02
_real_time = time.time
_real = dates.datetime
_known = [0.0, -1.0]


def _shift() -> float:
    now = time.monotonic()
    if now - _known[1] > _LOOK_SECONDS:
        _known[1] = now
        try:
            with open(_FILE, encoding="ascii") as file:  # noqa: PTH123 - pathlib would be imported before it is patched
                _known[0] = float(file.read() or 0)
        except (OSError, ValueError):
            _known[0] = 0.0
    return _known[0]


class _Meta(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _real)


class _Shifted(_real, metaclass=_Meta):
    @classmethod
    def now(cls, tz: dates.tzinfo | None = None) -> _real:  # type: ignore[override] - plain datetimes come out, as from the real one
        return _real.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> _real:  # type: ignore[override] - the same
        return _real.fromtimestamp(time.time(), dates.UTC).replace(tzinfo=None)


if _FILE:
    time.time = lambda: _real_time() + _shift()
    dates.datetime = _Shifted  # type: ignore[misc] - that is the point
