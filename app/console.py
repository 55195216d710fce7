"""One readable log of many processes: each line begins with the name of the process that wrote it."""

import os
import sys
from dataclasses import dataclass, field
from typing import TextIO

_WIDTH = 9
_COLOURS = (36, 32, 35, 33, 34, 96, 92)


@dataclass(slots=True)
class Console:
    """Writes whole lines to one stream; colours only on a terminal."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    _given: dict[str, int] = field(default_factory=dict)

    @property
    def coloured(self) -> bool:
        """Whether the reader is a terminal that did not ask for plain text."""
        return self.stream.isatty() and not os.environ.get("NO_COLOR")

    def line(self, name: str, text: str) -> None:
        """One line of one process. A reader that went away is no reason to stop serving."""
        label = f"{name:<{_WIDTH}} │"
        if self.coloured:
            colour = self._given.setdefault(name, _COLOURS[len(self._given) % len(_COLOURS)])
            label = f"\x1b[{colour}m{label}\x1b[0m"
        try:
            self.stream.write(f"{label} {text}\n")
            self.stream.flush()
        except (BrokenPipeError, ValueError):
            return
