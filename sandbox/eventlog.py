"""The one record of everything the emulators saw and did: JSON lines in order."""

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import orjson

from sandbox.wire import JsonObject

Listener = Callable[[str, JsonObject], None]
"""Told an event's name and what it says, in the step that it is written in: it must not wait."""


class EventLog:
    """Numbers events, keeps the latest in memory and appends every one to a file, flushed line by line.

    A reader after the fact judges the product by this log alone, so an event is written
    in the same step as the thing that it tells of, with no await between.
    """

    def __init__(self, path: Path | None = None, keep: int = 200_000) -> None:
        self._seq = 0
        self._lines: deque[bytes] = deque(maxlen=keep)
        self._file: TextIO | None = path.open("a", encoding="utf-8", buffering=1) if path else None
        self._listeners: list[Listener] = []

    @property
    def seq(self) -> int:
        """The number of the latest event; 0 before the first."""
        return self._seq

    def follow(self, listener: Listener) -> None:
        """Tell of every event from now on."""
        self._listeners.append(listener)

    def write(self, event: str, **fields: object) -> int:
        """Record an event; returns its number."""
        self._seq += 1
        told: JsonObject = {"seq": self._seq, "at": time.time(), "event": event, **fields}
        line = orjson.dumps(told)
        self._lines.append(line)
        if self._file is not None:
            self._file.write(line.decode() + "\n")
        for listener in self._listeners:
            listener(event, told)
        return self._seq

    def lines(self, after: int = 0) -> bytes:
        """What is kept of the events numbered above ``after``, one JSON object a line."""
        first = self._seq - len(self._lines)
        newer = list(self._lines)[max(0, after - first) :]
        return b"".join(line + b"\n" for line in newer)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
