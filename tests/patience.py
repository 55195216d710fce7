"""How long a test waits for what has to come: long enough for a busy machine, since whoever waits in vain has failed."""

from typing import Final

PATIENCE: Final = 60.0
"""Seconds for something that this process does."""
PATIENCE_WITH_PROCESSES: Final = 120.0
"""Seconds for something that a process does which may have to start first."""
