"""Found by every Python process that has this folder on its path: its wall clock is off by what a file says, in seconds."""

import ctypes
import datetime as dt
import gc
import os
import time

_FILE = os.environ.get("CLOCK_SHIFT_FILE", "")
_LOOK_SECONDS = 0.02
_real_time = time.time
_known = [0.0, -1.0]


def _shift() -> float:
    now = time.monotonic()
    if now - _known[1] > _LOOK_SECONDS:
        _known[1] = now
        try:
            with open(_FILE, encoding="ascii") as file:  # noqa: PTH123 - every import here slows every process down
                _known[0] = float(file.read() or 0)
        except (OSError, ValueError):
            _known[0] = 0.0
    return _known[0]


def _now(cls: type[dt.datetime], tz: dt.tzinfo | None = None) -> dt.datetime:
    return cls.fromtimestamp(time.time(), tz)


if _FILE:
    time.time = lambda: _real_time() + _shift()
    # The type itself is written in C and closed to assignment, and a subclass would not be what the drivers return.
    gc.get_referents(dt.datetime.__dict__)[0]["now"] = classmethod(_now)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(dt.datetime))
