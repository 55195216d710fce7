"""How a process is told to stop, and how it is not cut short by being told twice."""

import asyncio
import signal
from typing import Final

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def stop_event() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set, in the running loop."""
    stopping = asyncio.Event()
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


def stopped() -> None:
    """The last thing before the loop ends: who asks again may not kill a process that has just finished its work.

    A loop that closes gives signals back their default, which is death; so they are taken from it first and ignored.
    """
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_IGN)
